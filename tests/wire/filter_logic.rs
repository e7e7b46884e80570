//! Conditions joined, negated, and put on one element of an array.

use odm::prelude::*;

use crate::filter::{Item, Point, mistake, written};

#[test]
fn different_fields_and_operators_share_a_document() {
    assert_eq!(
        written(|i| i.qty().gt(1) & i.qty().lt(9) & i.name().eq("a")),
        doc! { "qty": { "$gt": 1, "$lt": 9 }, "name": "a" },
    );
}

#[test]
fn a_key_is_never_lost() {
    assert_eq!(
        written(|i| i.qty().gt(1) & i.qty().gt(2)),
        doc! { "$and": [{ "qty": { "$gt": 1 } }, { "qty": { "$gt": 2 } }] },
    );
    assert_eq!(
        written(|i| i.qty().eq(1) & i.qty().gt(0)),
        doc! { "$and": [{ "qty": 1 }, { "qty": { "$gt": 0 } }] },
    );
    assert_eq!(
        written(|i| (i.qty().eq(1) | i.qty().eq(2)) & (i.name().eq("a") | i.name().eq("b"))),
        doc! { "$and": [
            { "$or": [{ "qty": 1 }, { "qty": 2 }] },
            { "$or": [{ "name": "a" }, { "name": "b" }] },
        ] },
    );
    assert_eq!(
        written(|i| i.name().regex_with("a", "i") & i.name().regex("b")),
        doc! { "$and": [{ "name": { "$regex": "a", "$options": "i" } }, { "name": { "$regex": "b" } }] },
    );
}

#[test]
fn expressions_are_not_merged_into_one() {
    assert_eq!(
        written(|_| Item::expr(|i| i.qty().gt(1)) & Item::expr(|i| i.qty().lt(9))),
        doc! { "$and": [
            { "$expr": { "$gt": ["$qty", 1] } },
            { "$expr": { "$lt": ["$qty", 9] } },
        ] },
    );
}

#[test]
fn alternatives_and_negations() {
    assert_eq!(
        written(|i| i.qty().eq(1) | i.qty().eq(2) | i.name().eq("a")),
        doc! { "$or": [{ "qty": 1 }, { "qty": 2 }, { "name": "a" }] },
    );
    assert_eq!(written(|i| !i.qty().gt(1)), doc! { "$nor": [{ "qty": { "$gt": 1 } }] });
    assert_eq!(
        written(|i| !(i.qty().eq(1) | i.name().eq("a"))),
        doc! { "$nor": [{ "qty": 1 }, { "name": "a" }] },
    );
    assert_eq!(written(|i| i.qty().eq(1) | Filter::all()), doc! {});
}

#[test]
fn conditions_of_an_iterator() {
    assert_eq!(
        written(|i| Filter::or([1, 2].map(|n| i.qty().eq(n)))),
        doc! { "$or": [{ "qty": 1 }, { "qty": 2 }] },
    );
    assert_eq!(written(|i| Filter::or([i.qty().eq(1)])), doc! { "qty": 1 });
    assert_eq!(
        written(|i| Filter::and([i.qty().eq(1), i.name().eq("a")])),
        doc! { "qty": 1, "name": "a" }
    );
    assert_eq!(
        written(|i| Filter::nor([i.qty().eq(1), i.name().eq("a")])),
        doc! { "$nor": [{ "qty": 1 }, { "name": "a" }] },
    );
    let none = || Vec::<Filter<Item>>::new();
    assert_eq!(written(|_| Filter::and(none())), doc! {});
    assert_eq!(written(|_| Filter::nor(none())), doc! {});
    assert_eq!(mistake(|_| Filter::or(none())), "`$or` needs a condition, and got none");
}

#[test]
fn one_field_is_negated() {
    assert_eq!(written(|i| i.qty().not(|q| q.gt(5))), doc! { "qty": { "$not": { "$gt": 5 } } });
    assert_eq!(
        written(|i| i.qty().not(|q| q.gt(5) & q.lt(9))),
        doc! { "qty": { "$not": { "$gt": 5, "$lt": 9 } } },
    );
    assert_eq!(written(|i| i.qty().not(|q| q.eq(5))), doc! { "qty": { "$not": { "$eq": 5 } } });
    assert_eq!(
        written(|i| i.name().not(|n| n.regex_with("^a", "i"))),
        doc! { "name": { "$not": { "$regex": "^a", "$options": "i" } } },
    );
    assert_eq!(
        written(|i| i.nums().not(|n| n.size(3))),
        doc! { "nums": { "$not": { "$size": 3 } } }
    );
    assert_eq!(
        written(|i| i.nums().not(|n| n.contains(3))),
        doc! { "nums": { "$not": { "$eq": 3_i64 } } }
    );
}

