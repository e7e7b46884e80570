//! Change events, with the documents of the model in them.

mod decode;
mod kinds;
mod meta;
mod operation;
mod parts;

pub use self::{
    kinds::{
        DeleteEvent, DropEvent, InsertEvent, InvalidateEvent, OtherEvent, RenameEvent,
        ReplaceEvent, UndecodableEvent, UpdateEvent,
    },
    meta::{EventMeta, EventTransaction, Namespace},
    operation::Operation,
};

use std::fmt;

use crate::model::Model;

use super::ResumeToken;

/// One change, as a change stream reports it.
///
/// There will be no more variants: an operation without one is [`Other`](Self::Other), and an event
/// that cannot be read is [`Undecodable`](Self::Undecodable).
///
/// ```
/// use odm::{bson::rawdoc, prelude::*};
///
/// #[derive(Model, Debug, PartialEq)]
/// struct Series { #[model(id)] id: i64, name: String }
///
/// let event = ChangeEvent::<Series>::decode(&rawdoc! {
///     "_id": { "_data": "8265F0C1" },
///     "operationType": "insert",
///     "ns": { "db": "shop", "coll": "series" },
///     "documentKey": { "_id": 1_i64 },
///     "fullDocument": { "_id": 1_i64, "name": "a" },
/// })?;
/// match event {
///     ChangeEvent::Insert(e) => assert_eq!((e.id, e.document.name.as_str()), (1, "a")),
///     other => panic!("{other:?}"),
/// }
/// # Ok::<(), odm::Error>(())
/// ```
///
/// Manual: [change events](https://www.mongodb.com/docs/manual/reference/change-events/).
pub enum ChangeEvent<M: Model> {
    /// A document was inserted.
    Insert(InsertEvent<M>),
    /// Fields of a document were changed.
    Update(UpdateEvent<M>),
    /// A document was replaced by another one with its `_id`.
    Replace(ReplaceEvent<M>),
    /// A document was deleted.
    Delete(DeleteEvent<M>),
    /// The collection was dropped.
    Drop(DropEvent),
    /// The collection was renamed.
    Rename(RenameEvent),
    /// The stream ends: the collection that was watched is gone.
    Invalidate(InvalidateEvent),
    /// Another operation, as those that `showExpandedEvents` adds.
    Other(OtherEvent),
    /// An event that does not have the model's shape. The stream goes on.
    Undecodable(UndecodableEvent),
}

impl<M: Model> ChangeEvent<M> {
    /// What all events have.
    pub fn meta(&self) -> &EventMeta {
        match self {
            Self::Insert(event) => &event.meta,
            Self::Update(event) => &event.meta,
            Self::Replace(event) => &event.meta,
            Self::Delete(event) => &event.meta,
            Self::Drop(event) => &event.meta,
            Self::Rename(event) => &event.meta,
            Self::Invalidate(event) => &event.meta,
            Self::Other(event) => &event.meta,
            Self::Undecodable(event) => &event.meta,
        }
    }

    /// The place after this event, for a change stream that goes on from it.
    pub fn token(&self) -> &ResumeToken {
        &self.meta().token
    }

    /// What happened, as the server names it.
    pub fn operation(&self) -> Operation {
        match self {
            Self::Insert(_) => Operation::Insert,
            Self::Update(_) => Operation::Update,
            Self::Replace(_) => Operation::Replace,
            Self::Delete(_) => Operation::Delete,
            Self::Drop(_) => Operation::Drop,
            Self::Rename(_) => Operation::Rename,
            Self::Invalidate(_) => Operation::Invalidate,
            Self::Other(event) => Operation::Other(event.operation.clone()),
            Self::Undecodable(event) => event.operation.clone(),
        }
    }

    /// The `_id` of the document, for events of documents.
    pub fn id(&self) -> Option<&M::Id> {
        match self {
            Self::Insert(event) => Some(&event.id),
            Self::Update(event) => Some(&event.id),
            Self::Replace(event) => Some(&event.id),
            Self::Delete(event) => Some(&event.id),
            _ => None,
        }
    }

    /// The document as it is after the change, if the event has it.
    pub fn document(&self) -> Option<&M> {
        match self {
            Self::Insert(event) => Some(&event.document),
            Self::Update(event) => event.document.as_ref(),
            Self::Replace(event) => Some(&event.document),
            _ => None,
        }
    }

    /// The document as it was before the change, if the event has it.
    pub fn before(&self) -> Option<&M> {
        match self {
            Self::Update(event) => event.before.as_ref(),
            Self::Replace(event) => event.before.as_ref(),
            Self::Delete(event) => event.before.as_ref(),
            _ => None,
        }
    }

    /// The same as [`document`](Self::document), without a copy.
    pub fn into_document(self) -> Option<M> {
        match self {
            Self::Insert(event) => Some(event.document),
            Self::Update(event) => event.document,
            Self::Replace(event) => Some(event.document),
            _ => None,
        }
    }
}

// Derived, these two would have other bounds on the `_id`.
impl<M: Model<Id: Clone> + Clone> Clone for ChangeEvent<M> {
    fn clone(&self) -> Self {
        match self {
            Self::Insert(event) => Self::Insert(event.clone()),
            Self::Update(event) => Self::Update(event.clone()),
            Self::Replace(event) => Self::Replace(event.clone()),
            Self::Delete(event) => Self::Delete(event.clone()),
            Self::Drop(event) => Self::Drop(event.clone()),
            Self::Rename(event) => Self::Rename(event.clone()),
            Self::Invalidate(event) => Self::Invalidate(event.clone()),
            Self::Other(event) => Self::Other(event.clone()),
            Self::Undecodable(event) => Self::Undecodable(event.clone()),
        }
    }
}

impl<M: Model<Id: fmt::Debug> + fmt::Debug> fmt::Debug for ChangeEvent<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Insert(event) => event.fmt(f),
            Self::Update(event) => event.fmt(f),
            Self::Replace(event) => event.fmt(f),
            Self::Delete(event) => event.fmt(f),
            Self::Drop(event) => event.fmt(f),
            Self::Rename(event) => event.fmt(f),
            Self::Invalidate(event) => event.fmt(f),
            Self::Other(event) => event.fmt(f),
            Self::Undecodable(event) => event.fmt(f),
        }
    }
}
