//! The two modes of a path.

/// Paths of filters, sorts, projections and indexes.
#[derive(Clone, Copy, Debug)]
pub enum Filtering {}

/// Paths of updates.
#[derive(Clone, Copy, Debug)]
pub enum Updating {}

/// What a path is for: [`Filtering`] or [`Updating`].
pub trait Mode: sealed::Sealed {}

impl Mode for Filtering {}
impl Mode for Updating {}

/// Modes in which `$[]`, `$` and `$[i]` name elements of an array.
#[diagnostic::on_unimplemented(
    message = "`$[]`, `$` and `$[i]` address array elements in an update, not in a filter, sort or projection",
    label = "only an update can use this",
    note = "in a filter, use `.any()`, `.at(n)`, or `.elem_match(…)` for several conditions on one element"
)]
pub trait Positional: Mode {}

impl Positional for Updating {}

/// Modes in which a path may mean any element of an array.
#[diagnostic::on_unimplemented(
    message = "an update must say which elements of the array it changes",
    label = "means any element, which only a filter can",
    note = "use `.at(n)`, `.each()`, `.matched()` or `.filtered(…)`"
)]
pub trait AnyElement: Mode {}

impl AnyElement for Filtering {}

/// Modes in which a path can be compared with a value.
#[diagnostic::on_unimplemented(
    message = "a condition belongs in a filter, and this is a path of an update",
    label = "only a filter can use this",
    note = "write the condition in `.filter(…)`, or in `.filtered(…)` for array elements"
)]
pub trait Conditional: Mode {}

impl Conditional for Filtering {}

mod sealed {
    pub trait Sealed {}
    impl Sealed for super::Filtering {}
    impl Sealed for super::Updating {}
}
