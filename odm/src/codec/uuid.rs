//! `uuid`: binary data of subtype 4.

use std::borrow::Cow;

use ::uuid::Uuid;
use mongodb::bson::spec::{BinarySubtype, ElementType};

use super::{
    Decode, DecodeError, Element, Encode, Encoder, MapKey, binary::uuid_bytes, text::quoted,
};

impl Encode for Uuid {
    fn encode(&self, out: &mut Encoder) -> ElementType {
        out.binary(BinarySubtype::Uuid, self.as_bytes());
        ElementType::Binary
    }
}

impl Decode for Uuid {
    fn decode(element: Element<'_>) -> Result<Self, DecodeError> {
        uuid_bytes(element).map(Self::from_bytes)
    }
}

/// The hyphenated form, in lower case.
impl MapKey for Uuid {
    fn as_key(&self) -> Cow<'_, str> {
        Cow::Owned(self.to_string())
    }
    fn from_key(key: &str) -> Result<Self, DecodeError> {
        Self::parse_str(key)
            .map_err(|_| DecodeError::new(format!("the key {} is not a UUID", quoted(key))))
    }
}
