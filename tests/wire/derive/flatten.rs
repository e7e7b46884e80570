//! Flattened fields.

use std::collections::{BTreeMap, HashMap};

use odm::{
    path::{Fields, Filtering},
    prelude::*,
};
use serde::{Deserialize, Serialize};

use super::{agrees, read};

#[derive(Clone, Debug, PartialEq, Embedded, Serialize, Deserialize)]
struct Inner {
    a: i32,
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

fn at<P>(path: impl FnOnce(Fields<OneRest, Filtering>) -> P) -> P {
    path(OneRest::fields())
}

#[test]
fn paths_to_flattened_fields_are_those_of_the_document() {
    let fields = Outer::fields();
    let filter = fields.deep().inner().a().eq(1) & fields.after().eq(2);
    assert_eq!(filter.as_document().expect("a filter"), doc! { "a": 1, "after": 2 });
    let filter = OneRest::fields().rest().key("p").eq(1).as_document().expect("a filter");
    assert_eq!(filter, doc! { "p": 1 });
    let keys = ["p".to_owned(), "q".to_owned()];
    let entry = at(path!(rest[&keys[1]]));
    assert_eq!(entry.eq(1).as_document().expect("a filter"), doc! { "q": 1 });
}

#[derive(Debug, PartialEq, Embedded)]
#[model(tag = "kind")]
enum Open {
    Map(BTreeMap<String, i32>),
    Struct {
        size: i32,
        #[model(flatten)]
        rest: BTreeMap<String, i32>,
    },
}

#[derive(Debug, PartialEq, Embedded)]
struct Around {
    x: i32,
    #[model(flatten)]
    inner: Inner,
    #[model(flatten)]
    open: Option<Box<Open>>,
}

#[derive(Debug, PartialEq, Embedded)]
struct Generic<T: Clone> {
    x: T,
    #[model(flatten)]
    rest: BTreeMap<String, T>,
}

fn refusal(value: &impl odm::codec::Encode) -> String {
    odm::codec::encode_document(value).expect_err("a key is taken").to_string()
}

fn map(key: &str) -> BTreeMap<String, i32> {
    BTreeMap::from([("free".to_owned(), 1), (key.to_owned(), 2)])
}

#[test]
fn a_key_of_a_flattened_map_is_no_field_around_it() {
    let text = |key, of| format!("{key}: key {key:?} of the flattened map is a field of `{of}`");
    assert_eq!(refusal(&OneRest { x: 1, rest: map("x") }), text("x", "OneRest"));
    assert_eq!(refusal(&Generic { x: 1, rest: map("x") }), text("x", "Generic"));
    assert_eq!(refusal(&Open::Map(map("kind"))), text("kind", "Open::Map"));
    let open = |key| Open::Struct { size: 1, rest: map(key) };
    assert_eq!(refusal(&open("size")), text("size", "Open::Struct"));
    assert_eq!(refusal(&open("kind")), text("kind", "Open::Struct"));
    let around = |open| Around { x: 1, inner: inner(), open: Some(Box::new(open)) };
    assert_eq!(refusal(&around(open("x"))), text("x", "Around"));
    assert_eq!(refusal(&around(open("b"))), text("b", "Around"));
    assert_eq!(refusal(&around(Open::Map(map("a")))), text("a", "Around"));
    for free in [around(open("y")), around(Open::Map(map("size")))] {
        assert!(odm::codec::encode_document(&free).is_ok(), "{free:?}");
    }
}

#[test]
fn the_failure_of_a_taken_key_has_its_path() {
    #[derive(Embedded)]
    struct Holder {
        list: Vec<OneRest>,
    }
    let list = vec![OneRest { x: 1, rest: map("y") }, OneRest { x: 1, rest: map("x") }];
    let refused = odm::codec::encode_document(&Holder { list }).expect_err("a key is taken");
    assert_eq!(refused.path(), "list[1].x");
}

#[test]
fn a_path_to_a_taken_key_is_an_error() {
    let refused = |filter: Filter<Around>| filter.as_document().expect_err("taken").to_string();
    let open = || Around::fields().open();
    for (key, of) in [("kind", "Open::Struct"), ("size", "Open::Struct"), ("x", "Around")] {
        let text = refused(open().as_struct().rest().key(key).eq(1));
        assert!(text.contains(&format!("key {key:?} of the flattened map is a field of `{of}`")));
    }
    assert!(refused(open().as_map().key("a").eq(1)).contains("is a field of `Around`"));
    assert!(refused(open().as_map().key("kind").eq(1)).contains("is a field of `Open::Map`"));
    assert!(open().as_map().key("size").eq(1).as_document().is_ok());
    assert!(Generic::<i32>::fields().rest().key("x").eq(1).as_document().is_err());
}
