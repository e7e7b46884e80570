//! The elements of an event, found in one pass over its bytes.

use mongodb::bson::{Bson, RawDocumentBuf};

use super::{EventMeta, EventTransaction, Namespace, Operation};
use crate::{
    change_stream::ResumeToken,
    codec::{Decode, DecodeError, Element, Elements},
};

/// Where the parts of an event are in its bytes.
#[derive(Default)]
pub(super) struct Parts<'a> {
    token: Option<Element<'a>>,
    operation: Option<Element<'a>>,
    cluster_time: Option<Element<'a>>,
    wall_time: Option<Element<'a>>,
    namespace: Option<Element<'a>>,
    session: Option<Element<'a>>,
    transaction: Option<Element<'a>>,
    collection_uuid: Option<Element<'a>>,
    key: Option<Element<'a>>,
    pub(super) document: Option<Element<'a>>,
    pub(super) before: Option<Element<'a>>,
    pub(super) changes: Option<Element<'a>>,
    pub(super) to: Option<Element<'a>>,
    pub(super) description: Option<Element<'a>>,
}

impl<'a> Parts<'a> {
    /// The parts up to the end, or up to the first bytes that are not BSON.
    pub(super) fn read(event: &'a [u8]) -> (Self, Result<(), DecodeError>) {
        let mut parts = Self::default();
        let end = Elements::framed(event, 0).and_then(|mut elements| {
            while let Some((key, element)) = elements.next_element()? {
                if let Some(part) = parts.part(key) {
                    *part = Some(element);
                }
            }
            Ok(())
        });
        (parts, end)
    }

    fn part(&mut self, key: &str) -> Option<&mut Option<Element<'a>>> {
        Some(match key {
            "_id" => &mut self.token,
            "operationType" => &mut self.operation,
            "clusterTime" => &mut self.cluster_time,
            "wallTime" => &mut self.wall_time,
            "ns" => &mut self.namespace,
            "lsid" => &mut self.session,
            "txnNumber" => &mut self.transaction,
            "collectionUUID" => &mut self.collection_uuid,
            "documentKey" => &mut self.key,
            "fullDocument" => &mut self.document,
            "fullDocumentBeforeChange" => &mut self.before,
            "updateDescription" => &mut self.changes,
            "to" => &mut self.to,
            "operationDescription" => &mut self.description,
            _ => return None,
        })
    }

    pub(super) fn token(&self) -> Result<ResumeToken, DecodeError> {
        let Some(token) = self.token else {
            let reason = "the event has no resume token: a stage of the pipeline took it away";
            return Err(DecodeError::new(reason).in_key("_id"));
        };
        let raw = RawDocumentBuf::decode(token).map_err(|error| error.in_key("_id"))?;
        Ok(ResumeToken::from_raw(raw))
    }

    pub(super) fn operation(&self) -> Result<&'a str, DecodeError> {
        let key = "operationType";
        required(self.operation, key)?.str().map_err(|error| error.in_key(key))
    }

    /// What all events have, without the parts that cannot be read; and the first mistake.
    pub(super) fn meta(&self, token: ResumeToken) -> (EventMeta, Result<(), DecodeError>) {
        let mut mistake = None;
        let meta = EventMeta {
            token,
            cluster_time: read(self.cluster_time, "clusterTime", Decode::decode, &mut mistake),
            wall_time: read(self.wall_time, "wallTime", Decode::decode, &mut mistake),
            namespace: read(self.namespace, "ns", namespace, &mut mistake),
            transaction: self.transaction(&mut mistake),
            collection_uuid: read(
                self.collection_uuid,
                "collectionUUID",
                Decode::decode,
                &mut mistake,
            ),
        };
        (meta, mistake.map_or(Ok(()), Err))
    }

    fn transaction(&self, mistake: &mut Option<DecodeError>) -> Option<EventTransaction> {
        let session = read(self.session, "lsid", RawDocumentBuf::decode, mistake);
        let number = read(self.transaction, "txnNumber", i64::decode, mistake);
        Some(EventTransaction { session: session?, number: number? })
    }

    /// The `_id` of the document.
    pub(super) fn id<I: Decode>(&self) -> Result<I, DecodeError> {
        I::decode(self.id_element()?).map_err(|error| error.in_key("_id").in_key("documentKey"))
    }

    fn id_element(&self) -> Result<Element<'a>, DecodeError> {
        let key = "documentKey";
        let element = required(self.key, key)?;
        let id = find(element, "_id").map_err(|error| error.in_key(key))?;
        id.map(whole).ok_or_else(|| missing("_id").in_key(key))
    }

    /// For messages: the `_id` and what happened, as far as they can be read.
    pub(super) fn known(&self) -> (Option<Bson>, Operation) {
        let id = self.id_element().and_then(Element::to_bson).ok();
        (id, Operation::from(self.operation().unwrap_or_default()))
    }
}

/// A value in an event, as a document of its own: its depth counts from itself.
pub(super) fn whole(element: Element<'_>) -> Element<'_> {
    Element::nested(element.kind(), 0, element.value())
}

/// A part that may be absent or null.
pub(super) fn optional<'a, T>(
    element: Option<Element<'a>>,
    key: &str,
    decode: impl FnOnce(Element<'a>) -> Result<T, DecodeError>,
) -> Result<Option<T>, DecodeError> {
    let element = element.filter(|element| !element.is_null()).map(whole);
    element.map(decode).transpose().map_err(|error| error.in_key(key))
}

/// A part that must be there.
pub(super) fn given<'a, T>(
    element: Option<Element<'a>>,
    key: &str,
    decode: impl FnOnce(Element<'a>) -> Result<T, DecodeError>,
) -> Result<T, DecodeError> {
    decode(whole(required(element, key)?)).map_err(|error| error.in_key(key))
}

fn required<'a>(element: Option<Element<'a>>, key: &str) -> Result<Element<'a>, DecodeError> {
    element.ok_or_else(|| missing(key))
}

fn missing(key: &str) -> DecodeError {
    DecodeError::new("the field is missing").in_key(key)
}

fn read<'a, T>(
    element: Option<Element<'a>>,
    key: &str,
    decode: impl FnOnce(Element<'a>) -> Result<T, DecodeError>,
    mistake: &mut Option<DecodeError>,
) -> Option<T> {
    optional(element, key, decode).unwrap_or_else(|error| {
        mistake.get_or_insert(error);
        None
    })
}

/// The value under a key of a document.
fn find<'a>(document: Element<'a>, wanted: &str) -> Result<Option<Element<'a>>, DecodeError> {
    let mut elements = document.elements()?;
    while let Some((key, element)) = elements.next_element()? {
        if key == wanted {
            return Ok(Some(element));
        }
    }
    Ok(None)
}

/// `{db: …, coll: …}`
pub(super) fn namespace(element: Element<'_>) -> Result<Namespace, DecodeError> {
    Ok(Namespace {
        database: given(find(element, "db")?, "db", String::decode)?,
        collection: optional(find(element, "coll")?, "coll", String::decode)?,
    })
}
