//! Commands and aggregations written by hand, and the driver's own actions, in a session or a
//! transaction.

use futures::{TryStreamExt, future::BoxFuture};
use mongodb::{ClientSession, bson::Document};

use crate::{
    error::{Access, Result},
    model::ModelOptions,
};

use super::{Call, DatabaseExecutor, Purpose, Session, Target, Transaction};

const COMMAND: Purpose = Purpose::new(Access::ManyWrites, "run a command on");
const AGGREGATE: Purpose = Purpose::new(Access::Read, "aggregate in");
const DRIVER: Purpose = Purpose::new(Access::ManyWrites, "call the driver on");

/// The same for a session and for a transaction.
macro_rules! by_hand {
    ($executor:ident) => {
        impl $executor {
            /// Runs a command that is written by hand, and returns the server's reply. One round
            /// trip, never retried.
            ///
            /// In a transaction the command is part of it, if it is one that
            /// [transactions take](https://www.mongodb.com/docs/manual/core/transactions-operations/).
            /// Outside of one, a read is not ordered after what the session did before: give the
            /// command a `readConcern` of its own for that.
            ///
            /// # Errors
            ///
            /// Those of the server. A command that failed ends the transaction.
            ///
            /// Manual: [database commands](https://www.mongodb.com/docs/manual/reference/command/).
            pub async fn run_command(&self, command: Document) -> Result<Document> {
                run_command(self.target_of("$cmd", ModelOptions::default()), command).await
            }

            /// Runs an aggregation whose stages are written by hand, and returns all of its
            /// documents.
            ///
            /// # Errors
            ///
            /// Those of the server. An aggregation that failed ends the transaction.
            ///
            /// Manual: [aggregation pipelines](https://www.mongodb.com/docs/manual/core/aggregation-pipeline/).
            pub async fn aggregate_raw(
                &self,
                collection: &str,
                stages: impl IntoIterator<Item = Document>,
            ) -> Result<Vec<Document>> {
                let target = self.target_of(collection, ModelOptions::default());
                aggregate(target, stages.into_iter().collect()).await
            }

            /// Calls the driver with its session, for all that this crate does not wrap. The
            /// closure has the session to itself until its future is done.
            ///
            /// ```no_run
            /// # use odm::prelude::*;
            #[doc = concat!("# async fn run(db: odm::Database, executor: odm::", stringify!($executor), ") -> odm::Result<()> {")]
            /// let names = db.as_driver().collection::<odm::bson::Document>("names");
            /// let distinct = executor
            ///     .with_driver(move |session| {
            ///         Box::pin(async move { names.distinct("name", doc! {}).session(session).await })
            ///     })
            ///     .await?;
            /// # drop(distinct); Ok(())
            /// # }
            /// ```
            ///
            /// If the future of this method is dropped, the closure's future goes on to its end in
            /// the background, and a transaction that it is part of is not committed. So the
            /// closure borrows nothing: handles of the driver are cheap to clone.
            ///
            /// Do not start, commit or abort the driver's transaction in it; that is done by this
            /// crate.
            ///
            /// # Errors
            ///
            /// That of the closure. One that the server answered with ends the transaction.
            pub async fn with_driver<T, F>(&self, action: F) -> Result<T>
            where
                F: for<'s> FnOnce(
                        &'s mut ClientSession,
                    ) -> BoxFuture<'s, mongodb::error::Result<T>>
                    + Send
                    + 'static,
                T: Send + 'static,
            {
                let target = self.target_of("$cmd", ModelOptions::default());
                with_driver(target, DRIVER, action).await
            }
        }
    };
}

by_hand!(Session);
by_hand!(Transaction);

async fn run_command(target: Target, command: Document) -> Result<Document> {
    let database = target.database();
    with_driver(target, COMMAND, move |session| {
        Box::pin(async move { database.run_command(command).session(session).await })
    })
    .await
}

async fn aggregate(target: Target, stages: Vec<Document>) -> Result<Vec<Document>> {
    let writes = |stage: &Document| stage.keys().any(|key| key == "$out" || key == "$merge");
    let access = if stages.last().is_some_and(writes) { Access::ManyWrites } else { Access::Read };
    let collection = target.collection().clone_with_type::<Document>();
    with_driver(target, Purpose { access, ..AGGREGATE }, move |session| {
        Box::pin(async move {
            let mut cursor = collection.aggregate(stages).session(&mut *session).await?;
            cursor.stream(session).try_collect().await
        })
    })
    .await
}

async fn with_driver<T, F>(target: Target, purpose: Purpose, action: F) -> Result<T>
where
    F: for<'s> FnOnce(&'s mut ClientSession) -> BoxFuture<'s, mongodb::error::Result<T>>
        + Send
        + 'static,
    T: Send + 'static,
{
    let call = Call::begin(target, purpose).await?;
    call.run(move |mut call| async move {
        let session = call.session().expect("sessions and transactions have one");
        let done = action(session).await;
        call.settle(done)
    })
    .await
}
