//! Functions of numbers, conversion, statistics.

use odm::{
    expression::{
        average_of, cluster_time, geo_near_distance, largest_of, rand, root, smallest_of,
        std_dev_pop_of, text_score, total_of,
    },
    prelude::*,
};

use super::{is, mistake, written};

#[test]
fn powers_and_angles() {
    is(
        written(|i| i.qty().pow(2).gt(i.ratio().log(2))),
        doc! { "$gt": [{ "$pow": ["$qty", 2] }, { "$log": ["$ratio", 2] }] },
    );
    is(
        written(|i| i.ratio().exp().ln().eq(i.ratio().log10())),
        doc! { "$eq": [{ "$ln": { "$exp": "$ratio" } }, { "$log10": "$ratio" }] },
    );
    is(
        written(|i| i.ratio().to_radians().sin().eq(i.ratio().atan2(2).to_degrees())),
        doc! { "$eq": [
            { "$sin": { "$degreesToRadians": "$ratio" } },
            { "$radiansToDegrees": { "$atan2": ["$ratio", 2] } },
        ] },
    );
    is(written(|i| i.qty().cmp(5).eq(1)), doc! { "$eq": [{ "$cmp": ["$qty", 5] }, 1] });
}

#[test]
fn bits_from_6_3() {
    is(
        written(|i| i.qty().bit_and(6).eq(i.qty().bit_or(1))),
        doc! { "$eq": [{ "$bitAnd": ["$qty", 6] }, { "$bitOr": ["$qty", 1] }] },
    );
    is(
        written(|i| i.qty().bit_xor(i.id()).eq(i.qty().bit_not())),
        doc! { "$eq": [{ "$bitXor": ["$qty", "$_id"] }, { "$bitNot": "$qty" }] },
    );
}

#[test]
fn statistics() {
    is(
        written(|i| i.nums().std_dev_pop().eq(i.nums().std_dev_samp())),
        doc! { "$eq": [
            { "$ifNull": [{ "$stdDevPop": "$nums" }, null] },
            { "$ifNull": [{ "$stdDevSamp": "$nums" }, null] },
        ] },
    );
    is(
        written(|i| total_of([i.qty(), i.qty()]).gt(average_of([i.qty()]))),
        doc! { "$gt": [{ "$sum": ["$qty", "$qty"] }, { "$avg": ["$qty", "$qty"] }] },
    );
    is(
        written(|i| smallest_of([i.name(), i.name()]).eq(largest_of([i.name(), i.name()]))),
        doc! { "$eq": [{ "$min": ["$name", "$name"] }, { "$max": ["$name", "$name"] }] },
    );
    let none: [Expr<_, i32>; 0] = [];
    assert_eq!(
        mistake(|_| std_dev_pop_of(none).is_null()),
        "`$stdDevPop` of several values needs a value",
    );
}

#[test]
fn statistics_from_7_0() {
    is(
        written(|i| i.nums().median().if_null(0.0).gt(1)),
        doc! { "$gt": [
            { "$ifNull": [{ "$median": { "input": "$nums", "method": "approximate" } }, 0.0] },
            1,
        ] },
    );
    is(
        written(|i| i.nums().percentile([0.5, 0.9]).contains(1)),
        doc! { "$in": [1, { "$percentile": {
            "input": "$nums", "p": [0.5, 0.9], "method": "approximate",
        } }] },
    );
    assert_eq!(
        mistake(|i| i.nums().percentile([1.5]).is_empty()),
        "`$percentile` takes parts from 0 to 1, not 1.5",
    );
}

#[test]
fn conversion() {
    is(
        written(|i| i.qty().to_string().eq(i.ratio().to_string())),
        doc! { "$eq": [{ "$toString": "$qty" }, { "$toString": "$ratio" }] },
    );
    is(
        written(|i| {
            i.name().convert::<i32>().on_error(0).gt(1) & i.name().convert::<bool>().eq(true)
        }),
        doc! { "$and": [
            { "$gt": [{ "$convert": { "input": "$name", "to": "int", "onError": 0 } }, 1] },
            { "$eq": [{ "$convert": { "input": "$name", "to": "bool" } }, true] },
        ] },
    );
    is(
        written(|i| i.qty().to_date().eq(i.ratio().to_date())),
        doc! { "$eq": [
            { "$toDate": { "$toLong": "$qty" } },
            { "$toDate": { "$toDouble": "$ratio" } },
        ] },
    );
    is(
        written(|i| i.note().type_().eq("missing")),
        doc! { "$eq": [{ "$type": "$note" }, "missing"] },
    );
    is(
        written(|i| i.note().is_number() | i.note().is_array()),
        doc! { "$or": [{ "$isNumber": "$note" }, { "$isArray": ["$note"] }] },
    );
}

#[test]
fn what_the_server_knows() {
    is(written(|i| rand().lt(i.ratio())), doc! { "$lt": [{ "$rand": {} }, "$ratio"] });
    is(
        written(|_| text_score().gt(1) & geo_near_distance().if_null(0.0).lt(5)),
        doc! { "$and": [
            { "$gt": [{ "$meta": "textScore" }, 1] },
            { "$lt": [{ "$ifNull": [{ "$meta": "geoNearDistance" }, 0.0] }, 5] },
        ] },
    );
    is(
        written(|_| cluster_time().ts_second().eq(cluster_time().ts_increment())),
        doc! { "$eq": [{ "$tsSecond": "$$CLUSTER_TIME" }, { "$tsIncrement": "$$CLUSTER_TIME" }] },
    );
    is(
        written(|i| i.name().to_hashed_index_key().eq(1) & root().bson_size().gt(5)),
        doc! { "$and": [
            { "$eq": [{ "$toHashedIndexKey": "$name" }, 1] },
            { "$gt": [{ "$bsonSize": "$$ROOT" }, 5] },
        ] },
    );
}