#[test]
fn what_not_cannot_hold_is_written_with_nor() {
    assert_eq!(
        written(|i| i.qty().not(|q| q.lt(1) | q.gt(5))),
        doc! { "$nor": [{ "qty": { "$lt": 1 } }, { "qty": { "$gt": 5 } }] },
    );
    assert_eq!(
        written(|i| i.centre().not(|c| c.x().gt(5))),
        doc! { "$nor": [{ "centre.x": { "$gt": 5 } }] },
    );
}

#[test]
fn conditions_on_one_document_of_an_array() {
    assert_eq!(
        written(|i| i.points().elem_match(|p| p.x().gt(0) & p.y().lt(9))),
        doc! { "points": { "$elemMatch": { "x": { "$gt": 0 }, "y": { "$lt": 9 } } } },
    );
    assert_eq!(
        written(|i| i.points().elem_match(|p| p.x().eq(1) | !p.y().eq(9))),
        doc! { "points": { "$elemMatch": { "$or": [{ "x": 1 }, { "$nor": [{ "y": 9 }] }] } } },
    );
    assert_eq!(
        written(|i| i.points().elem_match(|p| p.eq(Point { x: 1, y: 2 }))),
        doc! { "points": { "$elemMatch": { "$eq": { "x": 1, "y": 2 } } } },
    );
    assert_eq!(
        written(|i| i.points().all_match(|p| [p.x().eq(1), p.y().gt(3)])),
        doc! { "points": { "$all": [
            { "$elemMatch": { "x": 1 } },
            { "$elemMatch": { "y": { "$gt": 3 } } },
        ] } },
    );
}

#[test]
fn conditions_on_one_plain_element() {
    assert_eq!(
        written(|i| i.nums().elem_match(|n| n.gt(0) & n.lt(9))),
        doc! { "nums": { "$elemMatch": { "$gt": 0_i64, "$lt": 9_i64 } } },
    );
    assert_eq!(
        written(|i| i.nums().elem_match(|n| n.eq(1))),
        doc! { "nums": { "$elemMatch": { "$eq": 1_i64 } } },
    );
    assert_eq!(
        written(|i| i.tags().elem_match(|t| t.starts_with("a") & t.not(|t| t.eq("ab")))),
        doc! { "tags": { "$elemMatch": { "$regex": "^a", "$not": { "$not": { "$not": { "$eq": "ab" } } } } } },
    );
    assert_eq!(
        written(|i| i.nums().all_match(|n| [n.gt(0) & n.lt(3), n.modulo(7, 0)])),
        doc! { "nums": { "$all": [
            { "$elemMatch": { "$gt": 0_i64, "$lt": 3_i64 } },
            { "$elemMatch": { "$mod": [7, 0] } },
        ] } },
    );
}

#[test]
fn logic_on_plain_elements_becomes_operators() {
    assert_eq!(
        written(|i| i.nums().elem_match(|n| n.lt(0) | n.gt(9))),
        doc! { "$or": [
            { "nums": { "$elemMatch": { "$lt": 0_i64 } } },
            { "nums": { "$elemMatch": { "$gt": 9_i64 } } },
        ] },
    );
    assert_eq!(
        written(|i| i.nums().elem_match(|n| n.gt(0) & !n.eq(5))),
        doc! { "nums": { "$elemMatch": { "$gt": 0_i64, "$not": { "$eq": 5_i64 } } } },
    );
    assert_eq!(
        written(|i| i.nums().elem_match(|n| n.ne(1) & n.ne(2))),
        doc! { "nums": { "$elemMatch": { "$ne": 1_i64, "$not": { "$not": {
            "$ne": 2_i64,
        } } } } },
    );
    assert!(
        mistake(|i| i.nums().elem_match(|n| !n.eq(1) & !n.gt(2)))
            .starts_with("nums: `$elemMatch` on plain values"),
    );
}

