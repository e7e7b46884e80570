//! What derived code asks of the types of fields.

use serde::{Serialize, de::DeserializeOwned};

use crate::codec::{FieldCodec, Serde, Truncated};

use super::{Encoded, Field, Filtering, Handle, Mode, Scalar, Spec};

/// A type that a field can have. It asks for the same as [`Field`]. A type that cannot be stored
/// gives one error here, and would give one for each trait that `Field` needs.
pub trait Stored: Sized {
    /// The handle of a field of this type. `K` is its kind, so that `Field` is what an error names.
    #[doc(hidden)]
    type Handle<M: Mode, R, V, S: Spec, K>: Handle<Mode = M, Root = R, Value = V, Spec = S>;
}

impl<T: Field> Stored for T {
    type Handle<M: Mode, R, V, S: Spec, K> = T::Handle<M, R, V, S>;
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

/// A type that a field with `#[model(truncate)]` can have: a date, or an `Option` of one.
#[diagnostic::on_unimplemented(
    message = "`#[model(truncate)]` is for dates, and `{Self}` is not one",
    label = "not a date"
)]
pub trait StoredTruncated: Sized {
    /// The handle of a field of this type.
    #[doc(hidden)]
    type Handle<C: Spec>: Handle<Value = Self, Spec = Encoded<Truncated, C>>;
}

#[diagnostic::do_not_recommend]
impl<T> StoredTruncated for T
where
    Truncated: FieldCodec<T>,
{
    type Handle<C: Spec> = Scalar<Filtering, (), T, Encoded<Truncated, C>>;
}
