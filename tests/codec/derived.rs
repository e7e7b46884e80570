//! The derive and serde's derive write the same bytes.

use std::collections::BTreeMap;

use odm::{bson::oid::ObjectId, prelude::*};
use serde::{Deserialize, Serialize};

use crate::support::agrees;

#[derive(Debug, PartialEq, Embedded, Serialize, Deserialize)]
struct Line {
    sku: String,
    #[serde(rename = "n")]
    qty: i32,
    #[serde(default)]
    #[model(null)]
    note: Option<String>,
}

#[derive(Debug, PartialEq, Model, Serialize, Deserialize)]
#[model(collection = "orders")]
struct Order {
    #[serde(rename = "_id")]
    #[model(id)]
    id: ObjectId,
    lines: Vec<Line>,
    labels: BTreeMap<String, (i32, bool)>,
    total: u64,
}

fn order(total: u64) -> Order {
    let line = |qty| Line { sku: "a".into(), qty, note: None };
    Order {
        id: ObjectId::from_bytes(*b"twelve bytes"),
        lines: vec![line(1), line(2)],
        labels: BTreeMap::from([("k".into(), (1, true))]),
        total,
    }
}

#[test]
fn a_derived_model_agrees_with_serde() {
    agrees(order(7));
}

#[test]
fn the_path_of_a_failure_has_the_stored_names() {
    let refused = odm::codec::encode_document(&order(u64::MAX)).expect_err("too large");
    assert_eq!(refused.path(), "total");
    let mut document = odm::bson::serialize_to_document(&order(7)).expect("a document");
    let lines = document.get_array_mut("lines").expect("an array");
    lines[1].as_document_mut().expect("a document").insert("n", "two");
    let bytes = odm::bson::serialize_to_vec(&document).expect("a document");
    let refused = odm::codec::decode_document::<Order>(&bytes).expect_err("a string");
    assert_eq!(refused.to_string(), "lines[1].n: expected int32, found string");
    assert!(refused.id().is_some());
}
