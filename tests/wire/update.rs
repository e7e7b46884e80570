//! Every update operator writes the document that one would write by hand.

use std::collections::BTreeMap;

use odm::{
    bson::{DateTime, Document, Timestamp},
    prelude::*,
    update::Update,
};

#[derive(Model, Clone, Debug, PartialEq)]
#[model(collection = "series")]
struct Series {
    #[model(id)]
    id: i64,
    name: String,
    title: String,
    points: Vec<Point>,
    nums: Vec<i32>,
    grid: Vec<Vec<i32>>,
    lines: Vec<Line>,
    labels: BTreeMap<String, String>,
    note: Option<String>,
    remark: Option<String>,
    small: u8,
    count: i64,
    ratio: f64,
    flags: i32,
    limit: Option<i64>,
    at: DateTime,
    stamp: Timestamp,
    #[model(default)]
    rank: i32,
    first: Option<Point>,
}

#[derive(Embedded, Clone, Debug, PartialEq)]
struct Point {
    x: i32,
    y: i32,
}

#[derive(Embedded, Clone, Debug, PartialEq)]
struct Line {
    kind: String,
    points: Vec<Point>,
}

type Builder = odm::update::Update<Series>;

fn changes(build: impl FnOnce(Builder) -> Builder) -> Document {
    statement(build).get_document("u").expect("operators").clone()
}

fn statement<F>(build: impl FnOnce(Builder) -> Update<Series, F>) -> Document {
    build(Series::update()).as_document().expect("a valid update")
}

fn mistake(build: impl FnOnce(Builder) -> Builder) -> String {
    build(Series::update()).as_document().expect_err("a mistake").to_string()
}

#[test]
fn set_writes_values_of_the_fields_type() {
    assert_eq!(changes(|u| u.set(|s| s.name(), "a")), doc! { "$set": { "name": "a" } });
    assert_eq!(changes(|u| u.set(|s| s.name(), "a".to_owned())), doc! { "$set": { "name": "a" } });
    assert_eq!(changes(|u| u.set(|s| s.count(), 5)), doc! { "$set": { "count": 5_i64 } });
    assert_eq!(changes(|u| u.set(|s| s.ratio(), 5)), doc! { "$set": { "ratio": 5.0 } });
    assert_eq!(changes(|u| u.set(|s| s.small(), 5)), doc! { "$set": { "small": 5 } });
    assert_eq!(changes(|u| u.set(|s| s.note(), "a")), doc! { "$set": { "note": "a" } });
    assert_eq!(changes(|u| u.set(|s| s.note(), None)), doc! { "$unset": { "note": "" } });
    assert_eq!(changes(|u| u.set(|s| s.limit(), 5)), doc! { "$set": { "limit": 5_i64 } });
}

#[test]
fn whole_documents_and_arrays_are_values() {
    let point = Point { x: 1, y: 2 };
    assert_eq!(
        changes(|u| u.set(|s| s.points().at(0), &point)),
        doc! { "$set": { "points.0": { "x": 1, "y": 2 } } }
    );
    assert_eq!(
        changes(|u| u.set(|s| s.first(), point.clone())),
        doc! { "$set": { "first": { "x": 1, "y": 2 } } }
    );
    assert_eq!(
        changes(|u| u.set(|s| s.points(), vec![point.clone()])),
        doc! { "$set": { "points": [{ "x": 1, "y": 2 }] } }
    );
    assert_eq!(changes(|u| u.set(|s| s.nums(), [1, 2])), doc! { "$set": { "nums": [1, 2] } });
}

#[test]
fn two_sets_share_one_operator_document() {
    assert_eq!(
        changes(|u| u.set(|s| s.name(), "a").inc(|s| s.count(), 1).set(|s| s.title(), "b")),
        doc! { "$set": { "name": "a", "title": "b" }, "$inc": { "count": 1_i64 } }
    );
}

