//! What a projection makes of a row.

use super::{Columns, Row};

/// What `.select(…)` takes: a tuple of expressions over `R`, or `object!(…)` of them.
#[diagnostic::on_unimplemented(
    message = "this does not say what to select from `{R}`",
    label = "this is a `{Self}`",
    note = "give a tuple of up to 8 expressions, as in `|o| (o.id(), o.name())`, or `object!(Struct {{ … }})`",
    note = "a stage sees only the rows that the stage before it made: use the closure's own argument"
)]
pub trait Shape<R> {
    /// The rows that it makes.
    type Row: Row;

    #[doc(hidden)]
    fn into_columns(self) -> Columns;
}
