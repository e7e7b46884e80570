//! What a projection makes of a row.

use crate::path::{Embedded, ReadingFields};

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

/// Some fields of a model as a type of its own: what `#[derive(Projection)]` implements.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a projection",
    label = "not a projection",
    note = "derive `Projection` for it, with `#[projection(of = …)]`"
)]
pub trait Projection: Embedded {
    /// The model whose fields it has.
    type Of: Embedded;

    /// What it reads of the model.
    #[doc(hidden)]
    fn shape(fields: ReadingFields<Self::Of>) -> impl Shape<Self::Of, Row = Self>;
}