#[test]
fn numbers_keep_the_fields_type() {
    assert_eq!(changes(|u| u.inc(|s| s.count(), -3)), doc! { "$inc": { "count": -3_i64 } });
    assert_eq!(changes(|u| u.inc(|s| s.limit(), 3)), doc! { "$inc": { "limit": 3_i64 } });
    assert_eq!(changes(|u| u.mul(|s| s.ratio(), 1.5)), doc! { "$mul": { "ratio": 1.5 } });
    assert_eq!(changes(|u| u.min(|s| s.count(), 3)), doc! { "$min": { "count": 3_i64 } });
    assert_eq!(changes(|u| u.max(|s| s.small(), 3)), doc! { "$max": { "small": 3 } });
}

#[test]
fn bit_has_three_operations() {
    let bit = |operation| changes(|u| u.bit(|s| s.flags(), operation));
    assert_eq!(bit(Bit::And(6)), doc! { "$bit": { "flags": { "and": 6 } } });
    assert_eq!(bit(Bit::Or(6)), doc! { "$bit": { "flags": { "or": 6 } } });
    assert_eq!(bit(Bit::Xor(6)), doc! { "$bit": { "flags": { "xor": 6 } } });
}

#[test]
fn unset_takes_what_may_be_absent() {
    assert_eq!(
        changes(|u| u.unset(|s| s.note()).unset(|s| s.rank()).unset(|s| s.labels().key("k"))),
        doc! { "$unset": { "note": "", "rank": "", "labels.k": "" } }
    );
}

#[test]
fn set_on_insert_goes_with_upsert() {
    let document = statement(|u| u.upsert().set_on_insert(|s| s.name(), "a"));
    let expected = doc! { "q": {}, "u": { "$setOnInsert": { "name": "a" } }, "upsert": true };
    assert_eq!(document, expected);
}

#[test]
fn rename_moves_to_a_field_of_the_same_type() {
    assert_eq!(
        changes(|u| u.rename(|s| s.note(), |s| s.remark())),
        doc! { "$rename": { "note": "remark" } }
    );
}

#[test]
fn current_date_knows_dates_and_timestamps() {
    assert_eq!(
        changes(|u| u.current_date(|s| s.at()).current_date(|s| s.stamp())),
        doc! { "$currentDate": { "at": true, "stamp": { "$type": "timestamp" } } }
    );
}

#[test]
fn push_and_its_modifiers() {
    assert_eq!(
        changes(|u| u.push(|s| s.nums(), 5)),
        doc! { "$push": { "nums": { "$each": [5] } } }
    );
    assert_eq!(
        changes(|u| u.push_all(|s| s.nums(), [5, 6])),
        doc! { "$push": { "nums": { "$each": [5, 6] } } }
    );
    let values = each([5]).position(0).slice(-3).sort_descending();
    assert_eq!(
        changes(|u| u.push_all(|s| s.nums(), values)),
        doc! { "$push": { "nums": {
            "$each": [5], "$position": 0_i64, "$sort": -1, "$slice": -3_i64,
        } } }
    );
    let values = each([Point { x: 1, y: 2 }]).sort(|p| p.x().asc().then(p.y().desc()));
    assert_eq!(
        changes(|u| u.push_all(|s| s.points(), values)),
        doc! { "$push": { "points": {
            "$each": [{ "x": 1, "y": 2 }], "$sort": { "x": 1, "y": -1 },
        } } }
    );
}

#[test]
fn add_to_set_takes_one_or_several() {
    assert_eq!(
        changes(|u| u.add_to_set(|s| s.nums(), 5)),
        doc! { "$addToSet": { "nums": { "$each": [5] } } }
    );
    assert_eq!(
        changes(|u| u.add_to_set_all(|s| s.nums(), [5, 6])),
        doc! { "$addToSet": { "nums": { "$each": [5, 6] } } }
    );
}

#[test]
fn pop_takes_from_either_end() {
    assert_eq!(changes(|u| u.pop(|s| s.nums(), Pop::First)), doc! { "$pop": { "nums": -1 } });
    assert_eq!(changes(|u| u.pop(|s| s.nums(), Pop::Last)), doc! { "$pop": { "nums": 1 } });
}

