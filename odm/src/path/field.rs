//! What the type of a field says about paths to it.

use crate::codec::{Decode, Encode};

use super::{Facts, Filtering, Handle, Layers, Mode, Path, Required, Spec};

/// A type that a field of a model can have.
///
/// Derived by `Model` and `Embedded`; the type, not the derive, decides what a path to the field
/// can do. So type aliases and newtypes work.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be stored in a document",
    label = "not a type that can be stored",
    note = "derive `Embedded` for it, or mark the field `#[model(serde)]` if it has serde's traits"
)]
pub trait Field: Encode + Decode {
    /// What the value is to MongoDB, see [`kind`](super::kind).
    type Kind;

    /// The type without `Option` around it.
    type Inner: Field;

    /// The handle of a field of this type in a model `R`, where `V` is the field's whole type.
    type Handle<M: Mode, R, V, S: Spec>: Handle<Mode = M, Root = R, Value = V, Spec = S>;

    /// What writes through a value of this type must know.
    #[doc(hidden)]
    const FACTS: Facts = Facts::of::<Self>();

    /// What stands around a value that is read below one of this type: below an `Option`,
    /// everything is an `Option`.
    #[doc(hidden)]
    type Layer<W: Layers>: Layers;

    /// What the value is equal to, see [`class`](super::class).
    #[doc(hidden)]
    type Class;

    /// The value without `Option` around it.
    #[doc(hidden)]
    fn as_inner(&self) -> Option<&Self::Inner>;

    /// A new value for an `_id`, for types that make their own.
    #[doc(hidden)]
    fn generate() -> Option<Self> {
        None
    }
}

/// The root handle of `T` in a mode: what the closures of filters and updates are given.
pub type Fields<T, M> = <T as Field>::Handle<M, T, T, Required>;

/// A type with `#[derive(Embedded)]` or `#[derive(Model)]`, whatever its type arguments are. It has
/// the functions of [`Operations`](crate::Operations), each with its own bounds.
pub trait Derived: Sized {}

/// A type with fields: what `#[derive(Embedded)]` and `#[derive(Model)]` implement.
pub trait Embedded: Field + Derived {
    /// The root handle for filters, sorts, projections and indexes.
    fn fields() -> Fields<Self, Filtering> {
        Handle::from_path(Path::root())
    }

    /// The root handle for updates.
    fn update_fields() -> Fields<Self, super::Updating> {
        Handle::from_path(Path::root())
    }
}

/// Types whose value may be null.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is never null: only an `Option` is",
    label = "this field is not an `Option`"
)]
pub trait Nullable {}
#[diagnostic::do_not_recommend]
impl<T> Nullable for Option<T> {}
