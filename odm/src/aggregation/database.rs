//! Pipelines over no collection, and over what the server knows of one.

use std::collections::BTreeMap;

use mongodb::bson::{DateTime, Document};
use odm_derive::Embedded;

use crate::{
    cursor::Documents,
    error::Result,
    executor::DatabaseExecutor,
    expression::Code,
    model::{Model, ModelOptions},
    path::Embedded,
    row::{Readable, read_row},
};

use super::{Pipeline, pipeline::stage};

/// A database as a whole, that a pipeline begins at.
#[derive(Debug)]
pub enum WholeDatabase {}

/// The server as a whole (the database `admin`), that a pipeline begins at.
#[derive(Debug)]
pub enum WholeServer {}

/// Pipelines that begin at no collection: see [`database_aggregate`].
#[derive(Clone, Copy, Debug)]
pub struct DatabaseAggregate(());

/// Aggregations over no collection: over documents of the program's own, or over the operations
/// that run on the server.
///
/// ```
/// use odm::prelude::*;
///
/// #[derive(Embedded)]
/// struct Point { x: i32, y: i32 }
///
/// let points = [Point { x: 1, y: 2 }];
/// let sums = odm::database_aggregate().documents(&points).select(|p| (p.x(), p.x() + p.y()));
/// assert_eq!(
///     sums.stages()?[0],
///     doc! { "$documents": { "$literal": [{ "x": 1, "y": 2 }] } },
/// );
/// # Ok::<(), odm::Error>(())
/// ```
pub fn database_aggregate() -> DatabaseAggregate {
    DatabaseAggregate(())
}

impl DatabaseAggregate {
    /// Rows that the program gives (`$documents`, MongoDB 5.1).
    ///
    /// Manual: [`$documents`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/documents/).
    #[doc(alias = "$documents")]
    pub fn documents<'a, D: Embedded + 'a>(
        self,
        rows: impl IntoIterator<Item = &'a D>,
    ) -> Pipeline<WholeDatabase, D> {
        let rows = rows.into_iter().map(Code::encoded).collect::<Result<_>>();
        let rows = rows.and_then(Code::array).and_then(|rows| Code::unary("$literal", rows));
        Pipeline::<_, D>::new().then_plain([stage("$documents", rows)])
    }

    /// The operations that run on the server (`$currentOp`). What is seen depends on the user's
    /// rights.
    ///
    /// Manual: [`$currentOp`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/currentOp/).
    #[doc(alias = "$currentOp")]
    pub fn current_op(self, options: Document) -> Pipeline<WholeServer, CurrentOp> {
        Pipeline::<_, CurrentOp>::new().then_plain([stage("$currentOp", Code::encoded(&options))])
    }
}

/// An operation that runs on the server.
#[derive(Embedded, Clone, Debug, PartialEq)]
#[model(crate = "crate")]
#[non_exhaustive]
pub struct CurrentOp {
    /// `op` for an operation, `idleSession` or `idleCursor`.
    #[model(rename = "type")]
    pub kind: Option<String>,
    /// The operation's number; on a sharded cluster it is text.
    pub opid: Option<mongodb::bson::Bson>,
    /// Database and collection.
    pub ns: Option<String>,
    /// `query`, `update`, `command`, …
    pub op: Option<String>,
    /// Whether it is at work.
    pub active: Option<bool>,
    /// For how long it has run.
    pub secs_running: Option<i64>,
    /// The program that sent it.
    #[model(rename = "appName")]
    pub app_name: Option<String>,
    /// The command.
    pub command: Option<Document>,
}

/// How often an index is used (`$indexStats`).
#[derive(Embedded, Clone, Debug, PartialEq)]
#[model(crate = "crate")]
#[non_exhaustive]
pub struct IndexStats {
    /// The name of the index.
    pub name: String,
    /// Its key.
    pub key: Document,
    /// The member that counts.
    pub host: String,
    /// How often, and since when.
    pub accesses: Accesses,
}

/// How often an index was used since a point in time.
#[derive(Embedded, Clone, Debug, PartialEq)]
#[model(crate = "crate")]
#[non_exhaustive]
pub struct Accesses {
    /// The number of operations.
    pub ops: i64,
    /// Since the server started, or the index was made.
    pub since: DateTime,
}

/// The size of a collection (`$collStats`).
#[derive(Embedded, Clone, Debug, PartialEq)]
#[model(crate = "crate")]
#[non_exhaustive]
pub struct CollStats {
    /// Database and collection.
    pub ns: String,
    /// The member that answers.
    pub host: String,
    /// The sizes in bytes, and the number of documents.
    #[model(rename = "storageStats")]
    pub storage: StorageStats,
}

/// The sizes of a collection.
#[derive(Embedded, Clone, Debug, PartialEq)]
#[model(crate = "crate")]
#[non_exhaustive]
pub struct StorageStats {
    /// The number of documents.
    pub count: i64,
    /// The bytes of all documents, uncompressed.
    pub size: i64,
    /// The bytes on the disk.
    #[model(rename = "storageSize")]
    pub storage_size: i64,
    /// The bytes of all indexes.
    #[model(rename = "totalIndexSize")]
    pub total_index_size: i64,
    /// The bytes of each index.
    #[model(rename = "indexSizes")]
    pub index_sizes: BTreeMap<String, i64>,
}

impl<In: Model> Pipeline<In, In> {
    pub(crate) fn index_stats() -> Pipeline<In, IndexStats> {
        Self::new().then_plain([Code::document([]).and_then(|it| Code::unary("$indexStats", it))])
    }

    pub(crate) fn coll_stats() -> Pipeline<In, CollStats> {
        let storage =
            Code::document([]).and_then(|it| Code::document([("storageStats".into(), it)]));
        Self::new().then_plain([stage("$collStats", storage)])
    }
}

macro_rules! run {
    ($($whole:ty, $database:expr;)*) => {$(
        impl<D: Readable> Pipeline<$whole, D> {
            /// Reads all rows. One round trip, and one more for every batch after the first.
            ///
            /// # Errors
            ///
            /// `Invalid` for the first mistake in the chain, `Decode` if a row does not have its
            /// type.
            pub async fn all(self, executor: &impl DatabaseExecutor) -> Result<Vec<D::Output>> {
                let target = executor.target_of("$cmd.aggregate", ModelOptions::default());
                let database: Option<&str> = $database;
                let database = database.unwrap_or_else(|| target.commands().name()).to_owned();
                let query = self.query()?.check(&target)?;
                let purpose = query.purpose;
                Documents::all((target, purpose), read_row::<D>, query.command(Some(database))).await
            }
        }
    )*};
}

run! {
    WholeDatabase, None;
    WholeServer, Some("admin");
}