#[test]
fn pull_takes_conditions_on_elements() {
    assert_eq!(
        changes(|u| u.pull(|s| s.points(), |p| p.x().gt(0) & p.y().eq(1))),
        doc! { "$pull": { "points": { "x": { "$gt": 0 }, "y": 1 } } }
    );
    assert_eq!(
        changes(|u| u.pull(|s| s.nums(), |n| n.gte(5))),
        doc! { "$pull": { "nums": { "$gte": 5 } } }
    );
    assert_eq!(changes(|u| u.pull(|s| s.nums(), |n| n.eq(5))), doc! { "$pull": { "nums": 5 } });
    assert_eq!(
        changes(|u| u.pull_all(|s| s.nums(), [5, 6])),
        doc! { "$pullAll": { "nums": [5, 6] } }
    );
}

#[test]
fn every_position_of_an_array_has_its_step() {
    assert_eq!(
        changes(|u| u.set(|s| s.points().at(0).y(), 1)),
        doc! { "$set": { "points.0.y": 1 } }
    );
    assert_eq!(
        changes(|u| u.set(|s| s.points().each().y(), 1)),
        doc! { "$set": { "points.$[].y": 1 } }
    );
    assert_eq!(
        changes(|u| u.set(|s| s.points().matched().y(), 1)),
        doc! { "$set": { "points.$.y": 1 } }
    );
    assert_eq!(
        changes(|u| u.set(|s| s.grid().at(1).each(), 1)),
        doc! { "$set": { "grid.1.$[]": 1 } }
    );
}

#[test]
fn the_path_macro_takes_the_notation_of_the_manual() {
    assert_eq!(changes(|u| u.set(path!(points[0].y), 1)), doc! { "$set": { "points.0.y": 1 } });
    assert_eq!(changes(|u| u.set(path!(points[].y), 1)), doc! { "$set": { "points.$[].y": 1 } });
    assert_eq!(changes(|u| u.set(path!(points[$].y), 1)), doc! { "$set": { "points.$.y": 1 } });
    assert_eq!(changes(|u| u.set(path!(labels["k"]), "v")), doc! { "$set": { "labels.k": "v" } });
    assert_eq!(changes(|u| u.set(path!(grid[0][]), 1)), doc! { "$set": { "grid.0.$[]": 1 } });
}

#[test]
fn a_filtered_element_carries_its_condition() {
    assert_eq!(
        statement(|u| u.set(|s| s.points().filtered(|p| p.x().gt(0)).y(), 5)),
        doc! {
            "q": {},
            "u": { "$set": { "points.$[e0].y": 5 } },
            "arrayFilters": [{ "e0.x": { "$gt": 0 } }],
        }
    );
}

#[test]
fn a_named_array_filter_keeps_its_identifier() {
    let i = Point::array_filter("i", |p| p.x().gt(0));
    assert_eq!(
        statement(|u| u.filter(|s| s.id().eq(1)).set(path!(points[$i].y), 5)),
        doc! {
            "q": { "_id": 1_i64 },
            "u": { "$set": { "points.$[i].y": 5 } },
            "arrayFilters": [{ "i.x": { "$gt": 0 } }],
        }
    );
}

#[test]
fn conditions_on_one_element_are_never_an_exact_match() {
    let both = Point::array_filter("i", |p| p.x().gt(0) & p.y().eq(1));
    let either = Point::array_filter("i", |p| p.x().gt(0) | p.y().eq(1));
    let twice = Point::array_filter("i", |p| p.x().gt(0) & p.x().gt(1));
    assert_eq!(both.as_document().unwrap(), doc! { "i.x": { "$gt": 0 }, "i.y": 1 });
    assert_eq!(
        either.as_document().unwrap(),
        doc! { "$or": [{ "i.x": { "$gt": 0 } }, { "i.y": 1 }] }
    );
    assert_eq!(
        twice.as_document().unwrap(),
        doc! { "$and": [{ "i.x": { "$gt": 0 } }, { "i.x": { "$gt": 1 } }] }
    );
}

