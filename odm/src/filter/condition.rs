//! What `.filter(…)` and similar methods take.

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
    note = "a condition compares a field, as in `|s| s.name().eq(\"a\")`, by `.eq`, `.gt`, … and not by `==`, `>`; `&` and `|` join two"
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

/// A closure from the fields of `M` to a condition: what `.filter(…)` takes.
#[diagnostic::on_unimplemented(
    message = "`.filter` takes a closure over the fields of `{M}`, as in `|s| s.name().eq(\"a\")`",
    label = "this is of type `{Self}`",
    note = "give a document written by hand to `.raw(…)`, and a filter made before as `.filter(|_| filter)`"
)]
pub trait FilterClosure<M: Field, C>: FnOnce(Fields<M, Filtering>) -> C {}

#[diagnostic::do_not_recommend]
impl<M: Field, C, F: FnOnce(Fields<M, Filtering>) -> C> FilterClosure<M, C> for F {}

/// The condition that a closure makes on documents of a collection.
pub(crate) fn on_documents<M: Field, C: Condition<M>>(
    condition: impl FnOnce(Fields<M, Filtering>) -> C,
) -> Filter<M> {
    let root = Path::root_of_closure();
    let origin = root.origin();
    let filter = condition(Handle::from_path(root)).into_filter();
    filter.within(origin, "the filter").on_documents()
}
