//! What the operators of an update demand of paths and builders.

use crate::{
    codec::{ElementType, Encoder, FieldCodec},
    path::{Handle, Insertable, SetByHand, Unreached, Updating, Writable},
};

use super::{Filtered, Operators};

/// A path that an update of `M` can write.
pub trait Target<M>: Handle {
    /// Appends a value as the field stores it.
    #[doc(hidden)]
    fn encode(value: &Self::Value, out: &mut Encoder) -> ElementType;

    /// Whether a field with the value is left out of its document.
    #[doc(hidden)]
    fn is_absent(value: &Self::Value) -> bool;
}

impl<M, H> Target<M> for H
where
    H: Handle,
    H::Mode: UpdateMode,
    H::Root: BelongsTo<M>,
    H::Spec: Writable + SetByHand + FieldCodec<H::Value>,
{
    fn encode(value: &H::Value, out: &mut Encoder) -> ElementType {
        H::Spec::encode(value, out)
    }

    fn is_absent(value: &H::Value) -> bool {
        H::Spec::is_absent(value)
    }
}

/// A path that an inserted document of `M` can be given a value at: the `_id`, too.
pub trait InsertTarget<M>: Handle {
    /// Appends a value as the field stores it.
    #[doc(hidden)]
    fn encode(value: &Self::Value, out: &mut Encoder) -> ElementType;
}

impl<M, H> InsertTarget<M> for H
where
    H: Handle,
    H::Mode: UpdateMode,
    H::Root: BelongsTo<M>,
    H::Spec: Insertable + SetByHand + FieldCodec<H::Value>,
{
    fn encode(value: &H::Value, out: &mut Encoder) -> ElementType {
        H::Spec::encode(value, out)
    }
}

/// The mode of paths that can be written.
#[diagnostic::on_unimplemented(
    message = "this is a path of a filter, and an operator of an update needs a path of an update",
    note = "use the closure's own argument, or `update_fields()` in place of `fields()`"
)]
pub trait UpdateMode {}
#[diagnostic::do_not_recommend]
impl UpdateMode for Updating {}
#[diagnostic::do_not_recommend]
impl UpdateMode for Unreached {}

/// The model that a path starts at.
#[diagnostic::on_unimplemented(
    message = "this is a field of `{Self}`, and the operation is on `{M}`",
    label = "a field of another model"
)]
pub trait BelongsTo<M> {}
#[diagnostic::do_not_recommend]
impl<M> BelongsTo<M> for M {}

/// Builders that know which documents are meant.
#[diagnostic::on_unimplemented(
    message = "this operation has no filter, so it would be on every document of the collection",
    label = "no filter",
    note = "add `.filter(…)`, or `.all_documents()` if every document is meant"
)]
pub trait HasFilter {}
#[diagnostic::do_not_recommend]
impl HasFilter for Filtered {}

/// Updates made of operators.
#[diagnostic::on_unimplemented(
    message = "an update is made of operators or of a pipeline, and this one is a pipeline",
    label = "no operators or array filters in a pipeline update"
)]
pub trait TakesOperators {}
#[diagnostic::do_not_recommend]
impl TakesOperators for Operators {}

/// The type of the other field.
#[diagnostic::on_unimplemented(
    message = "`$rename` keeps the value, so both fields must have one type: these are `{T}` and `{Self}`",
    label = "a field of another type"
)]
pub trait SameType<T> {}
#[diagnostic::do_not_recommend]
impl<T> SameType<T> for T {}
