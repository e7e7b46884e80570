//! Every condition on a field writes the document that one would write by hand.

use std::collections::BTreeMap;

use odm::{
    bson::{Document, Regex},
    codec::ElementType,
    prelude::*,
};

#[derive(Model, Clone, Debug, PartialEq)]
#[model(collection = "items")]
pub(crate) struct Item {
    #[model(id)]
    pub(crate) id: i64,
    pub(crate) name: String,
    pub(crate) qty: i32,
    pub(crate) ratio: f64,
    pub(crate) flags: u32,
    pub(crate) nums: Vec<i64>,
    pub(crate) tags: Option<Vec<String>>,
    pub(crate) grid: Vec<Vec<i32>>,
    pub(crate) points: Vec<Point>,
    pub(crate) centre: Point,
    pub(crate) labels: BTreeMap<String, String>,
    pub(crate) note: Option<String>,
    pub(crate) limit: Option<i64>,
    pub(crate) maybe: Vec<Option<i32>>,
    pub(crate) fixed: [i32; 3],
}

#[derive(Embedded, Clone, Debug, PartialEq)]
pub(crate) struct Point {
    pub(crate) x: i32,
    pub(crate) y: i32,
}

/// The document of a filter on items.
pub(crate) fn written<C: odm::filter::Condition<Item>>(
    condition: impl FnOnce(odm::path::Fields<Item, odm::path::Filtering>) -> C,
) -> Document {
    condition(Item::fields()).into_filter().as_document().expect("a valid filter")
}

/// The error of a filter on items.
pub(crate) fn mistake<C: odm::filter::Condition<Item>>(
    condition: impl FnOnce(odm::path::Fields<Item, odm::path::Filtering>) -> C,
) -> String {
    condition(Item::fields()).into_filter().as_document().expect_err("a mistake").to_string()
}

#[test]
fn comparisons_write_their_operator() {
    assert_eq!(written(|i| i.id().eq(1)), doc! { "_id": 1_i64 });
    assert_eq!(written(|i| i.name().ne("a")), doc! { "name": { "$ne": "a" } });
    assert_eq!(written(|i| i.qty().gt(5)), doc! { "qty": { "$gt": 5 } });
    assert_eq!(written(|i| i.ratio().gte(0.5)), doc! { "ratio": { "$gte": 0.5 } });
    assert_eq!(written(|i| i.flags().lt(5_u32)), doc! { "flags": { "$lt": 5_i64 } });
    assert_eq!(written(|i| i.limit().lte(5)), doc! { "limit": { "$lte": 5_i64 } });
    assert_eq!(written(|i| i.name().in_(["a", "b"])), doc! { "name": { "$in": ["a", "b"] } });
    assert_eq!(written(|i| i.qty().nin(vec![1, 2])), doc! { "qty": { "$nin": [1, 2] } });
}

#[test]
fn an_option_is_compared_as_what_it_holds() {
    assert_eq!(written(|i| i.note().eq("a")), doc! { "note": "a" });
    assert_eq!(written(|i| i.note().eq(None)), doc! { "note": null });
    assert_eq!(written(|i| i.note().eq(Some("a".to_owned()))), doc! { "note": "a" });
    assert_eq!(written(|i| i.note().in_(["a"])), doc! { "note": { "$in": ["a"] } });
    assert_eq!(
        written(|i| i.note().in_([None, Some("a".to_owned())])),
        doc! { "note": { "$in": [null, "a"] } }
    );
    assert_eq!(written(|i| i.tags().contains("a")), doc! { "tags": "a" });
    assert_eq!(written(|i| i.tags().size(2)), doc! { "tags": { "$size": 2 } });
}

#[test]
fn whole_documents_and_arrays_are_values() {
    let point = Point { x: 1, y: 2 };
    assert_eq!(written(|i| i.centre().eq(&point)), doc! { "centre": { "x": 1, "y": 2 } });
    assert_eq!(
        written(|i| i.centre().in_([&point])),
        doc! { "centre": { "$in": [{ "x": 1, "y": 2 }] } },
    );
    assert_eq!(written(|i| i.points().contains(&point)), doc! { "points": { "x": 1, "y": 2 } });
    assert_eq!(written(|i| i.nums().eq([1, 2])), doc! { "nums": [1_i64, 2_i64] });
    assert_eq!(written(|i| i.nums().ne(vec![])), doc! { "nums": { "$ne": [] } });
}

#[test]
fn paths_lead_into_documents_arrays_and_maps() {
    assert_eq!(written(|i| i.centre().x().gt(0)), doc! { "centre.x": { "$gt": 0 } });
    assert_eq!(written(|i| i.points().any().x().eq(1)), doc! { "points.x": 1 });
    assert_eq!(written(|i| i.points().at(0).x().eq(1)), doc! { "points.0.x": 1 });
    assert_eq!(written(|i| i.labels().key("k").eq("v")), doc! { "labels.k": "v" });
    assert_eq!(
        written(|i| i.labels().key("k").is_absent()),
        doc! { "labels.k": { "$exists": false } }
    );
    assert!(mistake(|i| i.labels().key("a.b").eq("v")).contains("\"a.b\" of `labels`"));
}

