//! The commands that open cursors.

use futures::StreamExt;
use mongodb::{
    ClientSession,
    bson::Document,
    error::{Error, Result},
    options::{AggregateOptions, FindOptions},
    raw_batch_cursor::{RawBatch, SessionRawBatchCursor},
};

use crate::executor::RawCollection;

/// A command that makes the server open a cursor.
pub(crate) enum Command {
    Find {
        filter: Document,
        options: Box<FindOptions>,
    },
    Aggregate {
        /// The database as a whole that is asked; `None`: the collection.
        database: Option<String>,
        stages: Vec<Document>,
        options: Box<AggregateOptions>,
    },
}

impl Command {
    /// Sends the command, and returns the driver's cursor with its first reply.
    pub(super) async fn send(
        self,
        collection: &RawCollection,
        session: &mut ClientSession,
    ) -> Result<(SessionRawBatchCursor, RawBatch)> {
        let mut cursor = match self {
            Self::Find { filter, options } => {
                collection.find(filter).with_options(*options).session(&mut *session).batch().await
            }
            Self::Aggregate { database, stages, options } => {
                let database = database.map(|name| collection.client().database(&name));
                let aggregate = match &database {
                    Some(database) => database.aggregate(stages),
                    None => collection.aggregate(stages),
                };
                aggregate.with_options(*options).session(&mut *session).batch().await
            }
        }?;
        // The first reply came with the cursor: this does not wait for the server.
        let reply = cursor.stream(session).next().await;
        let reply = reply.unwrap_or_else(|| Err(Error::custom("a cursor without its first reply")));
        Ok((cursor, reply?))
    }
}
