//! The `_id`s that references name, each once.

use std::collections::HashSet;

use mongodb::bson::Bson;

use crate::{
    codec::{Decode, Element, Encode, RawValue},
    error::Result,
    model::Model,
    reference::Ref,
};

/// The most `_id`s of one query.
const MOST: usize = 10_000;

/// The most bytes of `_id`s in one query: far from the 16 MB of a command.
const MOST_BYTES: usize = 8_000_000;

/// `_id`s in their stored form, without null.
#[derive(Debug, Default)]
pub(super) struct Ids(HashSet<RawValue>);

impl Ids {
    /// Those of references.
    ///
    /// # Errors
    ///
    /// An `_id` that cannot be written.
    pub(super) fn of<'a, M: Model + 'a>(
        references: impl IntoIterator<Item = &'a Ref<M>>,
    ) -> Result<Self> {
        references.into_iter().map(stored).collect::<Result<_>>().map(Self)
    }

    /// Adds a stored reference, unless it is null.
    pub(super) fn insert(&mut self, id: Element<'_>) {
        if !id.is_null() {
            self.0.insert(RawValue::of_element(id));
        }
    }

    pub(super) fn extend(&mut self, more: Self) {
        self.0.extend(more.0);
    }

    /// Adds those that are not there yet, and returns them.
    pub(super) fn add_new(&mut self, more: Self) -> Self {
        let new: HashSet<_> = more.0.difference(&self.0).cloned().collect();
        self.0.extend(new.iter().cloned());
        Self(new)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many there are that are not among the others.
    pub(super) fn count_without(&self, others: &Self) -> u64 {
        self.0.difference(&others.0).count() as u64
    }

    /// The values of the queries, in an order that does not depend on chance.
    pub(super) fn to_queries(&self) -> Vec<Vec<Bson>> {
        let mut ids: Vec<_> = self.0.iter().collect();
        ids.sort_unstable_by(|a, b| order(a).cmp(&order(b)));
        let (mut queries, mut bytes) = (Vec::<Vec<Bson>>::new(), 0);
        for id in ids {
            bytes += id.as_element().value().len();
            let is_full = |query: &Vec<_>| query.len() == MOST || bytes > MOST_BYTES;
            if queries.last().is_none_or(is_full) {
                queries.push(Vec::new());
                bytes = id.as_element().value().len();
            }
            if let (Some(query), Ok(id)) = (queries.last_mut(), Bson::decode(id.as_element())) {
                query.push(id);
            }
        }
        queries
    }
}

/// A reference in its stored form.
pub(super) fn stored<M: Model>(reference: &Ref<M>) -> Result<RawValue> {
    Ok(RawValue::write("_id", |out| reference.encode(out))?)
}

fn order(id: &RawValue) -> (u8, &[u8]) {
    (id.kind() as u8, id.as_element().value())
}
