//! What is known of the keys of a typed order, for pages that go on where another one ended.

use super::{MOST_KEYS, Sort};
use crate::{
    codec::{Element, ElementType},
    error::{Error, Result},
    path::{Facts, Path},
};

/// What the handle of a key says of the values there.
#[derive(Clone, Debug)]
pub(super) struct Known {
    /// The arrays that the key goes through.
    pub(super) arrays: Vec<String>,
    is_open: bool,
    is_uniform: bool,
}

/// A key of a typed order: the same in every document that the model can read.
#[derive(Clone, Debug)]
pub(crate) struct SortKey {
    pub(crate) path: String,
    pub(crate) is_descending: bool,
    /// Whether there may be null, or nothing.
    pub(crate) is_open: bool,
    /// Whether all other values are of one BSON type, and have an order.
    pub(crate) is_uniform: bool,
}

impl Known {
    pub(super) fn of(path: &Path) -> Self {
        let (is_open, is_uniform) = (path.may_be_absent(), path.is_uniform());
        Self { arrays: path.arrays(), is_open, is_uniform }
    }
}

impl<R> Sort<R> {
    /// The keys, each of which has one value in a document; the last one is `_id`, which no two
    /// documents share.
    ///
    /// `id` is what is known of the `_id`; its direction is that of the key before it.
    ///
    /// # Errors
    ///
    /// A mistake in the order, a key through an array, the score of a text search, an order that is
    /// written by hand, more keys than the server takes.
    pub(crate) fn page_keys(&self, id: Facts) -> Result<Vec<SortKey>> {
        let mut keys = self.keys()?;
        match keys.iter().position(|key| key.path == "_id") {
            // What follows orders nothing.
            Some(at) => keys.truncate(at + 1),
            None => keys.push(SortKey {
                path: "_id".to_owned(),
                is_descending: keys.last().is_some_and(|key| key.is_descending),
                is_open: id.is_nullable,
                is_uniform: id.is_uniform,
            }),
        }
        match keys.len() {
            ..=MOST_KEYS => Ok(keys),
            _ => Err(unfit("with `_id` it has more than 32 keys")),
        }
    }

    fn keys(&self) -> Result<Vec<SortKey>> {
        if let Some(fault) = &self.fault {
            return Err(fault.clone());
        }
        let is_score = |(_, value): (&str, Element<'_>)| {
            value.element_type() == Some(ElementType::EmbeddedDocument)
        };
        if self.elements.iter().any(is_score) {
            return Err(unfit("the score of a text search is no field of a document"));
        }
        if self.elements.keys().count() != self.known.len() {
            return Err(unfit("`Sort::raw` does not tell what it orders by"));
        }
        self.elements.iter().zip(&self.known).map(key).collect()
    }
}

fn key(((path, direction), known): ((&str, Element<'_>), &Known)) -> Result<SortKey> {
    if let Some(array) = known.arrays.first() {
        return Err(unfit(&format!("`{array}` is an array, which has many values")));
    }
    let Known { is_open, is_uniform, .. } = *known;
    let is_descending = direction.fixed().map(i32::from_le_bytes).is_ok_and(|sign| sign < 0);
    Ok(SortKey { path: path.to_owned(), is_descending, is_open, is_uniform })
}

fn unfit(reason: &str) -> Error {
    Error::invalid(format!("pages need an order by fields that have one value each: {reason}"))
}
