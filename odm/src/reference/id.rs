//! The typed identifier.

use std::{
    borrow::Cow,
    cmp::Ordering,
    fmt,
    hash::{Hash, Hasher},
    marker::PhantomData,
    str::FromStr,
};

use mongodb::bson::oid::ObjectId;

use crate::{
    codec::{Decode, DecodeError, Element, ElementType, Encode, Encoder, MapKey},
    path::{Facts, Field, Layers, Mode, Scalar, Spec, class, kind},
};

/// An `ObjectId` that is the `_id` of one model only: those of two models do not compare.
///
/// Stored as an `ObjectId`; made when a document without one is inserted, as an `ObjectId` is. With
/// serde it is its hexadecimal text in JSON.
///
/// ```
/// use odm::{Id, prelude::*};
///
/// #[derive(Model)]
/// struct Customer {
///     #[model(id)]
///     id: Id<Customer>,
/// }
///
/// let ann = Customer { id: Id::new() };
/// let same: Id<Customer> = ann.id.to_string().parse()?;
/// assert_eq!(Ref::to(&ann), Ref::<Customer>::new(same));
/// # Ok::<(), odm::bson::error::Error>(())
/// ```
#[doc(alias = "ObjectId")]
pub struct Id<M: ?Sized> {
    object_id: ObjectId,
    model: PhantomData<fn(&M)>,
}

impl<M: ?Sized> Id<M> {
    /// A new identifier, which no other document has.
    #[allow(clippy::new_without_default)]
    pub fn new() -> Self {
        Self::from(ObjectId::new())
    }

    /// The `ObjectId`.
    pub fn object_id(&self) -> ObjectId {
        self.object_id
    }
}

impl<M: ?Sized> From<ObjectId> for Id<M> {
    fn from(object_id: ObjectId) -> Self {
        Self { object_id, model: PhantomData }
    }
}

impl<M: ?Sized> From<Id<M>> for ObjectId {
    fn from(id: Id<M>) -> Self {
        id.object_id
    }
}

/// The 24 hexadecimal digits.
impl<M: ?Sized> fmt::Display for Id<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.object_id.fmt(f)
    }
}

impl<M: ?Sized> FromStr for Id<M> {
    type Err = mongodb::bson::error::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        ObjectId::parse_str(text).map(Self::from)
    }
}

impl<M: ?Sized> Encode for Id<M> {
    #[inline]
    fn encode(&self, out: &mut Encoder) -> ElementType {
        self.object_id.encode(out)
    }
}

impl<M: ?Sized> Decode for Id<M> {
    #[inline]
    fn decode(element: Element<'_>) -> Result<Self, DecodeError> {
        ObjectId::decode(element).map(Self::from)
    }
}

#[diagnostic::do_not_recommend]
impl<M: ?Sized> Field for Id<M> {
    type Kind = kind::Other;
    type Inner = Self;
    type Handle<Mo: Mode, R, V, S: Spec> = Scalar<Mo, R, V, S>;
    type Layer<W: Layers> = W;
    type Class = class::Own<Self>;

    const FACTS: Facts = Facts::of::<Self>().uniform();

    fn as_inner(&self) -> Option<&Self> {
        Some(self)
    }

    fn generate() -> Option<Self> {
        Some(Self::new())
    }
}

impl<M: ?Sized> MapKey for Id<M> {
    fn as_key(&self) -> Cow<'_, str> {
        Cow::Owned(self.object_id.to_hex())
    }
    fn from_key(key: &str) -> Result<Self, DecodeError> {
        ObjectId::from_key(key).map(Self::from)
    }
}

// A derive would ask the same of `M`.
impl<M: ?Sized> Clone for Id<M> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<M: ?Sized> Copy for Id<M> {}

impl<M: ?Sized> PartialEq for Id<M> {
    fn eq(&self, other: &Self) -> bool {
        self.object_id == other.object_id
    }
}

impl<M: ?Sized> Eq for Id<M> {}

impl<M: ?Sized> PartialOrd for Id<M> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<M: ?Sized> Ord for Id<M> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.object_id.cmp(&other.object_id)
    }
}

impl<M: ?Sized> Hash for Id<M> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.object_id.hash(state);
    }
}

impl<M: ?Sized> fmt::Debug for Id<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Id({})", self.object_id)
    }
}
