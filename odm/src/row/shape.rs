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
///
/// ```
/// use odm::prelude::*;
///
/// #[derive(Model)]
/// struct Order { #[model(id)] id: i64, lines: Vec<Line>, note: Option<String> }
///
/// #[derive(Embedded)]
/// struct Line { price: f64 }
///
/// #[derive(Projection)]
/// #[projection(of = Order)]
/// struct Card { id: i64, note: Option<String>, #[projection(path = lines[].price)] prices: Vec<f64> }
///
/// let query = Order::find().project::<Card>();
/// assert_eq!(
///     query.as_document()?.get_document("projection").unwrap(),
///     &doc! { "_id": 0, "id": "$_id", "note": 1, "prices": "$lines.price" },
/// );
/// # Ok::<(), odm::Error>(())
/// ```
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
