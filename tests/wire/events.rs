//! Change events: what is read from them, and what filters on them are sent. No server.

mod changes;
mod decoding;
mod filters;
mod fragments;
mod mistakes;
mod tokens;

use std::collections::BTreeMap;

use odm::{
    bson::{Document, RawDocumentBuf},
    prelude::*,
};

#[derive(Model, Clone, Debug, PartialEq)]
#[model(collection = "series", pre_and_post_images)]
pub(crate) struct Series {
    #[model(id)]
    pub(crate) id: i64,
    #[model(rename = "title")]
    pub(crate) name: String,
    pub(crate) points: Vec<Point>,
    #[model(default)]
    pub(crate) grid: Vec<Vec<i32>>,
    #[model(default)]
    pub(crate) labels: BTreeMap<String, i32>,
    pub(crate) note: Option<String>,
    pub(crate) origin: Option<Point>,
    #[model(default)]
    pub(crate) shape: Shape,
}

#[derive(Embedded, Clone, Debug, PartialEq)]
#[model(rename_all = "UPPERCASE")]
pub(crate) struct Point {
    pub(crate) x: i32,
    pub(crate) y: i32,
}

#[derive(Embedded, Clone, Debug, Default, PartialEq)]
#[model(tag = "kind")]
pub(crate) enum Shape {
    #[default]
    Empty,
    Circle {
        size: i32,
    },
    Square {
        size: String,
    },
}

pub(crate) fn series() -> Series {
    Series {
        id: 7,
        name: "a".into(),
        points: vec![Point { x: 1, y: 2 }],
        grid: Vec::new(),
        labels: BTreeMap::new(),
        note: None,
        origin: None,
        shape: Shape::Empty,
    }
}

/// The stored form of [`series`].
pub(crate) fn stored() -> Document {
    doc! { "_id": 7_i64, "title": "a", "points": [{ "X": 1, "Y": 2 }] }
}

/// An event with these fields beside those that all events have.
pub(crate) fn event(operation: &str, more: Document) -> Document {
    let mut event = doc! {
        "_id": { "_data": "8265F0C1" },
        "operationType": operation,
        "ns": { "db": "shop", "coll": "series" },
        "documentKey": { "_id": 7_i64 },
    };
    event.extend(more);
    event
}

pub(crate) fn raw(event: &Document) -> RawDocumentBuf {
    RawDocumentBuf::try_from(event).expect("a document")
}

pub(crate) fn decoded(event: &Document) -> ChangeEvent<Series> {
    ChangeEvent::decode(&raw(event)).expect("a token")
}
