//! What is sent to pages.

use axum::extract::ws::Utf8Bytes;
use serde_json::{Map, Value, json};

use crate::{
    describe::{Description, Field},
    hub::State,
};

/// A change or a gap: a row of the page.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) seq: u64,
    pub(crate) id: String,
    pub(crate) op: String,
    pub(crate) fields: Vec<Field>,
    pub(crate) is_raw: bool,
}

impl Row {
    /// A change, and the message about it.
    pub(crate) fn change(seq: u64, id: String, told: Description) -> (Self, Utf8Bytes) {
        let row = Self { seq, id, op: told.op, fields: told.fields, is_raw: told.is_raw };
        let message = row.message("change", told.data);
        (row, message)
    }

    /// Changes that are missing after the number `seq`, and the message about them.
    pub(crate) fn gap(
        seq: u64,
        id: String,
        reason: &str,
        about: Map<String, Value>,
    ) -> (Self, Utf8Bytes) {
        let fields = vec![Field::new("reason", reason)];
        let row = Self { seq, id, op: "gap".into(), fields, is_raw: false };
        let message = row.message("gap", about);
        (row, message)
    }

    fn message(&self, kind: &str, mut data: Map<String, Value>) -> Utf8Bytes {
        let fields: Vec<_> = self.fields.iter().map(|f| [&f.name, &f.value]).collect();
        data.insert("kind".into(), kind.into());
        data.insert("seq".into(), self.seq.into());
        data.insert("id".into(), self.id.as_str().into());
        data.insert("op".into(), self.op.as_str().into());
        data.insert("fields".into(), json!(fields));
        Value::Object(data).to_string().into()
    }
}

/// How the stream is.
pub(crate) fn status(state: &State, series: &str) -> Utf8Bytes {
    let mut status = json!({ "kind": "status", "series": series, "state": state.name() });
    if let State::Resuming { attempt, error } = state {
        status["attempt"] = (*attempt).into();
        status["error"] = error.as_str().into();
    }
    if let State::Ended { error } = state {
        status["error"] = error.as_str().into();
    }
    status.to_string().into()
}
