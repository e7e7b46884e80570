//! What was written.

use std::collections::BTreeMap;

use mongodb::bson::Bson;

use crate::command::{reply::Reply, statements::Kind};

/// What a bulk has done.
#[derive(Clone, Debug, Default)]
pub(crate) struct Written {
    pub(crate) inserted: u64,
    pub(crate) matched: u64,
    pub(crate) modified: u64,
    pub(crate) deleted: u64,
    pub(crate) upserted_ids: BTreeMap<usize, Bson>,
}

impl Written {
    /// What a command of one statement has done.
    pub(in crate::command) fn of(kind: Kind, reply: Reply) -> Self {
        let mut written = Self::default();
        written.add(kind, &reply);
        written.upserted_ids = reply.upserted.into_iter().collect();
        written
    }

    pub(super) fn add(&mut self, kind: Kind, reply: &Reply) {
        let add = |sum: &mut u64, count| *sum = sum.saturating_add(count);
        match kind {
            Kind::Insert => add(&mut self.inserted, reply.n),
            Kind::Delete => add(&mut self.deleted, reply.n),
            Kind::Update => {
                add(&mut self.matched, reply.n.saturating_sub(reply.upserted.len() as u64));
                add(&mut self.modified, reply.modified);
            }
        }
    }
}
