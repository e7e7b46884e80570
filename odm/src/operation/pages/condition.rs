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
    let alternatives = alternatives(keys, position);
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

/// All documents beyond the position meet one of these.
fn alternatives(keys: &[SortKey], position: &Position) -> Vec<Document> {
    let (mut equal, mut alternatives) = (Document::new(), Vec::new());
    for (key, value) in keys.iter().zip(&position.values) {
        let is_down = key.is_descending != position.is_backward;
        alternatives.extend(beyond(key, value, is_down).into_iter().map(|condition| {
            let mut alternative = equal.clone();
            alternative.extend(condition);
            alternative
        }));
        equal.insert(&key.path, doc! { "$eq": value });
    }
    if position.is_inclusive {
        alternatives.push(equal);
    }
    alternatives
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
