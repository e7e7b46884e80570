//! Running a pipeline that reads.

use mongodb::{
    bson::{Document, doc},
    options::AggregateOptions,
};

use crate::{
    common_options::append_options,
    cursor::{Command, Documents},
    error::{Access, Result},
    executor::{Call, Purpose, ReadExecutor, Target},
    explain::{Explain, explain},
    model::Model,
    row::{Readable, Row, read_row},
};

use super::Pipeline;

const AGGREGATE: Purpose = Purpose::new(Access::Read, "aggregate in");

/// A pipeline that is about to be sent.
pub(super) struct Query {
    pub(super) stages: Vec<Document>,
    pub(super) options: AggregateOptions,
    pub(super) purpose: Purpose,
}

impl Query {
    /// The command, within the time that is left for it.
    pub(super) fn command(self, database: Option<String>) -> impl FnOnce(&Call) -> Command {
        move |call| {
            let Self { stages, mut options, .. } = self;
            let limits = [options.max_time, call.max_time()];
            options.max_time = limits.into_iter().flatten().min();
            Command::Aggregate { database, stages, options: Box::new(options) }
        }
    }
}

/// Stages that the server refuses in a transaction.
const NOT_IN_TRANSACTION: [&str; 6] =
    ["$merge", "$out", "$unionWith", "$collStats", "$indexStats", "$currentOp"];

impl Query {
    /// Refuses what the target's transaction cannot run.
    pub(super) fn check(self, target: &Target) -> Result<Self> {
        let misplaced = |name: &&&str| self.stages.iter().any(|stage| stage.contains_key(**name));
        if let Some(name) = NOT_IN_TRANSACTION.iter().find(misplaced) {
            let reason = format!("`{name}` cannot be used in a transaction");
            target.check_no_transaction(&reason, &self.purpose)?;
        }
        Ok(self)
    }
}

impl<In, D> Pipeline<In, D> {
    pub(super) fn query(&self) -> Result<Query> {
        self.query_of(self.stages()?, AGGREGATE)
    }

    /// The pipeline's options with these stages.
    pub(super) fn query_of(&self, stages: Vec<Document>, purpose: Purpose) -> Result<Query> {
        let purpose = Purpose { timeout: self.options.common.timeout, ..purpose };
        Ok(Query { stages, options: self.options.for_driver()?, purpose })
    }
}

impl<In: Model, D: Readable> Pipeline<In, D> {
    /// Reads all rows. One round trip, and one more for every batch after the first.
    ///
    /// # Errors
    ///
    /// `Invalid` for the first mistake in the chain, `Decode` if a row does not have its type.
    pub async fn all(self, executor: &impl ReadExecutor<In>) -> Result<Vec<D::Output>> {
        let target = executor.target();
        let query = self.query()?.check(&target)?;
        Documents::all((target, query.purpose), read_row::<D>, query.command(None)).await
    }

    /// The rows one after the other, as batches arrive; the first batch is there when this returns.
    ///
    /// # Errors
    ///
    /// Those of [`all`](Self::all). A row that does not decode is an error of the stream, which
    /// goes on.
    pub async fn stream(self, executor: &impl ReadExecutor<In>) -> Result<Documents<D::Output>> {
        let target = executor.target();
        let query = self.query()?.check(&target)?;
        Documents::open((target, query.purpose), read_row::<D>, query.command(None)).await
    }

    /// The first row, if there is one; the server makes no other (`$limit`). One round trip.
    ///
    /// # Errors
    ///
    /// Those of [`all`](Self::all).
    pub async fn first(self, executor: &impl ReadExecutor<In>) -> Result<Option<D::Output>> {
        let rows = self.limit(1).all(executor).await?;
        Ok(rows.into_iter().next())
    }
}

impl<In: Model, D: Row> Pipeline<In, D> {
    /// How many rows there are (`$count`). One round trip.
    ///
    /// # Errors
    ///
    /// Those of [`all`](Self::all).
    #[doc(alias = "$count")]
    pub async fn count(self, executor: &impl ReadExecutor<In>) -> Result<u64> {
        let counted = self.count_rows().all(executor).await?;
        Ok(counted.first().map_or(0, |(count,)| count.unsigned_abs()))
    }

    /// How the server runs the pipeline: the indexes that it uses, and how much it reads. The
    /// pipeline runs, and its rows are thrown away.
    ///
    /// # Errors
    ///
    /// Those of [`all`](Self::all); `Invalid` in a transaction.
    ///
    /// Manual: [`explain`](https://www.mongodb.com/docs/manual/reference/command/explain/).
    pub async fn explain(self, executor: &impl ReadExecutor<In>) -> Result<Explain> {
        explain(executor.target(), self.as_document()?).await
    }

    /// The command that is sent, without the driver's own fields.
    ///
    /// # Errors
    ///
    /// The first mistake in the chain.
    pub fn as_document(&self) -> Result<Document> {
        let mut command = doc! {
            "aggregate": In::COLLECTION,
            "pipeline": self.stages()?,
            "cursor": {},
        };
        append_options(&mut command, &self.options.for_driver()?)?;
        Ok(command)
    }
}
