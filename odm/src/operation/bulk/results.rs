//! What bulks return.

use std::{collections::BTreeMap, fmt};

use mongodb::bson::Bson;

use crate::{
    codec::Element,
    command::{Work, Written},
    error::{BulkWriteFailure, Result, counts},
    model::Model,
};

use super::super::results::{id_element, id_from_bson, id_of_document};

/// All writes of a bulk were executed. Indexes are those of the caller: the first write is 0.
pub struct BulkWritten<M: Model> {
    /// How many documents were inserted.
    pub inserted: u64,
    /// How many documents the filters of updates and replacements matched.
    pub matched: u64,
    /// How many were changed by them: a value written over an equal one is no change.
    pub modified: u64,
    /// How many documents upserts inserted.
    pub upserted: u64,
    /// How many documents were removed.
    pub deleted: u64,
    /// The `_id`s of the inserted documents, by index.
    pub inserted_ids: BTreeMap<usize, M::Id>,
    /// The `_id`s of the documents that upserts inserted, by index.
    pub upserted_ids: BTreeMap<usize, M::Id>,
}

impl<M: Model> BulkWritten<M> {
    pub(super) fn new(work: &Work, written: Written) -> Result<Self> {
        let statements = &work.statements;
        let inserted = statements.inserts();
        let inserted = inserted.map(|at| Ok((at, id_of_document::<M>(statements.get(at))?)));
        let upserted = written.upserted_ids.into_iter();
        let upserted = upserted.map(|(at, id)| Ok((at, id_from_bson::<M>(id)?)));
        let upserted_ids = upserted.collect::<Result<BTreeMap<_, _>>>()?;
        Ok(Self {
            inserted: written.inserted,
            matched: written.matched,
            modified: written.modified,
            upserted: upserted_ids.len() as u64,
            deleted: written.deleted,
            inserted_ids: inserted.collect::<Result<_>>()?,
            upserted_ids,
        })
    }
}

/// All writes of a bulk over several collections were executed.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct MixedWritten {
    /// How many documents were inserted.
    pub inserted: u64,
    /// How many documents the filters of updates and replacements matched.
    pub matched: u64,
    /// How many were changed by them: a value written over an equal one is no change.
    pub modified: u64,
    /// How many documents upserts inserted.
    pub upserted: u64,
    /// How many documents were removed.
    pub deleted: u64,
    /// The `_id`s of the inserted documents, by index.
    pub inserted_ids: BTreeMap<usize, Bson>,
    /// The `_id`s of the documents that upserts inserted, by index.
    pub upserted_ids: BTreeMap<usize, Bson>,
}

impl MixedWritten {
    pub(super) fn new(work: &Work, written: Written) -> Self {
        let statements = &work.statements;
        let id = |at| id_element(statements.get(at)).map(Element::to_bson)?.ok();
        let inserted = statements.inserts().filter_map(|at| Some((at, id(at)?)));
        Self {
            inserted: written.inserted,
            matched: written.matched,
            modified: written.modified,
            upserted: written.upserted_ids.len() as u64,
            deleted: written.deleted,
            inserted_ids: inserted.collect(),
            upserted_ids: written.upserted_ids,
        }
    }

    /// The `_id` of the document that the write at an index inserted, as its model has it.
    ///
    /// # Errors
    ///
    /// `Decode` if it is of another type: the write at the index is on another model.
    pub fn inserted_id<M: Model>(&self, index: usize) -> Result<Option<M::Id>> {
        typed::<M>(&self.inserted_ids, index)
    }

    /// The `_id` of the document that the upsert at an index inserted, as its model has it.
    ///
    /// # Errors
    ///
    /// `Decode` if it is of another type: the write at the index is on another model.
    pub fn upserted_id<M: Model>(&self, index: usize) -> Result<Option<M::Id>> {
        typed::<M>(&self.upserted_ids, index)
    }
}

impl BulkWriteFailure {
    /// The `_id` of the document that the upsert at an index inserted, as its model has it.
    ///
    /// # Errors
    ///
    /// `Decode` if it is of another type: the write at the index is on another model.
    pub fn upserted_id<M: Model>(&self, index: usize) -> Result<Option<M::Id>> {
        typed::<M>(&self.upserted_ids, index)
    }
}

counts!(BulkWritten<M: Model>);
counts!(MixedWritten);

fn typed<M: Model>(ids: &BTreeMap<usize, Bson>, index: usize) -> Result<Option<M::Id>> {
    ids.get(&index).cloned().map(id_from_bson::<M>).transpose()
}

impl<M: Model> fmt::Debug for BulkWritten<M>
where
    M::Id: fmt::Debug,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BulkWritten")
            .field("inserted", &self.inserted)
            .field("matched", &self.matched)
            .field("modified", &self.modified)
            .field("upserted", &self.upserted)
            .field("deleted", &self.deleted)
            .field("inserted_ids", &self.inserted_ids)
            .field("upserted_ids", &self.upserted_ids)
            .finish()
    }
}
