//! Rows: what the stages of a pipeline hand on, and what a projection gives.
//!
//! Knows paths and expressions. Does not know stages, models or collections.
//!
//! | row | made by | a closure takes | reads as |
//! | --- | --- | --- | --- |
//! | a model or an `Embedded` | a collection, `object!(…)` | its fields | itself |
//! | a tuple | `select`, `group`, … | a tuple of its columns | itself |
//! | [`With<D, X>`] | `add_field`, `join`, `lookup`, `window`, … | a pair: `D`'s fields, the column | `(D, X)` |
//! | [`Unwound<D, E>`] | `unwind` | a pair: `D`'s fields, the element's | nothing: select first |

mod columns;
mod layout;
mod object;
mod readable;
mod shape;
mod tuples;

use std::marker::PhantomData;

pub(crate) use self::{
    columns::Columns,
    layout::{Layout, column_name},
    readable::read_row,
    tuples::COLUMNS as TUPLE_COLUMNS,
};
pub use self::{
    object::{Given, Record, Slot},
    readable::Readable,
    shape::{Projection, Shape},
};
use crate::path::{Embedded, Field, Fields, Handle, Mode, Required};

#[doc(hidden)]
pub use self::object::{any, record, slot};

/// What a stage hands to the next one: a type whose columns have handles.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a row",
    label = "not a row",
    note = "rows are models, types with `#[derive(Embedded)]`, and tuples of up to 8 columns"
)]
pub trait Row: Sized {
    /// The handles of the columns in a mode, rooted at `R`: what closures are given.
    type Handles<M: Mode, R>;

    /// How many columns were added to the document that the row began as.
    #[doc(hidden)]
    const ADDED: usize;

    #[doc(hidden)]
    fn handles<M: Mode, R>(layout: &Layout) -> Self::Handles<M, R>;
}

/// The handles of a row's columns, rooted at the row itself.
pub type RowFields<D, M> = <D as Row>::Handles<M, D>;

/// Rows of `D` with one column more, of type `X`; read as a pair.
#[derive(Debug)]
pub struct With<D, X>(PhantomData<fn() -> (D, X)>);

/// Rows of `D`, one for each element of an array of `E`.
#[derive(Debug)]
pub struct Unwound<D, E>(PhantomData<fn() -> (D, E)>);

#[diagnostic::do_not_recommend]
impl<D: Embedded> Row for D {
    type Handles<M: Mode, R> = D::Handle<M, R, D, Required>;
    const ADDED: usize = 0;

    fn handles<M: Mode, R>(layout: &Layout) -> Self::Handles<M, R> {
        Handle::from_path(layout.root())
    }
}

#[diagnostic::do_not_recommend]
impl<D: Row, X: Field> Row for With<D, X> {
    type Handles<M: Mode, R> = (D::Handles<M, R>, X::Handle<M, R, X, Required>);
    const ADDED: usize = D::ADDED + 1;

    fn handles<M: Mode, R>(layout: &Layout) -> Self::Handles<M, R> {
        (D::handles::<M, R>(layout), Handle::from_path(layout.added::<X>(D::ADDED)))
    }
}

#[diagnostic::do_not_recommend]
impl<D: Row, E: Field> Row for Unwound<D, E> {
    type Handles<M: Mode, R> = (D::Handles<M, R>, E::Handle<M, R, E, Required>);
    const ADDED: usize = D::ADDED + 1;

    fn handles<M: Mode, R>(layout: &Layout) -> Self::Handles<M, R> {
        (D::handles::<M, R>(layout), Handle::from_path(layout.added::<E>(D::ADDED)))
    }
}

/// The handles of a plain document's fields, which a projection begins with.
pub(crate) fn fields_of<D: Field, M: Mode>() -> Fields<D, M> {
    Handle::from_path(crate::path::Path::root())
}
