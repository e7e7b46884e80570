//! Flattened fields.

use std::collections::{BTreeMap, HashMap};

use odm::prelude::*;
use serde::{Deserialize, Serialize};

use super::{agrees, read};

#[derive(Clone, Debug, PartialEq, Embedded, Serialize, Deserialize)]
struct Inner {
    a: i32,
    #[serde(alias = "bee")]
    b: Option<String>,
}

#[derive(Debug, PartialEq, Embedded, Serialize, Deserialize)]
struct Deep {
    c: i32,
    #[serde(flatten)]
    inner: Inner,
}

#[derive(Debug, PartialEq, Embedded, Serialize, Deserialize)]
struct Outer {
    before: i32,
    #[serde(flatten)]
    deep: Deep,
    after: i32,
}

#[derive(Debug, PartialEq, Embedded, Serialize, Deserialize)]
struct Optional {
    x: i32,
    #[serde(flatten)]
    inner: Option<Box<Inner>>,
}

#[derive(Debug, PartialEq, Embedded, Serialize, Deserialize)]
struct WithRest {
    x: i32,
    #[serde(flatten)]
    rest: HashMap<String, i32>,
    #[serde(flatten)]
    inner: Option<Inner>,
}

#[derive(Debug, PartialEq, Embedded, Serialize, Deserialize)]
struct OneRest {
    x: i32,
    #[serde(flatten)]
    rest: BTreeMap<String, i32>,
}

#[derive(Debug, PartialEq, Embedded, Serialize, Deserialize)]
#[serde(tag = "kind")]
enum Kind {
    Plain,
    Sized { size: i32 },
    Inside(Inner),
}

#[derive(Debug, PartialEq, Embedded, Serialize, Deserialize)]
struct Tagged {
    x: i32,
    #[serde(flatten)]
    kind: Kind,
}

fn inner() -> Inner {
    Inner { a: 1, b: Some("b".into()) }
}

#[test]
fn flattened_structs_agree_with_serde() {
    agrees(&Outer { before: 1, deep: Deep { c: 2, inner: inner() }, after: 3 });
}

#[test]
fn a_flattened_option_is_none_if_none_of_its_keys_is_there() {
    agrees(&Optional { x: 1, inner: None });
    agrees(&Optional { x: 1, inner: Some(Box::new(inner())) });
    assert_eq!(read(&doc! { "x": 1, "y": 2 }), Ok(Optional { x: 1, inner: None }));
    let by_alias = read::<Optional>(&doc! { "x": 1, "bee": "z", "a": 2 }).expect("a document");
    assert_eq!(by_alias.inner.and_then(|inner| inner.b).as_deref(), Some("z"));
}

#[test]
fn a_flattened_map_takes_what_no_other_field_knows() {
    agrees(&OneRest { x: 1, rest: BTreeMap::from([("p".into(), 1), ("q".into(), 2)]) });
    let stored = doc! { "p": 7, "a": 1, "x": 1 };
    let expected = WithRest {
        x: 1,
        rest: HashMap::from([("p".into(), 7)]),
        inner: Some(Inner { a: 1, b: None }),
    };
    assert_eq!(read(&stored), Ok(expected));
}

#[test]
fn flattened_enums_agree_with_serde() {
    for kind in [Kind::Plain, Kind::Sized { size: 2 }, Kind::Inside(inner())] {
        agrees(&Tagged { x: 1, kind });
    }
}

#[test]
fn a_missing_field_of_a_flattened_struct_is_an_error() {
    let refused = read::<Outer>(&doc! { "before": 1, "after": 2, "c": 3 });
    assert_eq!(refused, Err("a: the field is missing".to_owned()));
}

#[test]
fn paths_to_flattened_fields_are_those_of_the_document() {
    let fields = Outer::fields();
    let filter = fields.deep().inner().a().eq(1) & fields.after().eq(2);
    assert_eq!(filter.as_document().expect("a filter"), doc! { "a": 1, "after": 2 });
    let filter = OneRest::fields().rest().key("p").eq(1).as_document().expect("a filter");
    assert_eq!(filter, doc! { "p": 1 });
}
