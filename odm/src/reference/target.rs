//! What a reference names.

use crate::{
    model::Model,
    path::{Field, One, kind},
};

/// Kinds of fields that are a [`Ref`](super::Ref), plain or in an `Option`. `V` is the field's type.
///
/// The kind is that of a handle's value, so it is the same below `.each()` and below an `Option`.
#[diagnostic::on_unimplemented(
    message = "`.join(…)` and `.with(…)` need a `Ref`, and this is a `{V}`",
    label = "not a `Ref`"
)]
pub trait RefersTo<V> {
    /// The model that the reference is to.
    type Model: Model;
}

#[diagnostic::do_not_recommend]
impl<V, M: Model> RefersTo<V> for kind::Reference<M> {
    type Model = M;
}

/// Kinds of fields that are a [`Ref`](super::Ref), or an array of them. `V` is the field's type.
#[diagnostic::on_unimplemented(
    message = "`.with(…)` needs a `Ref`, and this is a `{V}`",
    label = "not a `Ref`",
    note = "name the field that holds the `Ref`, as in `.with(|o| o.lines().each().product())`"
)]
pub trait References<V> {
    /// The model that the references are to.
    type Model: Model;
}

#[diagnostic::do_not_recommend]
impl<V, M: Model> References<V> for kind::Reference<M> {
    type Model = M;
}

#[diagnostic::do_not_recommend]
impl<V, E: Field<Kind: References<E>>> References<V> for kind::List<E> {
    type Model = <E::Kind as References<E>>::Model;
}

#[diagnostic::do_not_recommend]
impl<V, E: Field<Kind: References<E>>> References<V> for kind::FixedList<E> {
    type Model = <E::Kind as References<E>>::Model;
}

/// What stands around the `_id` of a model `M` whose documents always have one: nothing.
#[diagnostic::on_unimplemented(
    message = "the `_id` of a `{M}` is an `Option`, which may not be set yet",
    label = "may have no `_id`",
    note = "use `Ref::try_to(&document)`, which gives an `Option`"
)]
pub trait AlwaysSet<M> {}

#[diagnostic::do_not_recommend]
impl<M> AlwaysSet<M> for One {}