#[test]
fn arrays_of_plain_values_have_filters_on_the_value() {
    assert_eq!(
        statement(|u| u.inc(|s| s.nums().filtered(|n| n.gt(0) & n.lt(9)), 1)),
        doc! {
            "q": {},
            "u": { "$inc": { "nums.$[e0]": 1 } },
            "arrayFilters": [{ "e0": { "$gt": 0, "$lt": 9 } }],
        }
    );
}

#[test]
fn nested_arrays_have_a_filter_each() {
    let line = Line::array_filter("line", |l| l.kind().eq("dotted"));
    let p = Point::array_filter("p", |p| p.x().eq(1));
    let expected = |line: &str, p: &str| {
        doc! {
            "q": {},
            "u": { "$set": { format!("lines.$[{line}].points.$[{p}].y"): 5 } },
            "arrayFilters": [{ format!("{line}.kind"): "dotted" }, { format!("{p}.x"): 1 }],
        }
    };
    assert_eq!(statement(|u| u.set(path!(lines[$line].points[$p].y), 5)), expected("line", "p"));
    assert_eq!(
        statement(|u| u.set(
            |s| {
                let line = s.lines().filtered(|l| l.kind().eq("dotted"));
                line.points().filtered(|p| p.x().eq(1)).y()
            },
            5
        )),
        expected("e0", "e1")
    );
}

#[test]
fn one_filter_used_twice_is_sent_once() {
    let i = Point::array_filter("i", |p| p.x().gt(0));
    let document = statement(|u| u.set(path!(points[$i].y), 5).inc(path!(points[$i].x), 1));
    let filters = document.get_array("arrayFilters").unwrap();
    assert_eq!(filters.len(), 1);

    let same = |u: Builder| {
        u.set(|s| s.points().filtered(|p| p.x().gt(0)).y(), 5)
            .inc(|s| s.points().filtered(|p| p.x().gt(0)).x(), 1)
    };
    assert_eq!(statement(same).get_array("arrayFilters").unwrap().len(), 1);
}

#[test]
fn generated_identifiers_give_way_to_each_other() {
    assert_eq!(
        statement(|u| {
            u.set(|s| s.points().filtered(|p| p.x().gt(0)).y(), 5)
                .set(|s| s.points().filtered(|p| p.x().lt(0) | p.y().lt(0)).x(), 6)
        }),
        doc! {
            "q": {},
            "u": { "$set": { "points.$[e0].y": 5, "points.$[e1].x": 6 } },
            "arrayFilters": [
                { "e0.x": { "$gt": 0 } },
                { "$or": [{ "e1.x": { "$lt": 0 } }, { "e1.y": { "$lt": 0 } }] },
            ],
        }
    );
}

#[test]
fn two_conditions_under_one_identifier_are_refused() {
    let i = Point::array_filter("i", |p| p.x().gt(0));
    let j = Point::array_filter("i", |p| p.x().lt(0));
    let text = mistake(|u| u.set(path!(points[$i].y), 5).set(path!(points[$j].x), 5));
    assert_eq!(
        text,
        "array-filter identifier `i` stands for two conditions: { \"i.x\": { \"$gt\": 0 } } and \
         { \"i.x\": { \"$lt\": 0 } }"
    );
}

#[test]
fn an_illegal_identifier_is_refused() {
    for identifier in ["", "Bad", "bad-id", "1st", "a_b", "é"] {
        let filter = Point::array_filter(identifier, |p| p.x().gt(0));
        let text = mistake(|u| u.set(|s| s.points().filtered_by(&filter).y(), 5));
        assert!(text.contains(&format!("{identifier:?} is not allowed")), "{text}");
    }
}

