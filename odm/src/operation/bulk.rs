//! Bulk writes: many writes, few commands.
//!
//! Bulks begin at a model, as all operations do, so they are part of this layer.

mod mixed;
mod options;
mod results;
mod writes;

use std::{fmt, marker::PhantomData, sync::Arc};

use futures::future::{BoxFuture, FutureExt};
use mongodb::bson::Document;

use crate::{
    error::{Outcome, Result},
    executor::Executor,
    model::Model,
    update::{HasFilter, Update},
};

pub use self::{
    mixed::{MixedBulk, bulk},
    results::{BulkWritten, MixedWritten},
    writes::IntoReplacement,
};
use self::{options::options, writes::Writes};
use super::Delete;

/// Many writes in few commands.
///
/// Made by [`bulk`](crate::Operations::bulk); [`odm::bulk()`](crate::bulk()) is for several
/// collections. Writes are executed in their order, and the first that is refused ends the bulk;
/// [`ordered(false)`](Self::ordered) executes all that can be.
///
/// ```
/// use odm::prelude::*;
///
/// #[derive(Model)]
/// #[model(collection = "series")]
/// struct Series {
///     #[model(id)]
///     id: i64,
///     points: Vec<Point>,
/// }
///
/// #[derive(Embedded)]
/// struct Point { x: i32, y: i32 }
///
/// let set = |id: i64, y: i32| {
///     let update = Series::update().filter(|s| s.id().eq(id));
///     update.set(|s| s.points().filtered(|p| p.x().gt(0)).y(), y)
/// };
/// let bulk = Series::bulk().update_one(set(1, 5)).update_one(set(2, 6));
/// let [command] = bulk.as_documents()?.try_into().expect("one command");
/// assert_eq!(command.get_array("updates")?.len(), 2);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Neighbours of one kind share a command, and without order all writes of a kind do; a command has
/// at most 100,000 statements and 16 MiB of them. Each command is sent once more if the connection
/// fails, and the server applies it once. Commands with
/// `update_many` or `delete_many` are sent once, because the server does not recognize a repetition
/// of them. From MongoDB 8.0 on, the server's own
/// [`bulkWrite`](https://www.mongodb.com/docs/manual/reference/command/bulkWrite/) is used where it
/// saves commands.
///
/// Manual: [bulk writes](https://www.mongodb.com/docs/manual/core/bulk-write-operations/),
/// [retryable writes](https://www.mongodb.com/docs/manual/core/retryable-writes/).
#[must_use = "nothing is written until `.run(…)`"]
pub struct Bulk<M> {
    writes: Writes,
    model: PhantomData<fn() -> M>,
}

impl<M: Model> Bulk<M> {
    pub(super) fn new() -> Self {
        Self { writes: Writes::default(), model: PhantomData }
    }

    /// Inserts a document.
    pub fn insert(mut self, document: &M) -> Self {
        self.writes.insert(document);
        self
    }

    /// Inserts several documents.
    pub fn insert_many<'a>(mut self, documents: impl IntoIterator<Item = &'a M>) -> Self
    where
        M: 'a,
    {
        documents.into_iter().for_each(|document| self.writes.insert(document));
        self
    }

    /// Changes the first document that the update's filter matches.
    pub fn update_one<F: HasFilter, K>(mut self, update: Update<M, F, K>) -> Self {
        self.writes.update(M::COLLECTION, &update.statement, false);
        self
    }

    /// Changes all documents that the update's filter matches.
    pub fn update_many<F: HasFilter, K>(mut self, update: Update<M, F, K>) -> Self {
        self.writes.update(M::COLLECTION, &update.statement, true);
        self
    }

    /// Replaces the document with the same `_id`. Takes the document, or
    /// [`Series::replace(&document)`](crate::Operations::replace) with its filter and options.
    pub fn replace(mut self, replacement: impl IntoReplacement<M>) -> Self {
        self.writes.replace(&replacement.into_replacement());
        self
    }

    /// Removes the first document that the filter matches.
    pub fn delete_one<F: HasFilter>(mut self, delete: Delete<M, F>) -> Self {
        self.writes.delete(&delete, false);
        self
    }

    /// Removes all documents that the filter matches.
    pub fn delete_many<F: HasFilter>(mut self, delete: Delete<M, F>) -> Self {
        self.writes.delete(&delete, true);
        self
    }

    /// Sends the writes. Without writes, nothing is sent.
    ///
    /// # Errors
    ///
    /// `BulkWrite` with the writes that were refused, those that were not applied and those whose
    /// outcome is unknown, by index. If nothing was done, the error itself: `Unavailable`,
    /// `Timeout`, `Unauthorized`. The first mistake of a chain before anything is sent.
    pub fn run<'a>(self, executor: &impl Executor<M>) -> BoxFuture<'a, Result<BulkWritten<M>>>
    where
        M: 'a,
    {
        let target = executor.target();
        let mut writes = self.writes;
        writes.work.statements.rename_collection(target.name());
        async move {
            let (work, is_atomic) = writes.finish()?;
            let written = writes::run(target, Arc::clone(&work), is_atomic).await?;
            // A type that cannot read the `_id` that it has written.
            BulkWritten::new(&work, written).map_err(|error| error.with_outcome(Outcome::Applied))
        }
        .boxed()
    }
}

options!(Bulk<M>);

impl<M> Clone for Bulk<M> {
    fn clone(&self) -> Self {
        Self { writes: self.writes.clone(), model: PhantomData }
    }
}

impl<M> fmt::Debug for Bulk<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.writes.show("Bulk", f)
    }
}
