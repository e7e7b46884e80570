//! What derived code asks of the types of fields.

use serde::{Serialize, de::DeserializeOwned};

use crate::codec::Serde;

use super::{Encoded, Field, Filtering, Handle, Mode, Scalar, Spec};

/// A type that a field can have. It says no more than [`Field`], and so a type that is none is one
/// error, where `Field` would be one for each trait that it asks for.
pub trait Stored: Sized {
    /// The handle of a field of this type.
    #[doc(hidden)]
    type Handle<M: Mode, R, V, S: Spec>: Handle<Mode = M, Root = R, Value = V, Spec = S>;
}

impl<T: Field> Stored for T {
    type Handle<M: Mode, R, V, S: Spec> = T::Handle<M, R, V, S>;
}

/// A type that a field with `#[model(serde)]` can have: one with serde's traits.
pub trait StoredBySerde: Sized {
    /// The handle of a field of this type.
    #[doc(hidden)]
    type Handle<C: Spec>: Handle<Value = Self, Spec = Encoded<Serde, C>>;
}

#[diagnostic::do_not_recommend]
impl<T: Serialize + DeserializeOwned> StoredBySerde for T {
    type Handle<C: Spec> = Scalar<Filtering, (), T, Encoded<Serde, C>>;
}