#[test]
fn conflicting_paths_are_refused() {
    let text = mistake(|u| u.set(|s| s.name(), "a").set(|s| s.name(), "b"));
    assert_eq!(text, "two operators write `name`: an update can change a path once");
    let text = mistake(|u| u.set(|s| s.points(), []).inc(|s| s.points().at(0).x(), 1));
    assert_eq!(
        text,
        "one operator writes `points.0.x` and another `points`: one path holds the other"
    );
    let text =
        mistake(|u| u.inc(|s| s.points().at(0).x(), 1).push(|s| s.points(), Point { x: 1, y: 1 }));
    assert!(text.contains("`points`"), "{text}");
    let text = mistake(|u| u.rename(|s| s.note(), |s| s.remark()).set(|s| s.remark(), "a"));
    assert!(text.contains("`remark`"), "{text}");
    let text = mistake(|u| u.set(|s| s.name(), "a").raw(doc! { "$inc": { "name.first": 1 } }));
    assert!(text.contains("`name.first`"), "{text}");
    let text = mistake(|u| u.raw(doc! { "$set": { "a": 1 } }).raw(doc! { "$set": { "a": 2 } }));
    assert!(text.contains("`a`"), "{text}");
}

#[test]
fn two_ways_into_one_array_are_refused() {
    let i = Point::array_filter("i", |p| p.x().gt(0));
    for text in [
        mistake(|u| u.set(path!(points[].x), 1).set(path!(points[0].y), 1)),
        mistake(|u| u.set(path!(points[$i].x), 1).set(path!(points[0].y), 1)),
        mistake(|u| u.set(path!(points[$].x), 1).set(path!(points[].y), 1)),
    ] {
        assert!(text.contains("into the elements of one array"), "{text}");
    }
}

#[test]
fn names_that_only_begin_alike_do_not_conflict() {
    let document =
        changes(|u| u.set(|s| s.points().at(1).x(), 1).set(|s| s.points().at(10).x(), 1));
    assert_eq!(document, doc! { "$set": { "points.1.x": 1, "points.10.x": 1 } });
}

#[test]
fn keys_that_no_path_can_name_are_refused() {
    for key in ["a.b", "$a", "", "a\0b"] {
        let text = mistake(|u| u.set(|s| s.labels().key(key), "v"));
        assert!(text.contains(&format!("key {key:?} of `labels`")), "{text}");
    }
}

#[test]
fn an_empty_update_is_refused() {
    assert_eq!(mistake(|u| u), "the update has no operator: it would change nothing");
    assert_eq!(
        mistake(|u| u.raw(doc! { "name": "a" })),
        "`name` is not an update operator: a raw update is made of operators, as in \
         {\"$set\": {…}}"
    );
}

#[test]
fn an_array_filter_needs_a_condition_on_its_element() {
    let text =
        mistake(|u| u.set(|s| s.points().filtered(|_| odm::filter::Filter::<Point>::all()).y(), 5));
    assert!(text.contains("has no condition"), "{text}");
}

#[test]
fn raw_operators_join_the_others() {
    assert_eq!(
        changes(|u| u
            .set(|s| s.name(), "a")
            .raw(doc! { "$set": { "old": 1 }, "$inc": { "n": 1 } })),
        doc! { "$set": { "name": "a", "old": 1 }, "$inc": { "n": 1 } }
    );
}

#[test]
fn a_pipeline_update_is_sent_as_it_is() {
    let update = Series::update_pipeline([doc! { "$set": { "sum": { "$sum": "$nums" } } }]);
    assert_eq!(
        update.all_documents().as_document().unwrap(),
        doc! { "q": {}, "u": [{ "$set": { "sum": { "$sum": "$nums" } } }] }
    );
}

#[test]
fn the_order_of_calls_does_not_matter() {
    let one = Series::update().filter(|s| s.id().eq(1)).set(|s| s.name(), "a").comment("c");
    let other = Series::update().comment("c").set(|s| s.name(), "a").filter(|s| s.id().eq(1));
    assert_eq!(one.as_document().unwrap(), other.as_document().unwrap());
}
