//! Bulks over several collections of a database.

use std::{fmt, sync::Arc};

use futures::future::{BoxFuture, FutureExt};
use mongodb::bson::Document;

use crate::{
    error::Result,
    executor::DatabaseExecutor,
    model::{Model, ModelOptions},
    update::{HasFilter, Update},
};

use super::{
    super::Delete,
    options::options,
    results::MixedWritten,
    writes::{self, IntoReplacement, Writes},
};

/// Many writes to several collections of one database, in few commands.
///
/// ```
/// use odm::prelude::*;
///
/// #[derive(Model)]
/// #[model(collection = "orders")]
/// struct Order {
///     #[model(id)]
///     id: i64,
/// }
///
/// #[derive(Model)]
/// #[model(collection = "stocks")]
/// struct Stock {
///     #[model(id)]
///     id: String,
///     left: i32,
/// }
///
/// let taken = Stock::update().filter(|s| s.id().eq("tea")).inc(|s| s.left(), -1);
/// let bulk = odm::bulk().insert(&Order { id: 7 }).update_one(taken).atomic();
/// assert_eq!(bulk.as_documents()?.len(), 2);
/// # Ok::<(), odm::Error>(())
/// ```
///
/// All else is the same as for [`Bulk`](super::Bulk): neighbours of one kind and collection share a
/// command.
///
/// Manual: [bulk writes](https://www.mongodb.com/docs/manual/core/bulk-write-operations/).
#[must_use = "nothing is written until `.run(…)`"]
#[derive(Clone, Default)]
pub struct MixedBulk {
    writes: Writes,
    /// The collections, in the order of their first statements.
    models: Vec<(&'static str, fn() -> ModelOptions)>,
}

/// Many writes to several collections of one database: a [`MixedBulk`] without a write yet.
pub fn bulk() -> MixedBulk {
    MixedBulk::default()
}

impl MixedBulk {
    /// Inserts a document into its model's collection.
    pub fn insert<M: Model>(mut self, document: &M) -> Self {
        self.at::<M>().insert(document);
        self
    }

    /// Changes the first document that the update's filter matches.
    pub fn update_one<M: Model, F: HasFilter, K>(mut self, update: Update<M, F, K>) -> Self {
        self.at::<M>().update(M::COLLECTION, &update.statement, false);
        self
    }

    /// Changes all documents that the update's filter matches.
    pub fn update_many<M: Model, F: HasFilter, K>(mut self, update: Update<M, F, K>) -> Self {
        self.at::<M>().update(M::COLLECTION, &update.statement, true);
        self
    }

    /// Replaces the document with the same `_id`. Takes the document, or
    /// [`Series::replace(&document)`](crate::Operations::replace) with its filter and options.
    pub fn replace<M: Model>(mut self, replacement: impl IntoReplacement<M>) -> Self {
        self.at::<M>().replace(&replacement.into_replacement());
        self
    }

    /// Removes the first document that the filter matches.
    pub fn delete_one<M: Model, F: HasFilter>(mut self, delete: Delete<M, F>) -> Self {
        self.at::<M>().delete(&delete, false);
        self
    }

    /// Removes all documents that the filter matches.
    pub fn delete_many<M: Model, F: HasFilter>(mut self, delete: Delete<M, F>) -> Self {
        self.at::<M>().delete(&delete, true);
        self
    }

    /// The writes, for one more on this model.
    fn at<M: Model>(&mut self) -> &mut Writes {
        if !self.models.iter().any(|(name, _)| *name == M::COLLECTION) {
            self.models.push((M::COLLECTION, M::options));
        }
        &mut self.writes
    }

    /// Sends the writes. Without writes, nothing is sent.
    ///
    /// # Errors
    ///
    /// As [`Bulk::run`](super::Bulk::run).
    pub fn run<'a>(self, executor: &impl DatabaseExecutor) -> BoxFuture<'a, Result<MixedWritten>> {
        let models = self.models.iter();
        let targets = models.map(|(name, options)| executor.target_of(name, options()));
        let targets: Vec<_> = targets.collect();
        let mut writes = self.writes;
        let concerns = targets.iter().map(|target| target.write_concern().cloned());
        writes.work.concerns = concerns.collect();
        async move {
            let (work, is_atomic) = writes.finish()?;
            let Some(target) = targets.into_iter().next() else {
                return Ok(MixedWritten::default());
            };
            let written = writes::run(target, Arc::clone(&work), is_atomic).await?;
            Ok(MixedWritten::new(&work, written))
        }
        .boxed()
    }
}

options!(MixedBulk);

impl fmt::Debug for MixedBulk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.writes.show("MixedBulk", f)
    }
}
