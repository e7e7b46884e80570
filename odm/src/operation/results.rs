//! What operations return.

use std::fmt;

use mongodb::bson::Bson;

use crate::{
    codec::{Decode, Element, Elements},
    command::Written,
    error::{Error, Outcome, Result},
    executor::Target,
    model::Model,
};

/// A document was inserted.
pub struct Inserted<M: Model> {
    /// Its `_id`.
    pub id: M::Id,
}

/// Documents were inserted.
pub struct InsertedMany<M: Model> {
    /// Their `_id`s, in the order of the documents.
    pub ids: Vec<M::Id>,
}

/// Documents were updated or replaced.
pub struct Updated<M: Model> {
    /// How many documents the filter matched.
    pub matched: u64,
    /// How many were changed by it: a value written over an equal one is no change.
    pub modified: u64,
    /// The `_id` of the document that an upsert inserted.
    pub upserted_id: Option<M::Id>,
}

/// Documents were removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deleted {
    /// How many.
    pub deleted: u64,
}

impl<M: Model> fmt::Debug for Inserted<M>
where
    M::Id: fmt::Debug,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inserted").field("id", &self.id).finish()
    }
}

impl<M: Model> fmt::Debug for InsertedMany<M>
where
    M::Id: fmt::Debug,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InsertedMany").field("ids", &self.ids).finish()
    }
}

impl<M: Model> fmt::Debug for Updated<M>
where
    M::Id: fmt::Debug,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Updated")
            .field("matched", &self.matched)
            .field("modified", &self.modified)
            .field("upserted_id", &self.upserted_id)
            .finish()
    }
}

impl<M: Model> Updated<M> {
    /// From what was written. If the `_id` cannot be read, the write stays.
    pub(super) fn of(mut written: Written, target: &Target) -> Result<Self> {
        let id = written.upserted_ids.pop_first().map(|(_, id)| id_from_bson::<M>(id)).transpose();
        let but_written = |error: Error| {
            error.during("decode", &target.namespace()).with_outcome(Outcome::Applied)
        };
        let upserted_id = id.map_err(but_written)?;
        Ok(Self { matched: written.matched, modified: written.modified, upserted_id })
    }
}

/// A typed `_id` from the driver's.
pub(super) fn id_from_bson<M: Model>(id: Bson) -> Result<M::Id> {
    let mut document = mongodb::bson::Document::new();
    document.insert("_id", id);
    let bytes = mongodb::bson::serialize_to_vec(&document)
        .map_err(|error| Error::invalid(error.to_string()))?;
    id_of_document::<M>(&bytes)
}

/// The `_id` of an encoded document.
pub(super) fn id_of_document<M: Model>(document: &[u8]) -> Result<M::Id> {
    let element =
        id_element(document).ok_or_else(|| Error::invalid("the document has no `_id`"))?;
    Ok(M::Id::decode(element).map_err(|error| error.in_key("_id"))?)
}

/// The element `_id` of an encoded document.
pub(super) fn id_element(document: &[u8]) -> Option<Element<'_>> {
    let mut elements: Elements<'_> = Element::document(document).elements().ok()?;
    while let Ok(Some((key, element))) = elements.next_element() {
        if key == "_id" {
            return Some(element);
        }
    }
    None
}
