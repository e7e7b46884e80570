//! Fields and literals of every type.

use std::sync::Arc;

use odm::{
    bson::{DateTime, Decimal128, Document, Timestamp, oid::ObjectId},
    expression::{Operand, Truth},
    path::ReadingFields,
    prelude::*,
};

#[derive(Model)]
#[model(collection = "all")]
struct All {
    #[model(id)]
    id: ObjectId,
    chrono: chrono::DateTime<chrono::Utc>,
    day: chrono::NaiveDate,
    time: time::OffsetDateTime,
    jiff: jiff::Timestamp,
    date: DateTime,
    stamp: Timestamp,
    exact: rust_decimal::Decimal,
    decimal: Decimal128,
    uuid: uuid::Uuid,
    other_uuid: odm::bson::Uuid,
    state: State,
    money: Money,
    tiny: u8,
    wide: u64,
    boxed: Box<i32>,
    shared: Arc<str>,
    fixed: [i32; 3],
    lists: Vec<[f64; 2]>,
    shape: Shape,
    kept: Kept,
    outer: Outer,
    #[model(default)]
    fallback: i32,
    steps: Vec<Outer>,
}

#[derive(Embedded, Clone)]
enum State {
    Open,
    #[model(rename = "$closed")]
    Closed,
}

#[derive(Embedded, Clone)]
struct Money(i64);

#[derive(Embedded)]
#[model(tag = "type", rename_all = "lowercase")]
enum Shape {
    Circle { r: f64 },
    Named(Outer),
}

#[derive(Embedded)]
#[model(tag = "t", content = "c")]
enum Kept {
    Number(i32),
    Nothing,
}

#[derive(Embedded)]
struct Outer {
    inner: Option<Inner>,
    shapes: Vec<Kept>,
}

#[derive(Embedded)]
struct Inner {
    n: i32,
    deep: Vec<Money>,
}

fn is<E>(expression: impl FnOnce(ReadingFields<All>) -> E, expected: Document)
where
    E: Operand<All>,
    E::Value: Truth,
{
    let filter = All::expr(expression).as_document().expect("a valid expression");
    assert_eq!(filter, doc! { "$expr": expected });
}

#[test]
fn dates_of_every_crate_compare_with_each_other() {
    let begin = DateTime::from_millis(0);
    let utc = chrono::DateTime::<chrono::Utc>::UNIX_EPOCH;
    is(|a| a.chrono().gt(utc), doc! { "$gt": ["$chrono", begin] });
    is(|a| a.time().gt(time::OffsetDateTime::UNIX_EPOCH), doc! { "$gt": ["$time", begin] });
    is(|a| a.jiff().gt(jiff::Timestamp::UNIX_EPOCH), doc! { "$gt": ["$jiff", begin] });
    is(|a| a.date().gt(std::time::SystemTime::UNIX_EPOCH), doc! { "$gt": ["$date", begin] });
    is(
        |a| a.chrono().lt(a.jiff()) & a.time().lt(a.date()),
        doc! { "$and": [
            { "$lt": ["$chrono", "$jiff"] },
            { "$lt": ["$time", "$date"] },
        ] },
    );
    let day = chrono::NaiveDate::from_ymd_opt(1970, 1, 1).unwrap();
    is(|a| a.day().eq(day), doc! { "$eq": ["$day", begin] });
    let stamp = Timestamp { time: 1, increment: 2 };
    is(|a| a.stamp().eq(stamp), doc! { "$eq": ["$stamp", stamp] });
}

#[test]
fn decimals_and_uuids_are_literals() {
    let half: Decimal128 = "0.5".parse().unwrap();
    let exact: rust_decimal::Decimal = "0.5".parse().unwrap();
    is(|a| a.exact().gt(exact), doc! { "$gt": ["$exact", half] });
    is(
        |a| a.decimal().gt(exact) & a.exact().gt(a.decimal()),
        doc! { "$and": [
            { "$gt": ["$decimal", half] },
            { "$gt": ["$exact", "$decimal"] },
        ] },
    );
    is(|a| (a.exact() * 2).lte(5), doc! { "$lte": [{ "$multiply": ["$exact", 2] }, 5] });
    let (uuid, same) = (uuid::Uuid::nil(), odm::bson::Uuid::from_bytes([0; 16]));
    is(
        |a| a.uuid().eq(uuid) & a.uuid().eq(a.other_uuid()),
        doc! { "$and": [
            { "$eq": ["$uuid", same] },
            { "$eq": ["$uuid", "$other_uuid"] },
        ] },
    );
    let id = ObjectId::from_bytes([1; 12]);
    is(|a| a.id().eq(id), doc! { "$eq": ["$_id", id] });
}

#[test]
fn types_of_the_users_own_are_literals() {
    is(|a| a.state().eq(State::Open), doc! { "$eq": ["$state", "Open"] });
    is(|a| a.state().ne(State::Closed), doc! { "$ne": ["$state", { "$literal": "$closed" }] });
    is(
        |a| a.state().in_([State::Open, State::Closed]),
        doc! {
            "$in": ["$state", ["Open", { "$literal": "$closed" }]],
        },
    );
    is(|a| a.money().gt(Money(5)), doc! { "$gt": ["$money", 5_i64] });
    is(
        |a| cond(a.state().eq(State::Open), State::Closed, a.state()).eq(State::Open),
        doc! {
            "$eq": [
                { "$cond": [{ "$eq": ["$state", "Open"] }, { "$literal": "$closed" }, "$state"] },
                "Open",
            ],
        },
    );
}

