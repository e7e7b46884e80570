//! Values that fields of many types are given as: each compiles as it stands here.

use std::{
    collections::BTreeMap, marker::PhantomData, net::SocketAddr, num::NonZero, path::PathBuf,
};

use odm::{
    bson::{Bson, DateTime, Decimal128, Document},
    prelude::*,
    update::Update,
};
use serde_json::json;

#[derive(Model, Clone, Debug, PartialEq)]
#[model(collection = "rows")]
struct Row {
    #[model(id)]
    id: i64,
    note: Option<String>,
    tags: Vec<String>,
    maybe: Option<Vec<String>>,
    json: serde_json::Value,
    object: serde_json::Map<String, serde_json::Value>,
    count: NonZero<u32>,
    address: Option<SocketAddr>,
    file: PathBuf,
    wide: i128,
    wider: u128,
    narrow: Option<i128>,
    wait: chrono::TimeDelta,
    day: chrono::NaiveDate,
    days: Vec<chrono::NaiveDate>,
    by_number: BTreeMap<u32, String>,
    by_day: BTreeMap<chrono::NaiveDate, i32>,
    nothing: PhantomData<String>,
}

fn set(build: impl FnOnce(Update<Row>) -> Update<Row>) -> Document {
    let statement = build(Row::update()).as_document().expect("a valid update");
    statement.get_document("u").expect("operators").clone()
}

fn filter<C: odm::filter::Condition<Row>>(
    build: impl FnOnce(odm::path::Fields<Row, odm::path::Filtering>) -> C,
) -> Document {
    let command = Row::find().filter(build).as_document().expect("a valid query");
    command.get_document("filter").expect("a filter").clone()
}

fn decimal(text: &str) -> Bson {
    Bson::Decimal128(text.parse::<Decimal128>().expect("a decimal"))
}

#[test]
fn a_bare_none_is_inferred() {
    assert_eq!(set(|u| u.set(|r| r.note(), None)), doc! { "$unset": { "note": "" } });
    assert_eq!(filter(|r| r.note().eq(None)), doc! { "note": Bson::Null });
    assert_eq!(filter(|r| r.narrow().ne(None)), doc! { "narrow": { "$ne": Bson::Null } });
}

#[test]
fn lists_of_text_take_borrowed_text() {
    let expected = doc! { "$set": { "tags": ["a", "b"] } };
    let slice: &[&str] = &["a", "b"];
    let split: Vec<_> = "a b".split(' ').collect();
    assert_eq!(set(|u| u.set(|r| r.tags(), vec!["a", "b"])), expected);
    assert_eq!(set(|u| u.set(|r| r.tags(), &["a", "b"][..])), expected);
    assert_eq!(set(|u| u.set(|r| r.tags(), ["a", "b"])), expected);
    assert_eq!(set(|u| u.set(|r| r.tags(), slice)), expected);
    assert_eq!(set(|u| u.set(|r| r.tags(), split)), expected);
    let owned = vec!["a".to_owned(), "b".to_owned()];
    assert_eq!(set(|u| u.set(|r| r.tags(), &owned)), expected);
    assert_eq!(set(|u| u.set(|r| r.tags(), &owned[..])), expected);
    assert_eq!(set(|u| u.set(|r| r.maybe(), vec!["a"])), doc! { "$set": { "maybe": ["a"] } });
    assert_eq!(filter(|r| r.tags().eq(vec!["a"])), doc! { "tags": ["a"] });
}

#[test]
fn wide_integers_take_literals() {
    assert_eq!(filter(|r| r.wide().gt(5)), doc! { "wide": { "$gt": decimal("5") } });
    assert_eq!(filter(|r| r.wide().lt(5_u64)), doc! { "wide": { "$lt": decimal("5") } });
    assert_eq!(filter(|r| r.wider().gt(5)), doc! { "wider": { "$gt": decimal("5") } });
    assert_eq!(filter(|r| r.narrow().eq(5)), doc! { "narrow": decimal("5") });
    let changes = set(|u| u.inc(|r| r.wide(), 1).mul(|r| r.narrow(), 2));
    assert_eq!(
        changes,
        doc! { "$inc": { "wide": decimal("1") }, "$mul": { "narrow": decimal("2") } }
    );
}

#[test]
fn types_of_the_standard_library_are_values() {
    let address: SocketAddr = "127.0.0.1:80".parse().expect("an address");
    assert_eq!(filter(|r| r.address().eq(address)), doc! { "address": "127.0.0.1:80" });
    assert_eq!(filter(|r| r.file().eq("/tmp/a")), doc! { "file": "/tmp/a" });
    let file = PathBuf::from("/tmp/b");
    let changes = set(|u| u.set(|r| r.file(), file.as_path()));
    assert_eq!(changes, doc! { "$set": { "file": "/tmp/b" } });
    let pattern = filter(|r| r.file().regex("^/tmp"));
    assert!(pattern.get_document("file").expect("a condition").contains_key("$regex"));
    let one = NonZero::<u32>::MIN;
    assert_eq!(filter(|r| r.count().gte(one)), doc! { "count": { "$gte": 1_i64 } });
    assert_eq!(filter(|r| r.nothing().eq(PhantomData)), doc! { "nothing": Bson::Null });
    let minute = chrono::TimeDelta::minutes(1);
    assert_eq!(filter(|r| r.wait().eq(minute)), doc! { "wait": [60_i64, 0] });
}

#[test]
fn days_are_compared_like_dates() {
    let day = chrono::NaiveDate::from_ymd_opt(1970, 1, 2).expect("a day");
    let date = DateTime::from_millis(86_400_000);
    assert_eq!(filter(|r| r.day().gt(day)), doc! { "day": { "$gt": date } });
    assert_eq!(filter(|r| r.days().any().lt(day)), doc! { "days": { "$lt": date } });
    assert_eq!(set(|u| u.max(|r| r.day(), day)), doc! { "$max": { "day": date } });
}

#[test]
fn json_values_are_values() {
    let value = json!({ "a": [1, null] });
    let expected = doc! { "a": [1_i64, Bson::Null] };
    assert_eq!(filter(|r| r.json().eq(&value)), doc! { "json": &expected });
    assert_eq!(set(|u| u.set(|r| r.json(), value)), doc! { "$set": { "json": &expected } });
    assert_eq!(filter(|r| r.object().key("a").eq(json!(1))), doc! { "object.a": 1_i64 });
}

#[test]
fn maps_may_be_keyed_by_numbers_and_days() {
    assert_eq!(filter(|r| r.by_number().key(5).eq("five")), doc! { "by_number.5": "five" });
    let changes = set(|u| u.set(|r| r.by_day().key(day()), 1));
    assert_eq!(changes, doc! { "$set": { "by_day.2024-02-29": 1 } });
    let by_number = BTreeMap::from([(5, "five".to_owned())]);
    let expected = doc! { "by_number": { "5": "five" } };
    assert_eq!(filter(|r| r.by_number().eq(by_number)), expected);
}

fn day() -> chrono::NaiveDate {
    chrono::NaiveDate::from_ymd_opt(2024, 2, 29).expect("a day")
}
