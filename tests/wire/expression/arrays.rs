//! Arrays and maps.

use odm::{
    bson::Document,
    expression::{range, range_by},
    prelude::*,
    sort::Sort,
};

use super::{is, mistake, written};

fn of(operator: &str, n: i32) -> Document {
    doc! { operator: { "input": "$nums", "n": n } }
}

#[test]
fn parts_of_arrays() {
    is(
        written(|i| i.nums().element_at(i.qty()).eq(1)),
        doc! { "$eq": [{ "$arrayElemAt": ["$nums", "$qty"] }, 1] },
    );
    is(
        written(|i| i.nums().take(2).eq(i.nums().slice(1, 2))),
        doc! { "$eq": [{ "$slice": ["$nums", 2] }, { "$slice": ["$nums", 1, 2] }] },
    );
    is(
        written(|i| i.nums().first_n(1).eq(i.nums().last_n(2))),
        doc! { "$eq": [of("$firstN", 1), of("$lastN", 2)] },
    );
    is(
        written(|i| i.nums().max_n(1).eq(i.nums().min_n(2))),
        doc! { "$eq": [of("$maxN", 1), of("$minN", 2)] },
    );
    is(
        written(|i| i.nums().filter_limit(2, |n| n.gt(1)).is_empty()),
        doc! { "$eq": [
            { "$size": { "$filter": {
                "input": "$nums", "as": "v1", "cond": { "$gt": ["$$v1", 1] }, "limit": 2,
            } } },
            0,
        ] },
    );
}

#[test]
fn orders_of_arrays() {
    let by = |order: i32| doc! { "$sortArray": { "input": "$nums", "sortBy": order } };
    is(written(|i| i.nums().sorted().eq(i.nums().sorted_desc())), doc! { "$eq": [by(1), by(-1)] });
    is(
        written(|i| i.points().sort_by(|p| p.x().desc()).eq(i.points().reverse())),
        doc! { "$eq": [
            { "$sortArray": { "input": "$points", "sortBy": { "x": -1 } } },
            { "$reverseArray": "$points" },
        ] },
    );
    assert_eq!(
        mistake(|i| i.points().sort_by(|_| Sort::none()).is_empty()),
        "`sort_by` needs a field to sort by",
    );
    let twice = mistake(|i| i.points().sort_by(|p| p.x().asc().then(p.x().desc())).is_empty());
    assert_eq!(twice, "`x` is in the sort order twice");
}

#[test]
fn arrays_of_others() {
    is(
        written(|i| i.nums().zip_longest(i.nums()).len().gt(i.nums().zip(i.nums()).len())),
        doc! { "$gt": [
            { "$size": { "$zip": { "inputs": ["$nums", "$nums"], "useLongestLength": true } } },
            { "$size": { "$zip": { "inputs": ["$nums", "$nums"] } } },
        ] },
    );
    is(
        written(|i| range(0, i.qty()).eq(range_by(0_i64, 9, 3))),
        doc! { "$eq": [{ "$range": [0, "$qty"] }, { "$range": [0_i64, 9, 3] }] },
    );
    is(
        written(|i| i.nums().concat_arrays(i.nums()).contains(1)),
        doc! { "$in": [1, { "$concatArrays": ["$nums", "$nums"] }] },
    );
    let inner = doc! { "$reduce": { "input": "$$v2", "initialValue": 0_i64, "in": { "$let": {
        "vars": { "v3": "$$value", "v4": "$$this" },
        "in": { "$toLong": { "$add": ["$$v1", "$$v3", "$$v4"] } },
    } } } };
    is(
        written(|i| {
            let sum = i.grid().reduce(0_i64, |all, row| row.reduce(0_i64, |sum, n| &all + sum + n));
            sum.gt(5)
        }),
        doc! { "$gt": [
            { "$reduce": { "input": "$grid", "initialValue": 0_i64, "in": { "$let": {
                "vars": { "v1": "$$value", "v2": "$$this" }, "in": inner,
            } } } },
            5,
        ] },
    );
}

#[test]
fn sets() {
    is(
        written(|i| i.nums().set_union(i.nums()).set_equals(i.nums().set_intersection(i.nums()))),
        doc! { "$setEquals": [
            { "$setUnion": ["$nums", "$nums"] },
            { "$setIntersection": ["$nums", "$nums"] },
        ] },
    );
    is(
        written(|i| i.nums().set_difference(i.nums()).set_is_subset(i.nums())),
        doc! { "$setIsSubset": [{ "$setDifference": ["$nums", "$nums"] }, "$nums"] },
    );
    let each = doc! { "$map": { "input": "$nums", "as": "v1", "in": { "$gt": ["$$v1", 1] } } };
    is(
        written(|i| {
            let each = i.nums().map(|n| n.gt(1));
            each.any_element_true() & each.all_elements_true()
        }),
        doc! { "$and": [{ "$anyElementTrue": &each }, { "$allElementsTrue": &each }] },
    );
}
