//! What derived code asks of the types of fields.

use serde::{Serialize, de::DeserializeOwned};

use crate::codec::{FieldCodec, Serde, Truncated};

use super::{Encoded, Field, Filtering, Handle, Mode, Scalar, Spec, kind};

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

/// A type that a field with `#[model(created_at)]` or `#[model(updated_at)]` can have: a date with a
/// time of day, or an `Option` of one. It is cut to whole milliseconds.
#[diagnostic::on_unimplemented(
    message = "`created_at` and `updated_at` are dates with a time of day, and `{Self}` is not one",
    label = "not a date with a time of day",
    note = "use the `DateTime` of `bson` or `chrono`, `time::OffsetDateTime`, `jiff::Timestamp` or \
            `SystemTime`"
)]
pub trait StoredMoment: Sized {
    /// The handle of a field of this type.
    #[doc(hidden)]
    type Handle<C: Spec>: Handle<Value = Self, Spec = Encoded<Truncated, C>>;
}

#[diagnostic::do_not_recommend]
impl<T: Field> StoredMoment for T
where
    Truncated: FieldCodec<T>,
    T::Kind: Moment,
{
    type Handle<C: Spec> = Scalar<Filtering, (), T, Encoded<Truncated, C>>;
}

/// The kind of dates with a time of day.
pub trait Moment {}
impl Moment for kind::Date {}

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
