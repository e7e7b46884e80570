//! The modes of a path.

use super::{Field, Layers, Many, Maybe, Reading, Spec};

/// Paths of filters, sorts, projections and indexes.
#[derive(Clone, Copy, Debug)]
pub enum Filtering {}

/// Paths of updates.
#[derive(Clone, Copy, Debug)]
pub enum Updating {}

/// The mode behind an array or a map that no step goes into: nothing can be done there.
#[derive(Clone, Copy, Debug)]
pub enum Unreached {}

/// What a path is for: [`Filtering`], [`Updating`] or [`Reading`].
pub trait Mode: sealed::Sealed {
    /// The mode of the fields below a value of type `V`, stored as `S` says.
    #[doc(hidden)]
    type Below<V: Field, S: Spec>: Mode;
    /// The mode of the elements of an array of this mode.
    #[doc(hidden)]
    type Each: Mode;
    /// The mode of what may not be there: an entry of a map, an element at a position, a variant.
    #[doc(hidden)]
    type Entry: Mode;
}

/// The mode of the fields below a `V`.
pub type Below<M, V, S> = <M as Mode>::Below<V, S>;

/// The mode of every element of an array `V`.
pub type Each<M, V, S> = <Below<M, V, S> as Mode>::Each;

/// The mode of one element, one entry or one variant of a `V`.
pub type Entry<M, V, S> = <Below<M, V, S> as Mode>::Entry;

macro_rules! plain {
    ($($mode:ty),*) => {$(
        impl Mode for $mode {
            type Below<V: Field, S: Spec> = Self;
            type Each = Self;
            type Entry = Self;
        }
    )*};
}

plain! { Filtering, Updating, Unreached }

impl<W: Layers> Mode for Reading<W> {
    type Below<V: Field, S: Spec> = Reading<S::Layer<V::Layer<W>>>;
    type Each = Reading<Many<W>>;
    type Entry = Reading<Maybe<W>>;
}

/// Modes of paths that lead to one value, or to one value for each element that a step names.
#[diagnostic::on_unimplemented(
    message = "an array or a map has no fields of its own: say which element or entry is meant",
    label = "a field of the elements, and no element is named",
    note = "in a filter `.any()`, `.at(n)` or `.elem_match(|x| …)`, in an update `.at(n)`, `.each()`, \
            `.matched()` or `.filtered(|x| …)`, of a map `.key(…)`"
)]
pub trait Reached: Mode {}

#[diagnostic::do_not_recommend]
impl Reached for Filtering {}
#[diagnostic::do_not_recommend]
impl Reached for Updating {}
#[diagnostic::do_not_recommend]
impl<W: Layers> Reached for Reading<W> {}

/// Modes whose paths are used as they are; those of [`Reading`] are expressions.
pub trait Direct: Mode {}

impl Direct for Filtering {}
impl Direct for Updating {}
// So that one mistake is one error.
#[diagnostic::do_not_recommend]
impl Direct for Unreached {}

/// Modes in which `$` and `$[i]` name elements of an array.
#[diagnostic::on_unimplemented(
    message = "`$[]`, `$` and `$[i]` address array elements in an update, not in a filter, sort or projection",
    label = "only an update can use this",
    note = "in a filter, use `.any()`, `.at(n)`, or `.elem_match(…)` for several conditions on one element"
)]
pub trait Positional: Mode {}

impl Positional for Updating {}

/// Modes in which a path may mean every element of an array.
#[diagnostic::on_unimplemented(
    message = "`$[]`, `$` and `$[i]` address array elements in an update, not in a filter, sort or projection",
    label = "only an update or an expression can use this",
    note = "in a filter, use `.any()`, `.at(n)`, or `.elem_match(…)` for several conditions on one element"
)]
pub trait EveryElement: Mode {}

impl EveryElement for Updating {}
impl<W: Layers> EveryElement for Reading<W> {}

/// Modes in which a path may mean any element of an array.
#[diagnostic::on_unimplemented(
    message = "an update must say which elements of the array it changes",
    label = "means any element, which only a filter can",
    note = "use `.at(n)`, `.each()`, `.matched()` or `.filtered(…)`"
)]
pub trait AnyElement: Mode {}

impl AnyElement for Filtering {}
impl<W: Layers> AnyElement for Reading<W> {}

/// Modes in which a path to any element is not taken for the whole array.
#[diagnostic::on_unimplemented(
    message = "an expression has no \"any element\": it would read the whole array",
    label = "means any element, which only a filter can",
    note = "use `.each()` for all elements, `.at(n)`, or `.filter(|element| …)`"
)]
pub trait OneByOne: Mode {}

impl OneByOne for Filtering {}
impl OneByOne for Updating {}

/// Modes in which a path can be compared with a value.
#[diagnostic::on_unimplemented(
    message = "a condition belongs in a filter, and this is a path of an update or an expression",
    label = "only a filter can use this",
    note = "write the condition in `.filter(…)`, or in `.filtered(…)` for array elements"
)]
pub trait Conditional: Mode {}

impl Conditional for Filtering {}
#[diagnostic::do_not_recommend]
impl Conditional for Unreached {}

mod sealed {
    pub trait Sealed {}
    impl Sealed for super::Filtering {}
    impl Sealed for super::Updating {}
    impl Sealed for super::Unreached {}
    impl<W> Sealed for super::Reading<W> {}
}
