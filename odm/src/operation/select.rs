//! Finds of fewer fields.

use std::marker::PhantomData;

use mongodb::bson::Document;

use crate::{
    cursor::Documents,
    error::Result,
    executor::ReadExecutor,
    explain::Explain,
    filter::{Condition, FilterClosure},
    model::Model,
    path::{Fields, Filtering, Reading, ReadingFields},
    row::{Projection, Readable, Shape, fields_of, read_row},
    sort::SortOrder,
};

use super::Find;

/// A query for some of the fields, and for what is computed from them: a [`Find`] with a
/// projection, whose results are rows of `D`.
///
/// Manual: [projections](https://www.mongodb.com/docs/manual/reference/command/find/#projection).
#[derive(Debug)]
#[must_use = "nothing is read until a verb runs it: `.all(…)`, `.first(…)`, `.get(…)` or `.stream(…)`"]
pub struct Selected<M: Model, D> {
    find: Find<M>,
    row: PhantomData<fn() -> D>,
}

impl<M: Model> Find<M> {
    /// Reads only these fields, and what is computed from them: a tuple, or a struct by
    /// [`object!`](crate::object).
    ///
    /// An index that has all of the fields answers the query by itself.
    ///
    /// ```
    /// use odm::prelude::*;
    ///
    /// #[derive(Model)]
    /// struct Order { #[model(id)] id: i64, lines: Vec<Line>, city: Option<String> }
    ///
    /// #[derive(Embedded)]
    /// struct Line { price: f64 }
    ///
    /// // Rows of `(i64, Vec<f64>, Option<String>)`.
    /// let query = Order::find().select(|o| (o.id(), o.lines().each().price(), o.city()));
    /// assert_eq!(
    ///     query.as_document()?.get_document("projection").unwrap(),
    ///     &doc! { "_id": 1, "_1": "$lines.price", "_2": "$city" },
    /// );
    /// # Ok::<(), odm::Error>(())
    /// ```
    ///
    /// Manual: [projections](https://www.mongodb.com/docs/manual/reference/command/find/#projection).
    #[doc(alias = "$project")]
    #[doc(alias = "projection")]
    pub fn select<S: Shape<M>>(
        self,
        shape: impl FnOnce(ReadingFields<M>) -> S,
    ) -> Selected<M, S::Row> {
        let projection = shape(fields_of::<M, Reading>()).into_columns().into_projection();
        let find = self.projected(projection.and_then(|projection| projection.to_document()));
        Selected { find, row: PhantomData }
    }
}

impl<M: Model> Find<M> {
    /// Reads only the fields of a projection, a type with
    /// [`#[derive(Projection)]`](derive@crate::Projection).
    ///
    /// Manual: [projections](https://www.mongodb.com/docs/manual/reference/command/find/#projection).
    #[doc(alias = "$project")]
    #[doc(alias = "projection")]
    pub fn project<P: Projection<Of = M>>(self) -> Selected<M, P> {
        self.select(P::shape)
    }
}

impl<M: Model, D> Clone for Selected<M, D> {
    fn clone(&self) -> Self {
        Self { find: self.find.clone(), row: PhantomData }
    }
}

impl<M: Model, D> Selected<M, D> {
    fn map(self, change: impl FnOnce(Find<M>) -> Find<M>) -> Self {
        Self { find: change(self.find), ..self }
    }

    /// Only documents that meet the condition; of several conditions, all.
    pub fn filter<C: Condition<M>>(self, condition: impl FilterClosure<M, C>) -> Self {
        self.map(|find| find.filter(condition))
    }

    /// Orders the documents. A second order applies to those that are equal by the first.
    pub fn sort<O: SortOrder<M>>(self, order: impl FnOnce(Fields<M, Filtering>) -> O) -> Self {
        self.map(|find| find.sort(order))
    }

    /// Leaves out this many documents at the start.
    pub fn skip(self, documents: u64) -> Self {
        self.map(|find| find.skip(documents))
    }

    /// Returns at most this many documents; 0 means no limit.
    pub fn limit(self, documents: u32) -> Self {
        self.map(|find| find.limit(documents))
    }

    /// The command that is sent, without the driver's own fields.
    ///
    /// # Errors
    ///
    /// The first mistake in the chain.
    pub fn as_document(&self) -> Result<Document> {
        self.find.as_document()
    }
}

impl<M: Model, D: Readable> Selected<M, D> {
    /// Reads all rows. One round trip, and one more for every batch after the first.
    ///
    /// # Errors
    ///
    /// `Decode` if a row does not have its type.
    pub async fn all(self, executor: &impl ReadExecutor<M>) -> Result<Vec<D::Output>> {
        self.find.into_query()?.all(executor.target(), read_row::<D>).await
    }

    /// The first row, if there is one. One round trip; `limit` has no effect.
    ///
    /// # Errors
    ///
    /// `Decode` if the row does not have its type.
    pub async fn first(self, executor: &impl ReadExecutor<M>) -> Result<Option<D::Output>> {
        self.find.into_query()?.first(executor.target(), read_row::<D>).await
    }

    /// The first row. One round trip. No document is an error.
    ///
    /// # Errors
    ///
    /// `NotFound` if no document matches, `Decode` if the row does not have its type.
    pub async fn get(self, executor: &impl ReadExecutor<M>) -> Result<D::Output> {
        let found = self.first(executor).await?;
        found.ok_or_else(|| super::find::not_found(&executor.target()))
    }

    /// How the server answers the query: see [`Find::explain`].
    ///
    /// # Errors
    ///
    /// Those of a find; `Invalid` in a transaction.
    pub async fn explain(self, executor: &impl ReadExecutor<M>) -> Result<Explain> {
        self.find.explain(executor).await
    }

    /// The rows one after the other, as batches arrive; the first batch is there when this returns.
    ///
    /// # Errors
    ///
    /// Those of a find. A row that does not decode is an error of the stream, which goes on.
    pub async fn stream(self, executor: &impl ReadExecutor<M>) -> Result<Documents<D::Output>> {
        self.find.into_query()?.stream(executor.target(), read_row::<D>).await
    }
}
