//! From an event of the collection to what is told of it.

use std::fmt::Display;

use odm::{
    bson::{RawDocument, RawDocumentBuf},
    change_stream::{ChangeEvent, Changes, HISTORY_LOST, UndecodableEvent},
    codec::{Encode, Encoder, encode_document},
    prelude::Model,
};
use serde_json::{Map, Value, json};

/// A model whose documents can be shown.
pub(crate) trait Shown: Model<Id: Send + Sync> + Send + Sync + 'static {
    /// The fields but `_id`, for people.
    fn fields(&self) -> Vec<Field>;

    /// The fields that an update changed.
    fn changed(changes: &Changes<Self>) -> odm::Result<Vec<Field>>;
}

/// A field for people: its name and its value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Field {
    pub(crate) name: String,
    pub(crate) value: String,
}

impl Field {
    pub(crate) fn new(name: impl Into<String>, value: impl Display) -> Self {
        Self { name: name.into(), value: value.to_string() }
    }
}

/// What is told of an event.
pub(crate) struct Description {
    pub(crate) op: String,
    pub(crate) fields: Vec<Field>,
    /// Whether it did not have the model's shape.
    pub(crate) is_raw: bool,
    /// `key`, `updated`, `removed`, `full`, `error`, `raw`, `clusterTime`, in extended JSON.
    pub(crate) data: Map<String, Value>,
}

/// Whether the event says that the server no longer had what came next.
pub(crate) fn is_gap<M: Model>(event: &ChangeEvent<M>) -> bool {
    matches!(event, ChangeEvent::Other(event) if event.operation == HISTORY_LOST)
}

pub(crate) fn describe<M: Shown>(event: &ChangeEvent<M>) -> Description {
    let mut told = Description {
        op: event.operation().to_string(),
        fields: Vec::new(),
        is_raw: false,
        data: Map::new(),
    };
    if let Some(id) = event.id() {
        let key = key_of(id);
        let id = key.get("_id").ok().flatten().and_then(|id| odm::bson::Bson::try_from(id).ok());
        told.fields.extend(id.map(|id| Field::new("_id", id)));
        told.data.insert("key".into(), extended(&key));
    }
    if let Some(time) = event.meta().cluster_time {
        told.data.insert("clusterTime".into(), json!({ "t": time.time, "i": time.increment }));
    }
    if let Some(bytes) = event.document().and_then(|document| encode_document(document).ok()) {
        told.data
            .insert("full".into(), RawDocument::from_bytes(&bytes).map_or(Value::Null, extended));
    }
    match event {
        ChangeEvent::Insert(event) => told.fields.extend(event.document.fields()),
        ChangeEvent::Replace(event) => told.fields.extend(event.document.fields()),
        ChangeEvent::Update(event) => told.update(&event.changes),
        ChangeEvent::Rename(event) => told.fields.push(Field::new("to", &event.to)),
        ChangeEvent::Other(event) => drop(told.data.insert("raw".into(), extended(&event.raw))),
        ChangeEvent::Undecodable(event) => told.undecodable(event),
        ChangeEvent::Delete(_) | ChangeEvent::Drop(_) | ChangeEvent::Invalidate(_) => {}
    }
    told
}

impl Description {
    fn update<M: Shown>(&mut self, changes: &Changes<M>) {
        match M::changed(changes) {
            Ok(fields) => self.fields.extend(fields),
            // Only the changed fields have the wrong shape.
            Err(error) => self.mark(&error, extended(changes.raw())),
        }
        for (ours, theirs) in [("updated", "updatedFields"), ("removed", "removedFields")] {
            let part = changes.raw().get(theirs).ok().flatten();
            let part = part.and_then(|part| serde_json::to_value(part).ok());
            self.data.extend(part.map(|part| (ours.to_owned(), part)));
        }
    }

    fn undecodable(&mut self, event: &UndecodableEvent) {
        if let Ok(key) = event.raw.get_document("documentKey") {
            self.data.insert("key".into(), extended(key));
        }
        self.mark(&event.error, extended(&event.raw));
    }

    fn mark(&mut self, error: &odm::Error, raw: Value) {
        self.is_raw = true;
        self.fields.push(Field::new("error", error));
        self.fields.push(Field::new("event", &raw));
        self.data.insert("error".into(), error.to_string().into());
        self.data.insert("raw".into(), raw);
    }
}

/// `{_id: …}`
fn key_of(id: &impl Encode) -> RawDocumentBuf {
    let mut key = Encoder::with_capacity(64);
    key.document(|key| key.field("_id", id));
    let bytes = key.finish().unwrap_or_default();
    RawDocumentBuf::from_bytes(bytes).unwrap_or_default()
}

fn extended(document: &RawDocument) -> Value {
    serde_json::to_value(document).unwrap_or_default()
}
