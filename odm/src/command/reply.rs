//! What the server says of a command.

use mongodb::bson::{Bson, Document};

use crate::error::{Error, ErrorKind, replied_kind};

/// The reply to one `insert`, `update` or `delete` command; indexes are those of the command.
#[derive(Clone, Debug, Default)]
pub(super) struct Reply {
    /// Documents inserted, matched or upserted, or removed.
    pub(super) n: u64,
    pub(super) modified: u64,
    pub(super) upserted: Vec<(usize, Bson)>,
    pub(super) refused: Vec<(usize, ErrorKind)>,
    /// The writes were applied, but not acknowledged as their write concern asks.
    pub(super) concern: Option<ErrorKind>,
    /// The driver's error, if the driver made one of the reply.
    pub(super) source: Option<Error>,
}

impl Reply {
    pub(super) fn read(reply: &Document) -> Self {
        let refused = items(reply, "writeErrors");
        let upserted = items(reply, "upserted");
        Self {
            n: count(reply, "n"),
            modified: count(reply, "nModified"),
            upserted: upserted
                .filter_map(|item| Some((index(item), item.get("_id")?.clone())))
                .collect(),
            refused: refused.map(|item| (index(item), replied_kind(item))).collect(),
            concern: reply.get_document("writeConcernError").ok().map(replied_kind),
            source: None,
        }
    }
}

/// The labels of a reply, which may be a success.
pub(super) fn labels(reply: &Document) -> impl Iterator<Item = &str> {
    let labels = reply.get_array("errorLabels").ok();
    labels.into_iter().flatten().filter_map(Bson::as_str)
}

fn items<'a>(reply: &'a Document, key: &str) -> impl Iterator<Item = &'a Document> {
    let items = reply.get_array(key).ok();
    items.into_iter().flatten().filter_map(Bson::as_document)
}

fn index(item: &Document) -> usize {
    usize::try_from(count(item, "index")).unwrap_or(usize::MAX)
}

/// A count, of any number type.
fn count(document: &Document, key: &str) -> u64 {
    match document.get(key) {
        Some(Bson::Int32(count)) => u64::try_from(*count).unwrap_or_default(),
        Some(Bson::Int64(count)) => u64::try_from(*count).unwrap_or_default(),
        Some(Bson::Double(count)) => *count as u64,
        _ => 0,
    }
}
