//! What all events have.

use std::fmt;

use mongodb::bson::{DateTime, RawDocumentBuf, Timestamp, Uuid};

use crate::change_stream::ResumeToken;

/// What all events have: token, time, namespace.
///
/// Manual: [change events](https://www.mongodb.com/docs/manual/reference/change-events/).
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct EventMeta {
    /// The place after the event, for a change stream that goes on from it.
    pub token: ResumeToken,
    /// When the change was made, by the cluster's logical clock. Changes of one transaction have
    /// one time.
    pub cluster_time: Option<Timestamp>,
    /// When the change was made, by the server's wall clock; MongoDB 6.0 and later.
    pub wall_time: Option<DateTime>,
    /// Where it was made; an `invalidate` does not tell it.
    pub namespace: Option<Namespace>,
    /// The transaction that it was part of.
    pub transaction: Option<EventTransaction>,
    /// The collection's own identifier, which survives renaming; with `showExpandedEvents` only.
    pub collection_uuid: Option<Uuid>,
}

/// A database, and a collection in it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Namespace {
    /// The database.
    pub database: String,
    /// The collection; `None` for events of a whole database.
    pub collection: Option<String>,
}

/// `shop.orders`
impl fmt::Display for Namespace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.database)?;
        match &self.collection {
            Some(collection) => write!(f, ".{collection}"),
            None => Ok(()),
        }
    }
}

/// A transaction; the two fields together name it.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct EventTransaction {
    /// The session's identifier (`lsid`).
    pub session: RawDocumentBuf,
    /// The number of the transaction in its session (`txnNumber`).
    pub number: i64,
}
