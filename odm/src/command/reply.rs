//! What the server says of a command.

use mongodb::bson::{Bson, Document};

use crate::error::{Error, ErrorKind, Outcome, Result, replied_kind};

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
    pub(super) labels: Vec<String>,
}

impl Reply {
    /// Reads the reply to a command of this many statements.
    ///
    /// # Errors
    ///
    /// With the outcome `Unknown` if the reply makes no sense: nothing of it is believed.
    pub(super) fn read(reply: &Document, statements: usize) -> Result<Self> {
        let index = |item: &Document| {
            let index = count(item, "index").and_then(|index| usize::try_from(index).ok());
            index.filter(|index| *index < statements).ok_or_else(|| senseless("index"))
        };
        let upserted = items(reply, "upserted")?.into_iter().map(|item| {
            Ok((index(item)?, item.get("_id").ok_or_else(|| senseless("upserted"))?.clone()))
        });
        let refused = items(reply, "writeErrors")?.into_iter().map(|item| match item.get("code") {
            Some(Bson::Int32(_)) => Ok((index(item)?, replied_kind(item))),
            _ => Err(senseless("writeErrors")),
        });
        Ok(Self {
            n: reply.get("n").and_then(|_| count(reply, "n")).ok_or_else(|| senseless("n"))?,
            modified: count(reply, "nModified").ok_or_else(|| senseless("nModified"))?,
            upserted: upserted.collect::<Result<_>>()?,
            refused: refused.collect::<Result<_>>()?,
            concern: concern(reply)?,
            labels: labels(reply).map(str::to_owned).collect(),
        })
    }
}

/// The write concern that was not met.
pub(super) fn concern(reply: &Document) -> Result<Option<ErrorKind>> {
    match reply.get("writeConcernError") {
        None => Ok(None),
        Some(Bson::Document(error)) => Ok(Some(replied_kind(error))),
        Some(_) => Err(senseless("writeConcernError")),
    }
}

/// The labels of a reply, which may be a success.
pub(super) fn labels(reply: &Document) -> impl Iterator<Item = &str> {
    let labels = reply.get("errorLabels").and_then(Bson::as_array);
    labels.into_iter().flatten().filter_map(Bson::as_str)
}

#[cold]
pub(super) fn senseless(field: &str) -> Error {
    let text = format!("the server's reply makes no sense: `{field}`");
    Error::new(ErrorKind::Driver(text), Outcome::Unknown)
}

fn items<'a>(reply: &'a Document, key: &str) -> Result<Vec<&'a Document>> {
    let items = match reply.get(key) {
        None => return Ok(Vec::new()),
        Some(Bson::Array(items)) => items,
        Some(_) => return Err(senseless(key)),
    };
    items.iter().map(|item| item.as_document().ok_or_else(|| senseless(key))).collect()
}

/// A count, of any number type; 0 if it is not there.
fn count(document: &Document, key: &str) -> Option<u64> {
    match document.get(key) {
        None => Some(0),
        Some(Bson::Int32(count)) => u64::try_from(*count).ok(),
        Some(Bson::Int64(count)) => u64::try_from(*count).ok(),
        Some(Bson::Double(count)) => {
            let is_whole = count.fract() == 0.0 && (0.0..9e15).contains(count);
            is_whole.then_some(*count as u64)
        }
        Some(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use mongodb::bson::doc;

    use super::*;

    #[test]
    fn a_reply_that_makes_no_sense_is_not_believed() {
        let item = |index: Bson, code: Bson| doc! { "ok": 1, "n": 0, "writeErrors": [{ "index": index, "code": code }] };
        let senseless = [
            doc! { "ok": 1 },
            doc! { "ok": 1, "n": -1 },
            doc! { "ok": 1, "n": "1" },
            doc! { "ok": 1, "n": f64::NAN },
            doc! { "ok": 1, "n": 1, "nModified": 1e300 },
            doc! { "ok": 1, "n": 1, "writeErrors": true },
            doc! { "ok": 1, "n": 1, "writeErrors": [7] },
            item(Bson::Int32(3), Bson::Int32(11000)),
            item(Bson::Int32(-1), Bson::Int32(11000)),
            item(Bson::Int32(0), Bson::String("11000".into())),
            doc! { "ok": 1, "n": 1, "upserted": [{ "index": 7, "_id": 1 }] },
            doc! { "ok": 1, "n": 1, "upserted": [{ "index": 0 }] },
            doc! { "ok": 1, "n": 1, "writeConcernError": "no" },
        ];
        for reply in senseless {
            let error = Reply::read(&reply, 3).expect_err("a senseless reply");
            assert_eq!(error.outcome(), Outcome::Unknown, "{reply}");
            assert!(error.to_string().contains("makes no sense"), "{error}");
        }
        assert_eq!(Reply::read(&item(Bson::Int32(2), Bson::Int32(2)), 3).unwrap().refused.len(), 1);
        assert_eq!(Reply::read(&doc! { "ok": 1.0, "n": 2.0 }, 3).unwrap().n, 2);
    }
}
