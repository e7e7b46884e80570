//! What `.filter(…)` and its kin take.

use crate::{
    expression::Expr,
    path::{Field, Fields, Filtering, Handle, Path},
};

use super::Filter;

/// A condition on documents of `R`: a [`Filter`], an `Option` of one (`None` matches all), or an
/// [`Expr`] that is true or false.
#[diagnostic::on_unimplemented(
    message = "this is not a condition on `{R}`",
    label = "this is of type `{Self}`",
    note = "a condition compares a field of the model, as in `|s| s.name().eq(\"a\")`"
)]
pub trait Condition<R> {
    /// The condition itself.
    fn into_filter(self) -> Filter<R>;
}

#[diagnostic::do_not_recommend]
impl<R> Condition<R> for Filter<R> {
    fn into_filter(self) -> Self {
        self
    }
}

#[diagnostic::do_not_recommend]
impl<R> Condition<R> for Option<Filter<R>> {
    fn into_filter(self) -> Filter<R> {
        self.unwrap_or_else(Filter::all)
    }
}

#[diagnostic::do_not_recommend]
impl<R> Condition<R> for Expr<R, bool> {
    fn into_filter(self) -> Filter<R> {
        Filter::expr(self)
    }
}

/// The condition that a closure makes on documents of a collection.
pub(crate) fn on_documents<M: Field, C: Condition<M>>(
    condition: impl FnOnce(Fields<M, Filtering>) -> C,
) -> Filter<M> {
    let root = Path::root_of_closure();
    let origin = root.origin();
    let filter = condition(Handle::from_path(root)).into_filter();
    filter.within(origin, "the filter").on_documents()
}