#[test]
fn presence_and_type() {
    assert_eq!(written(|i| i.note().exists()), doc! { "note": { "$exists": true } });
    assert_eq!(written(|i| i.note().is_absent()), doc! { "note": { "$exists": false } });
    assert_eq!(written(|i| i.note().is_null()), doc! { "note": null });
    assert_eq!(written(|i| i.note().is_some()), doc! { "note": { "$ne": null } });
    assert_eq!(written(|i| i.qty().is_type(ElementType::Int32)), doc! { "qty": { "$type": 16 } });
    assert_eq!(written(|i| i.qty().is_type(ElementType::MinKey)), doc! { "qty": { "$type": -1 } });
    assert_eq!(
        written(|i| i.qty().is_any_type([ElementType::Int32, ElementType::Null])),
        doc! { "qty": { "$type": [16, 10] } },
    );
    assert_eq!(written(|i| i.qty().is_number()), doc! { "qty": { "$type": "number" } });
    assert_eq!(
        mistake(|i| i.qty().is_any_type([])),
        "cannot encode qty.$type: a type is needed, and none was given",
    );
}

#[test]
fn conditions_on_arrays() {
    assert_eq!(written(|i| i.nums().contains(5)), doc! { "nums": 5_i64 });
    assert_eq!(written(|i| i.nums().all([1, 2])), doc! { "nums": { "$all": [1_i64, 2_i64] } });
    assert_eq!(written(|i| i.nums().size(3)), doc! { "nums": { "$size": 3 } });
    assert_eq!(written(|i| i.nums().any().gt(5)), doc! { "nums": { "$gt": 5_i64 } });
    assert_eq!(written(|i| i.nums().at(0).gt(5)), doc! { "nums.0": { "$gt": 5_i64 } });
}

#[test]
fn an_array_of_fixed_length_is_an_array() {
    assert_eq!(written(|i| i.fixed().contains(5)), doc! { "fixed": 5 });
    assert_eq!(written(|i| i.fixed().eq([1, 2, 3])), doc! { "fixed": [1, 2, 3] });
    assert_eq!(
        written(|i| i.fixed().elem_match(|n| n.gt(1) & n.lt(3))),
        doc! { "fixed": { "$elemMatch": { "$gt": 1, "$lt": 3 } } },
    );
}

#[test]
fn null_and_arrays_are_contained_only_as_elements() {
    assert_eq!(
        written(|i| i.maybe().contains(None)),
        doc! { "maybe": { "$elemMatch": { "$eq": null } } },
    );
    assert_eq!(written(|i| i.maybe().contains(3)), doc! { "maybe": 3 });
    assert_eq!(
        written(|i| i.grid().contains([1, 2])),
        doc! { "grid": { "$elemMatch": { "$eq": [1, 2] } } },
    );
}

#[test]
fn patterns() {
    let regex = || Regex { pattern: "^a".try_into().unwrap(), options: "im".try_into().unwrap() };
    let with_options = doc! { "name": { "$regex": "^a", "$options": "im" } };
    assert_eq!(written(|i| i.name().regex("^a")), doc! { "name": { "$regex": "^a" } });
    assert_eq!(
        written(|i| i.name().regex(String::from("^a"))),
        doc! { "name": { "$regex": "^a" } }
    );
    assert_eq!(written(|i| i.name().regex(regex())), with_options);
    assert_eq!(written(|i| i.name().regex_with("^a", "im")), with_options);
    assert_eq!(written(|i| i.note().regex("a")), doc! { "note": { "$regex": "a" } });
    assert_eq!(written(|i| i.tags().any().regex("a")), doc! { "tags": { "$regex": "a" } });
    assert_eq!(written(|i| i.name().starts_with("a.b")), doc! { "name": { "$regex": r"^a\.b" } });
    assert_eq!(
        written(|i| i.name().starts_with(r"1+[2]{3}(4)|\^$?*é")),
        doc! { "name": { "$regex": r"^1\+\[2\]\{3\}\(4\)\|\\\^\$\?\*é" } },
    );
}

#[test]
fn mistakes_in_patterns_are_found() {
    assert_eq!(
        mistake(|i| i.name().regex_with("a", "iq")),
        "cannot encode name.$options: unknown option 'q': the options are i, m, s, x and u",
    );
    assert_eq!(
        mistake(|i| i.centre().x().gt(1) & i.name().starts_with("a\0")),
        "cannot encode name.$regex: a pattern cannot hold a NUL",
    );
}

#[test]
fn remainders() {
    assert_eq!(written(|i| i.qty().modulo(4, 0)), doc! { "qty": { "$mod": [4, 0] } });
    assert_eq!(written(|i| i.ratio().modulo(4, 1)), doc! { "ratio": { "$mod": [4, 1] } });
    assert_eq!(
        written(|i| i.id().modulo(1_i64 << 40, -1)),
        doc! { "_id": { "$mod": [1_i64 << 40, -1] } },
    );
    assert_eq!(mistake(|i| i.qty().modulo(0, 1)), "cannot encode qty.$mod: the divisor is 0");
}

#[test]
fn bits() {
    assert_eq!(written(|i| i.flags().bits_all_set(5)), doc! { "flags": { "$bitsAllSet": 5 } });
    assert_eq!(
        written(|i| i.flags().bits_all_clear(5_u32)),
        doc! { "flags": { "$bitsAllClear": 5_i64 } }
    );
    assert_eq!(
        written(|i| i.flags().bits_any_set([0, 2])),
        doc! { "flags": { "$bitsAnySet": [0, 2] } }
    );
    assert_eq!(
        written(|i| i.flags().bits_any_clear(vec![0_u32])),
        doc! { "flags": { "$bitsAnyClear": [0] } }
    );
    assert_eq!(
        mistake(|i| i.flags().bits_all_set(-1)),
        "cannot encode flags.$bitsAllSet: a mask cannot be negative: give the positions of the bits \
         instead",
    );
    assert!(mistake(|i| i.flags().bits_any_set([1, -1])).contains("flags.$bitsAnySet[1]"));
}
