//! The condition that a document comes after a position.
//!
//! It is one alternative for each key: equal by all keys before, and beyond by this one. The filter
//! stands in each of them, so that the server plans each by itself, and merges what their indexes
//! give in order.

use mongodb::bson::{Bson, Document, doc};

use super::position::Position;
use crate::{codec::encode_document, sort::SortKey};

/// A longer filter is not repeated.
const LONGEST: usize = 16 * 1024;

/// The filter, and the condition.
pub(super) fn restrict(filter: &Document, keys: &[SortKey], position: &Position) -> Document {
    let Position { values, is_backward, is_inclusive } = position;
    let (is_backward, is_inclusive) = (*is_backward, *is_inclusive);
    let alternatives = alternatives(Start { keys, values, is_backward, is_inclusive });
    match alternatives.len() {
        0 => doc! { "_id": { "$in": [] } },
        2.. if stands_alone(filter) => both(filter.clone(), doc! { "$or": alternatives }),
        1 => alternatives.into_iter().fold(filter.clone(), both),
        _ => {
            let each = alternatives.into_iter().map(|one| Bson::from(both(filter.clone(), one)));
            doc! { "$or": each.collect::<Vec<_>>() }
        }
    }
}

/// The keys, each with the value where a page begins and the direction of reading.
#[derive(Clone, Copy)]
struct Start<'a> {
    keys: &'a [SortKey],
    values: &'a [Bson],
    is_backward: bool,
    is_inclusive: bool,
}

/// All documents beyond the position meet one of these.
fn alternatives(start: Start<'_>) -> Vec<Document> {
    let (mut equal, mut alternatives) = (Document::new(), Vec::new());
    for (at, (key, value)) in start.keys.iter().zip(start.values).enumerate() {
        let conditions = beyond(key, value, start.is_down(key));
        alternatives.extend(conditions.into_iter().map(|one| both(equal.clone(), one)));
        equal.insert(&key.path, doc! { "$eq": value });
        let rest = start.after(at);
        if *value == Bson::Null && rest.keys.len() + usize::from(rest.is_inclusive) > 1 {
            alternatives.push(both(equal, undivided(rest)));
            return alternatives;
        }
    }
    if start.is_inclusive {
        alternatives.push(equal);
    }
    alternatives
}

/// One condition in place of alternatives, for documents that all have null or nothing in a key
/// before: where the server merges what several scans give, it orders what is missing before null,
/// which are equal to it everywhere else.
fn undivided(start: Start<'_>) -> Document {
    let before =
        Start { is_backward: !start.is_backward, is_inclusive: !start.is_inclusive, ..start };
    let not_before = match alternatives(before) {
        // The server takes no empty list.
        nothing if nothing.is_empty() => Document::new(),
        before => doc! { "$nor": before },
    };
    match start.keys.first().zip(start.values.first()) {
        Some((key, value)) => both(from(key, value, start.is_down(key)), not_before),
        None => not_before,
    }
}

impl Start<'_> {
    fn is_down(&self, key: &SortKey) -> bool {
        key.is_descending != self.is_backward
    }

    /// The same for the keys after this one.
    fn after(self, at: usize) -> Self {
        Self { keys: &self.keys[at + 1..], values: &self.values[at + 1..], ..self }
    }
}

/// From which value an index must be read. The condition holds without it.
fn from(key: &SortKey, value: &Bson, is_down: bool) -> Document {
    let path = &key.path;
    let operator = if is_down { "$lte" } else { "$gte" };
    match value {
        Bson::Null => Document::new(),
        value if !key.is_uniform => {
            doc! { "$expr": { operator: [format!("${path}"), { "$literal": value }] } }
        }
        // Null and missing, too.
        value if is_down && key.is_open => doc! { path: { "$not": { "$gt": value } } },
        value => doc! { path: { operator: value } },
    }
}

/// Alternatives that hold for the documents beyond a value, in the server's order: null and missing
/// before everything, and values of other types before or after.
fn beyond(key: &SortKey, value: &Bson, is_down: bool) -> Vec<Document> {
    let path = &key.path;
    let one = |operator: &str, value: &Bson| doc! { path: { operator: value } };
    match (is_down, value) {
        (true, Bson::Null) if key.is_uniform => vec![],
        (true, Bson::Null) => vec![one("$eq", &Bson::MinKey)],
        (_, value) if !key.is_uniform => {
            let operator = if is_down { "$lt" } else { "$gt" };
            vec![doc! { "$expr": { operator: [format!("${path}"), { "$literal": value }] } }]
        }
        (false, Bson::Null) => vec![one("$ne", &Bson::Null)],
        (false, value) => vec![one("$gt", value)],
        (true, value) if key.is_open => vec![one("$lt", value), one("$eq", &Bson::Null)],
        (true, value) => vec![one("$lt", value)],
    }
}

/// Both conditions.
fn both(mut filter: Document, condition: Document) -> Document {
    match condition.keys().any(|key| filter.contains_key(key)) {
        true => doc! { "$and": [filter, condition] },
        false => {
            filter.extend(condition);
            filter
        }
    }
}

/// Whether the filter cannot be repeated in each alternative: the server takes one text search or
/// `$near`, and not below `$or`. A long one would make the command long.
fn stands_alone(filter: &Document) -> bool {
    is_singular(filter) || encode_document(filter).is_ok_and(|bytes| bytes.len() > LONGEST)
}

fn is_singular(filter: &Document) -> bool {
    filter.iter().any(|(key, value)| {
        ["$text", "$near", "$nearSphere"].contains(&key.as_str()) || holds_singular(value)
    })
}

fn holds_singular(value: &Bson) -> bool {
    match value {
        Bson::Document(document) => is_singular(document),
        Bson::Array(items) => items.iter().any(holds_singular),
        _ => false,
    }
}
