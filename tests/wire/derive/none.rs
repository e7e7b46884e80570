//! What becomes of `None`.

use std::collections::BTreeMap;

use odm::prelude::*;
use serde::{Deserialize, Serialize};

use super::{agrees, read, written};

#[derive(Debug, Default, PartialEq, Embedded)]
struct Note(Option<String>);

#[derive(Debug, Default, PartialEq, Embedded)]
#[model(null)]
struct Kept(Option<i32>);

#[derive(Debug, PartialEq, Embedded)]
struct Plain {
    plain: Option<i32>,
    boxed: Box<Option<Option<i32>>>,
    newtype: Note,
    kept: Kept,
    #[model(null)]
    null: Option<i32>,
    #[model(skip_serializing_if = "never")]
    asked: Option<i32>,
    #[model(skip_deserializing)]
    written: Option<i32>,
}

fn never<T>(_: &T) -> bool {
    false
}

fn plain() -> Plain {
    Plain {
        plain: None,
        boxed: Box::new(None),
        newtype: Note(None),
        kept: Kept(None),
        null: None,
        asked: None,
        written: None,
    }
}

fn seven() -> Option<i32> {
    Some(7)
}

fn nothing() -> Option<i32> {
    None
}

#[derive(Debug, PartialEq, Embedded)]
struct Defaults {
    #[model(default)]
    absent: Option<i32>,
    #[model(default = "nothing")]
    nothing: Option<i32>,
    #[model(default = "seven")]
    seven: Option<i32>,
    #[model(default = "nothing", null)]
    null: Option<i32>,
}

#[derive(Debug, PartialEq, Embedded)]
#[model(default)]
struct Whole {
    absent: Option<i32>,
    seven: Option<i32>,
    #[model(default = "nothing")]
    own: Option<i32>,
    newtype: Note,
}

impl Default for Whole {
    fn default() -> Self {
        Self { absent: None, seven: Some(7), own: Some(1), newtype: Note(Some("a".into())) }
    }
}

#[derive(Debug, PartialEq, Embedded)]
struct Pair(Option<i32>, Option<i32>);

#[derive(Debug, PartialEq, Embedded)]
enum Shape {
    Named { a: Option<i32>, b: i32 },
    Pair(Option<i32>, i32),
    One(Option<i32>),
}

#[derive(Debug, PartialEq, Embedded, Serialize, Deserialize)]
#[model(null)]
struct All {
    a: Option<i32>,
    b: Option<String>,
}

#[derive(Debug, PartialEq, Embedded, Serialize, Deserialize)]
#[model(null)]
enum Any {
    Named { a: Option<i32> },
}

#[test]
fn none_is_left_out_and_read_again() {
    let stored = doc! { "kept": null, "null": null, "asked": null };
    assert_eq!(written(&plain()), stored);
    assert_eq!(read(&stored), Ok(plain()));
    assert_eq!(read(&doc! {}), Ok(plain()));
}

#[test]
fn a_stored_null_is_none() {
    let stored = doc! { "plain": null, "boxed": null, "newtype": null, "kept": null };
    assert_eq!(read(&stored), Ok(plain()));
}

#[test]
fn none_is_left_out_only_if_the_default_is_none_too() {
    let none = Defaults { absent: None, nothing: None, seven: None, null: None };
    assert_eq!(written(&none), doc! { "seven": null, "null": null });
    assert_eq!(read(&written(&none)), Ok(none));
    let none = Whole { absent: None, seven: None, own: None, newtype: Note(None) };
    assert_eq!(written(&none), doc! { "seven": null, "newtype": null });
    assert_eq!(read(&written(&none)), Ok(none));
}

#[test]
fn a_default_is_not_made_for_a_value_that_is_there() {
    #[derive(Debug, PartialEq, Embedded)]
    struct Guarded {
        #[model(default = "unwanted")]
        a: Option<i32>,
    }
    fn unwanted() -> Option<i32> {
        panic!("the default is not needed")
    }
    assert_eq!(written(&Guarded { a: Some(1) }), doc! { "a": 1 });
}

#[test]
fn items_entries_and_variants_keep_their_null() {
    #[derive(Debug, PartialEq, Embedded)]
    struct Inside {
        pair: Pair,
        list: Vec<Option<i32>>,
        map: BTreeMap<String, Option<i32>>,
        shapes: Vec<Shape>,
    }
    let inside = Inside {
        pair: Pair(None, Some(1)),
        list: vec![None, Some(1)],
        map: BTreeMap::from([("k".to_owned(), None)]),
        shapes: vec![Shape::Named { a: None, b: 1 }, Shape::Pair(None, 1), Shape::One(None)],
    };
    let shapes =
        odm::bson::bson!([{ "Named": { "b": 1 } }, { "Pair": [null, 1] }, { "One": null }]);
    let expected =
        doc! { "pair": [null, 1], "list": [null, 1], "map": { "k": null }, "shapes": shapes };
    assert_eq!(written(&inside), expected);
    assert_eq!(read(&expected), Ok(inside));
}

#[test]
fn null_on_the_type_keeps_what_serde_stores() {
    agrees(&All { a: None, b: None });
    agrees(&Any::Named { a: None });
    assert_eq!(written(&All { a: None, b: None }), doc! { "a": null, "b": null });
}
