//! What two queries have in common whose cursors fit each other.

use mongodb::bson::{Bson, Document};
use sha2::{Digest, Sha256};

use crate::{codec::encode_document, error::Result, sort::SortKey};

/// Which query a cursor belongs to.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Identity {
    /// The order, as it is sent.
    pub(super) order: Document,
    /// What else decides which documents there are.
    pub(super) digest: Vec<u8>,
}

/// Half of SHA-256. It tells queries apart; it is no secret.
const DIGEST: usize = 16;

impl Identity {
    pub(super) fn of(
        keys: &[SortKey],
        (collection, filter, variables): (&str, &Document, Option<&Document>),
    ) -> Result<Self> {
        let order = order(keys);
        let mut query = Document::new();
        query.insert("collection", collection);
        query.insert("filter", canonical_document(filter));
        query.insert("order", Bson::Array(order.iter().map(in_order).collect()));
        query.insert("variables", variables.map(canonical_document));
        let digest = Sha256::digest(encode_document(&query)?)[..DIGEST].to_vec();
        Ok(Self { order, digest })
    }
}

/// The order as it is sent.
pub(super) fn order(keys: &[SortKey]) -> Document {
    let direction = |key: &SortKey| if key.is_descending { -1 } else { 1 };
    keys.iter().map(|key| (key.path.clone(), Bson::Int32(direction(key)))).collect()
}

/// One key of the order, whose place matters.
fn in_order((path, direction): (&String, &Bson)) -> Bson {
    Bson::Array(vec![path.into(), direction.clone()])
}

/// The same filter in one form: the order of its fields, and of the members of its lists, means
/// nothing, and an integer is the same in both widths.
fn canonical_document(document: &Document) -> Document {
    let mut fields: Vec<_> = document.iter().collect();
    fields.sort_by_key(|(key, _)| key.as_str());
    fields.into_iter().map(|(key, value)| (key.clone(), canonical(key, value))).collect()
}

fn canonical(key: &str, value: &Bson) -> Bson {
    match value {
        Bson::Int32(number) => Bson::Int64((*number).into()),
        Bson::Document(document) => Bson::Document(canonical_document(document)),
        Bson::Array(items) => {
            let mut items: Vec<_> = items.iter().map(|item| canonical("", item)).collect();
            if ["$and", "$or", "$nor", "$in", "$nin", "$all"].contains(&key) {
                items.sort_by_cached_key(bytes_of);
            }
            Bson::Array(items)
        }
        value => value.clone(),
    }
}

/// Any order of values that does not depend on where they stand.
fn bytes_of(value: &Bson) -> Vec<u8> {
    encode_document(&Document::from_iter([("v".to_owned(), value.clone())])).unwrap_or_default()
}
