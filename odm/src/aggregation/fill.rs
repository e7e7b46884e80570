//! Values in place of null.

use std::{borrow::Cow, marker::PhantomData};

use crate::{
    error::{Error, Result},
    expression::{Code, Fits, Number, Operand, column_path},
    path::{Field, Filtering, Handle, Path, Reading},
    row::{Row, RowFields},
    sort::SortOrder,
};

use super::{Pipeline, stages::sorted};

impl<In, D: Row> Pipeline<In, D> {
    /// Values in place of null and of what is absent (`$fill`, MongoDB 5.3). The first closure gives
    /// the order, which [`linear`](Fill::linear) and [`locf`](Fill::locf) need; `|_| Sort::none()`
    /// is none.
    ///
    /// ```
    /// use odm::prelude::*;
    ///
    /// #[derive(Model)]
    /// struct Reading { #[model(id)] id: i64, value: Option<f64> }
    ///
    /// let filled = Reading::aggregate().fill(|r| r.id().asc(), |r, fill| fill.linear(r.value()));
    /// assert_eq!(
    ///     filled.stages()?,
    ///     [doc! { "$fill": { "sortBy": { "_id": 1 }, "output": { "value": { "method": "linear" } } } }],
    /// );
    /// # Ok::<(), odm::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// No field at all.
    ///
    /// Manual: [`$fill`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/fill/).
    #[doc(alias = "$fill")]
    pub fn fill<O: SortOrder<D>>(
        self,
        order: impl FnOnce(RowFields<D, Filtering>) -> O,
        fields: impl FnOnce(RowFields<D, Reading>, Fill<D>) -> Fill<D>,
    ) -> Self {
        let order = order(self.filtering()).into_sort();
        let fill = fields(self.reading(), Fill::new());
        let made = fill.output.and_then(|output| {
            if output.is_empty() {
                return Err(Error::invalid("`$fill` needs a field to fill"));
            }
            let mut parts = Vec::with_capacity(3);
            if let Some(partition) = fill.partition {
                parts.push(("partitionBy".into(), partition?));
            }
            if !order.is_none() {
                parts.push(("sortBy".into(), sorted(order)?));
            }
            parts.push(("output".into(), Code::document(output)?));
            Code::unary("$fill", Code::document(parts)?)
        });
        self.push(made)
    }
}

/// What [`fill`](Pipeline::fill) writes where fields are null or absent.
#[derive(Debug)]
#[must_use = "nothing is filled before the closure returns this"]
pub struct Fill<D> {
    partition: Option<Result<Code>>,
    output: Result<Vec<(Cow<'static, str>, Code)>>,
    row: PhantomData<fn() -> D>,
}

impl<D: Row> Fill<D> {
    fn new() -> Self {
        Self { partition: None, output: Ok(Vec::new()), row: PhantomData }
    }

    /// Rows with the same value belong together.
    #[doc(alias = "partitionBy")]
    pub fn by<E: Operand<D>>(mut self, partition: E) -> Self {
        let partition = partition.into_expr().into_settled();
        // The server takes a document only.
        self.partition = Some(partition.and_then(|by| Code::document([("by".into(), by)])));
        self
    }

    /// This value.
    pub fn value<H, E>(self, field: H, value: E) -> Self
    where
        H: Handle<Root = D, Value: Field>,
        E: Operand<D>,
        E::Value: Fits<H::Value>,
    {
        let value = value.into_expr().into_fitting::<H::Value>();
        self.with(
            field.as_path(),
            value.and_then(|value| Code::document([("value".into(), value)])),
        )
    }

    /// One on the line between the neighbours.
    pub fn linear<H>(self, field: H) -> Self
    where
        H: Handle<Root = D, Value: Field<Inner: Number>>,
    {
        let method = Code::literal("linear").and_then(|it| Code::document([("method".into(), it)]));
        self.with(field.as_path(), method)
    }

    /// The last value before.
    pub fn locf<H>(self, field: H) -> Self
    where
        H: Handle<Root = D, Value: Field>,
    {
        let method = Code::literal("locf").and_then(|it| Code::document([("method".into(), it)]));
        self.with(field.as_path(), method)
    }

    fn with(mut self, path: &Path, how: Result<Code>) -> Self {
        self.output = self.output.and_then(|mut output| {
            output.push((column_path(path)?.into(), how?));
            Ok(output)
        });
        self
    }
}