#[test]
fn literals_need_no_suffix() {
    is(
        |a| a.tiny().gt(5) & a.wide().lt(7),
        doc! { "$and": [
            { "$gt": ["$tiny", 5] },
            { "$lt": ["$wide", 7] },
        ] },
    );
    is(|a| a.fallback().if_null(3).eq(4), doc! { "$eq": [{ "$ifNull": ["$fallback", 3] }, 4] });
    is(|a| a.boxed().eq(4), doc! { "$eq": ["$boxed", 4] });
    is(
        |a| {
            let text = "b".to_owned();
            a.shared().eq("a") & a.shared().eq(&text) & a.shared().ne(text)
        },
        doc! { "$and": [
            { "$eq": ["$shared", "a"] },
            { "$eq": ["$shared", "b"] },
            { "$ne": ["$shared", "b"] },
        ] },
    );
    is(|a| a.tiny().eq(u64::MAX >> 1), doc! { "$eq": ["$tiny", i64::MAX] });
}

#[test]
fn fixed_arrays_are_arrays() {
    is(|a| a.fixed().eq([1, 2, 3]), doc! { "$eq": ["$fixed", { "$literal": [1, 2, 3] }] });
    is(
        |a| a.fixed().total().gt(a.fixed().len()),
        doc! {
            "$gt": [{ "$sum": "$fixed" }, { "$size": "$fixed" }],
        },
    );
    is(|a| a.fixed().at(2).eq(4), doc! { "$eq": [{ "$arrayElemAt": ["$fixed", 2] }, 4] });
    is(
        |a| a.lists().map(|pair| pair.total()).total().gt(1),
        doc! { "$gt": [
            { "$sum": { "$map": { "input": "$lists", "as": "v1", "in": { "$sum": "$$v1" } } } },
            1,
        ] },
    );
}

#[test]
fn a_variant_is_read_if_it_is_the_one() {
    is(
        |a| a.shape().as_circle().r().eq(1.5),
        doc! { "$eq": [
            { "$cond": [{ "$eq": ["$shape.type", "circle"] }, "$shape.r", null] },
            1.5,
        ] },
    );
    is(
        |a| a.shape().as_named().inner().n().eq(1),
        doc! { "$eq": [
            { "$cond": [{ "$eq": ["$shape.type", "named"] }, "$shape.inner.n", null] },
            1,
        ] },
    );
    is(
        |a| a.kept().as_number().eq(1),
        doc! { "$eq": [
            { "$cond": [{ "$eq": ["$kept.t", "Number"] }, "$kept.c", null] },
            1,
        ] },
    );
    is(
        |a| a.steps().each().shapes().each().as_number().eq([vec![Some(1)]]),
        doc! { "$eq": [
            { "$map": { "input": "$steps.shapes", "as": "item", "in": {
                "$map": { "input": "$$item", "as": "item", "in": {
                    "$cond": [{ "$eq": ["$$item.t", "Number"] }, "$$item.c", null],
                } },
            } } },
            { "$literal": [[1]] },
        ] },
    );
}

#[test]
fn what_may_be_absent_reads_as_an_option() {
    fn may_be_absent(_: &impl Expression<Value = Option<i32>>) {}
    fn is_there(_: &impl Expression<Value = i32>) {}

    #[derive(Embedded)]
    struct Flat {
        #[model(flatten)]
        there: There,
        #[model(default)]
        last: Perhaps,
    }

    #[derive(Embedded, Default)]
    #[model(default)]
    struct Whole {
        #[model(flatten)]
        there: There,
    }

    #[derive(Embedded, Default)]
    struct There {
        a: i32,
    }

    #[derive(Embedded, Default)]
    struct Perhaps {
        b: i32,
    }

    let _ = Flat::expr(|f| {
        is_there(&f.there().a());
        may_be_absent(&f.last().b());
        true
    });
    let _ = Whole::expr(|w| {
        may_be_absent(&w.there().a());
        true
    });
    let _ = All::expr(|a| {
        is_there(&a.tiny().if_null(0).saturating::<i32>());
        may_be_absent(&a.fallback());
        may_be_absent(&a.fixed().at(0));
        may_be_absent(&a.outer().inner().n());
        true
    });
}

#[test]
fn positions_and_elements_are_reached() {
    is(
        |a| a.steps().at(0).inner().n().eq(1),
        doc! { "$eq": [
            { "$let": {
                "vars": { "item": { "$arrayElemAt": ["$steps", 0] } },
                "in": "$$item.inner.n",
            } },
            1,
        ] },
    );
    is(
        |a| a.steps().each().inner().deep().at(1).eq([Some(Money(1))]),
        doc! { "$eq": [
            { "$map": {
                "input": "$steps.inner.deep", "as": "item", "in": { "$arrayElemAt": ["$$item", 1] },
            } },
            { "$literal": [1_i64] },
        ] },
    );
    is(
        |a| a.lists().each().each().eq([[1.0, 2.0]]),
        doc! {
            "$eq": ["$lists", { "$literal": [[1.0, 2.0]] }],
        },
    );
    is(|a| a.outer().inner().n().eq(1), doc! { "$eq": ["$outer.inner.n", 1] });
}