#[test]
fn arrays_in_arrays() {
    assert_eq!(
        written(|i| i.grid().elem_match(|row| row.elem_match(|n| n.gt(1)))),
        doc! { "grid": { "$elemMatch": { "$elemMatch": { "$gt": 1 } } } },
    );
    assert_eq!(
        written(|i| i.grid().elem_match(|row| row.contains(3) & row.size(1))),
        doc! { "grid": { "$elemMatch": { "$elemMatch": { "$eq": 3 }, "$size": 1 } } },
    );
    assert_eq!(
        written(|i| i.grid().elem_match(|row| row.at(0).gt(1))),
        doc! { "grid": { "$elemMatch": { "0": { "$gt": 1 } } } },
    );
}

#[test]
fn a_mistake_inside_is_told_with_its_path() {
    assert_eq!(
        mistake(|i| i.points().elem_match(|p| p.x().modulo(0, 0))),
        "cannot encode points.x.$mod: the divisor is 0",
    );
    assert_eq!(
        mistake(|i| i.points().elem_match(|p| p.x().eq(1) & Filter::text("a"))),
        "points: `$text` cannot be used inside `$elemMatch`",
    );
    assert_eq!(
        mistake(|i| i.points().elem_match(|p| p.eq(Point { x: 1, y: 2 }) & p.x().eq(1))),
        "points: `$elemMatch` takes conditions on the element itself or on its fields, not both: `x` \
         is a condition on a field",
    );
    assert_eq!(
        mistake(|i| i.points().all_match(|_| Vec::<Filter<Point>>::new())),
        "points: `$all` needs a condition, and got none",
    );
}

#[test]
fn elements_are_pulled_by_what_they_equal_exactly() {
    let pulled = |update: odm::update::Update<Item, _>| {
        let statement = update.as_document().expect("a valid update");
        statement.get_document("u").and_then(|u| u.get_document("$pull")).expect("`$pull`").clone()
    };
    let update = || Item::update().all_documents();
    assert_eq!(
        pulled(update().pull(|i| i.points(), |p| p.eq(Point { x: 1, y: 2 }))),
        doc! { "points": { "$eq": { "x": 1, "y": 2 } } },
    );
    assert_eq!(
        pulled(update().pull(|i| i.nums(), |n| !n.gt(3))),
        doc! { "nums": { "$exists": true, "$not": { "$gt": 3_i64 } } },
    );
}

#[test]
fn array_filters_take_every_operator_and_all_logic() {
    let i = |filter: ArrayFilter<i32>| filter.as_document().expect("a valid array filter");
    assert_eq!(
        i(i32::array_filter("i", |n| n.gt(0) & n.lt(5))),
        doc! { "i": { "$gt": 0, "$lt": 5 } },
    );
    assert_eq!(
        i(i32::array_filter("i", |n| n.modulo(4, 0) | !n.bits_all_set(1))),
        doc! { "$or": [
            { "i": { "$mod": [4, 0] } },
            { "$nor": [{ "i": { "$bitsAllSet": 1 } }] },
        ] },
    );
    assert_eq!(
        i(i32::array_filter("i", |n| n.not(|n| n.in_([1, 2])))),
        doc! { "i": { "$not": { "$in": [1, 2] } } },
    );
    let points = Point::array_filter("p", |p| p.x().eq(1) | p.y().not(|y| y.gt(2)));
    assert_eq!(
        points.as_document().expect("a valid array filter"),
        doc! { "$or": [{ "p.x": 1 }, { "p.y": { "$not": { "$gt": 2 } } }] },
    );
    let rows = Vec::<i32>::array_filter("r", |row| row.elem_match(|n| n.gt(1)) & row.size(2));
    assert_eq!(
        rows.as_document().expect("a valid array filter"),
        doc! { "r": { "$elemMatch": { "$gt": 1 }, "$size": 2 } },
    );
}

#[test]
fn what_an_array_filter_cannot_hold_is_refused() {
    let filter = i32::array_filter("i", |n| n.gt(0) & Filter::where_js("true"));
    let error = filter.as_document().expect_err("a mistake").to_string();
    assert!(error.contains("`$where` cannot be used in an array filter"), "{error}");
}
