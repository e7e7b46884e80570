//! serde, for JSON and other formats: the `_id` alone, and an `ObjectId` as its digits.

use mongodb::bson::oid::ObjectId;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{
    codec::{Decode, ElementType, Encode, RawValue},
    model::Model,
};

use super::{Id, Ref};

impl<M: Model<Id: Serialize>> Serialize for Ref<M> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match serializer.is_human_readable().then(|| object_id(self)).flatten() {
            Some(id) => serializer.collect_str(&id),
            None => self.id().serialize(serializer),
        }
    }
}

impl<'de, M: Model<Id: Deserialize<'de>>> Deserialize<'de> for Ref<M> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        M::Id::deserialize(deserializer).map(Self::of)
    }
}

/// The `ObjectId` that the reference is stored as, if it is one: the type may be a newtype.
fn object_id<M: Model>(reference: &Ref<M>) -> Option<ObjectId> {
    let stored = RawValue::write("_id", |out| reference.encode(out)).ok()?;
    let is_object_id = stored.kind() == ElementType::ObjectId;
    is_object_id.then(|| ObjectId::decode(stored.as_element()).ok()).flatten()
}

impl<M: ?Sized> Serialize for Id<M> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match serializer.is_human_readable() {
            true => serializer.collect_str(self),
            false => self.object_id().serialize(serializer),
        }
    }
}

impl<'de, M: ?Sized> Deserialize<'de> for Id<M> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        ObjectId::deserialize(deserializer).map(Self::from)
    }
}
