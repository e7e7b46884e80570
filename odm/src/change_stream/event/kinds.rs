//! What each event has.

use mongodb::bson::{RawDocument, RawDocumentBuf};

use super::{EventMeta, Namespace, Operation};
use crate::{change_stream::Changes, error::Error, model::Model};

/// A document was inserted.
///
/// Manual: [`insert`](https://www.mongodb.com/docs/manual/reference/change-events/insert/).
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct InsertEvent<M: Model> {
    /// The `_id` of the document.
    pub id: M::Id,
    /// The document as it was inserted.
    pub document: M,
    /// Token, time, namespace.
    pub meta: EventMeta,
}

/// Fields of a document were changed.
///
/// Manual: [`update`](https://www.mongodb.com/docs/manual/reference/change-events/update/).
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct UpdateEvent<M: Model> {
    /// The `_id` of the document.
    pub id: M::Id,
    /// Which fields were changed, and to what.
    pub changes: Changes<M>,
    /// The document, if the stream was asked for it.
    ///
    /// With a lookup it is the document at the time of reading, which may be newer than the
    /// change; `None` if it has been deleted since.
    pub document: Option<M>,
    /// The document as it was before, if the stream was asked for it and the collection keeps it.
    pub before: Option<M>,
    /// Token, time, namespace.
    pub meta: EventMeta,
}

/// A document was replaced by another one with its `_id`.
///
/// Manual: [`replace`](https://www.mongodb.com/docs/manual/reference/change-events/replace/).
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ReplaceEvent<M: Model> {
    /// The `_id` of the document.
    pub id: M::Id,
    /// The new document.
    pub document: M,
    /// The old document, if the stream was asked for it and the collection keeps it.
    pub before: Option<M>,
    /// Token, time, namespace.
    pub meta: EventMeta,
}

/// A document was deleted. Only `before` can have its contents.
///
/// Manual: [`delete`](https://www.mongodb.com/docs/manual/reference/change-events/delete/).
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct DeleteEvent<M: Model> {
    /// The `_id` of the document.
    pub id: M::Id,
    /// The document, if the stream was asked for it and the collection keeps it.
    pub before: Option<M>,
    /// Token, time, namespace.
    pub meta: EventMeta,
}

/// The collection was dropped.
///
/// Manual: [`drop`](https://www.mongodb.com/docs/manual/reference/change-events/drop/).
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct DropEvent {
    /// Token, time, namespace.
    pub meta: EventMeta,
}

/// The collection was renamed.
///
/// Manual: [`rename`](https://www.mongodb.com/docs/manual/reference/change-events/rename/).
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct RenameEvent {
    /// Its new name. The old one is the namespace of `meta`.
    pub to: Namespace,
    /// The server's own words, with the identifier of the collection that was there before under
    /// the new name (`dropTarget`); with `showExpandedEvents` only (MongoDB 6.0 and later).
    #[doc(alias = "operationDescription")]
    pub operation_description: Option<RawDocumentBuf>,
    /// Token, time, namespace.
    pub meta: EventMeta,
}

/// The stream ends: the collection was dropped or renamed, or its database was dropped.
///
/// A stream can be started after it, but not resumed.
///
/// Manual: [`invalidate`](https://www.mongodb.com/docs/manual/reference/change-events/invalidate/).
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct InvalidateEvent {
    /// Token, time, namespace.
    pub meta: EventMeta,
}

/// An operation without an event of its own here: `createIndexes`, `modify`, `dropDatabase`.
///
/// Manual: [expanded events](https://www.mongodb.com/docs/manual/reference/change-events/#expanded-events).
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct OtherEvent {
    /// The server's name of the operation.
    pub operation: String,
    /// The whole event.
    pub raw: RawDocumentBuf,
    /// Token, time, namespace.
    pub meta: EventMeta,
}

impl OtherEvent {
    /// Whether it reports a gap, see
    /// [`OnHistoryLost::RestartFromNow`](crate::change_stream::OnHistoryLost::RestartFromNow).
    pub fn is_history_lost(&self) -> bool {
        self.operation == crate::change_stream::HISTORY_LOST
    }

    /// What the operation was about, as the indexes of `createIndexes` (`operationDescription`).
    pub fn operation_description(&self) -> Option<&RawDocument> {
        self.raw.get_document("operationDescription").ok()
    }
}

/// An event that does not have the model's shape.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct UndecodableEvent {
    /// The whole event.
    pub raw: RawDocumentBuf,
    /// What is wrong with it and where, as in `fullDocument.points[2].y: expected int32, found
    /// string`.
    pub error: Error,
    /// What happened; [`Operation::Other`] without a name if that cannot be read.
    pub operation: Operation,
    /// Token, time, namespace; `None` for what cannot be read.
    pub meta: EventMeta,
}
