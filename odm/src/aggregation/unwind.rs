//! One row for each element of an array.

use std::future::{Ready, ready};

use crate::{
    error::Result,
    expression::{Code, ItemOf, ListOf, column_path},
    path::{Field, Handle, Path, Reading},
    row::{Row, RowFields, Unwound, With, column_name},
};

use super::Pipeline;

impl<In, D: Row> Pipeline<In, D> {
    /// One row for each element of an array (`$unwind`): rows are pairs of what they were and the
    /// element. A row without elements is left out.
    ///
    /// The element stands where the array was, so the array itself cannot be read any more.
    ///
    /// ```
    /// use odm::prelude::*;
    ///
    /// #[derive(Model)]
    /// struct Order { #[model(id)] id: i64, lines: Vec<Line> }
    ///
    /// #[derive(Embedded)]
    /// struct Line { qty: i32 }
    ///
    /// assert_eq!(
    ///     Order::aggregate().unwind(|o| o.lines()).select(|(o, l)| (o.id(), l.qty())).stages()?,
    ///     [
    ///         doc! { "$unwind": "$lines" },
    ///         doc! { "$replaceWith": { "_id": "$_id", "_1": "$lines.qty" } },
    ///     ],
    /// );
    /// # Ok::<(), odm::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// An array inside another array, or at a position of one.
    ///
    /// Manual: [`$unwind`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/unwind/).
    #[doc(alias = "$unwind")]
    pub fn unwind<H>(
        self,
        array: impl FnOnce(RowFields<D, Reading>) -> H,
    ) -> Pipeline<In, Unwound<D, ItemOf<H::Value>>>
    where
        H: Handle<Root = D, Value: Field>,
        <H::Value as Field>::Kind: ListOf<H::Value>,
    {
        let path = array(self.reading()).as_path().clone();
        let stage = unwind(dollar(&path), false);
        let layout = self.layout.clone().with_element(path);
        self.then(layout, [stage])
    }

    /// The same with the position of the element, from 0: rows are `((row, element), position)`.
    ///
    /// Manual: [`$unwind`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/unwind/).
    #[doc(alias = "$unwind")]
    #[doc(alias = "includeArrayIndex")]
    pub fn unwind_with_index<H>(
        self,
        array: impl FnOnce(RowFields<D, Reading>) -> H,
    ) -> Pipeline<In, With<Unwound<D, ItemOf<H::Value>>, i64>>
    where
        H: Handle<Root = D, Value: Field>,
        <H::Value as Field>::Kind: ListOf<H::Value>,
    {
        let path = array(self.reading()).as_path().clone();
        let index = Code::encoded(&column_name(D::ADDED + 1));
        let stage = dollar(&path).and_then(|field| {
            Code::named("$unwind", [("path", field), ("includeArrayIndex", index?)])
        });
        let layout = self.layout.clone().with_element(path).with_column();
        self.then(layout, [stage])
    }

    /// The same, and a row without elements stays, with `None` in place of an element.
    ///
    /// Manual: [`$unwind`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/unwind/).
    #[doc(alias = "$unwind")]
    #[doc(alias = "preserveNullAndEmptyArrays")]
    pub fn unwind_or_none<H>(
        self,
        array: impl FnOnce(RowFields<D, Reading>) -> H,
    ) -> Pipeline<In, Unwound<D, Option<<ItemOf<H::Value> as Field>::Inner>>>
    where
        H: Handle<Root = D, Value: Field>,
        <H::Value as Field>::Kind: ListOf<H::Value>,
    {
        let path = array(self.reading()).as_path().clone();
        let stage = unwind(dollar(&path), true);
        let layout = self.layout.clone().with_element(path);
        self.then(layout, [stage])
    }
}

/// The stage; a row without elements stays or goes.
pub(super) fn unwind(array: Result<Code>, keeps_all: bool) -> Result<Code> {
    let array = array?;
    match keeps_all {
        false => Code::unary("$unwind", array),
        true => {
            let keep = Code::encoded(&true)?;
            Code::named("$unwind", [("path", array), ("preserveNullAndEmptyArrays", keep)])
        }
    }
}

/// `"$path"`, of fields only.
fn dollar(path: &Path) -> Result<Code> {
    Code::field(&format!("${}", column_path(path)?))
}

/// What could read rows of which no type is known: nothing.
#[diagnostic::on_unimplemented(
    message = "rows after an `.unwind(…)` are no type of their own",
    label = "cannot be read as they are",
    note = "say what is wanted of them with `.select(…)` or `.group(…)`"
)]
pub trait ReadsUnwound {}

/// So that rustc says in our words what is missing.
#[doc(hidden)]
impl<In, D, E> Pipeline<In, Unwound<D, E>> {
    pub fn all<X: ReadsUnwound>(self, _: X) -> Ready<Result<()>> {
        ready(Ok(()))
    }
    pub fn first<X: ReadsUnwound>(self, _: X) -> Ready<Result<()>> {
        ready(Ok(()))
    }
    pub fn stream<X: ReadsUnwound>(self, _: X) -> Ready<Result<()>> {
        ready(Ok(()))
    }
}
