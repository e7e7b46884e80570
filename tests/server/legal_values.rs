//! Values of many types: stored, found and read back.

use std::{collections::BTreeMap, marker::PhantomData, num::NonZero, path::PathBuf};

use odm::{bson::Document, prelude::*};
use serde_json::json;
use tests::database;

#[derive(Model, Clone, Debug, PartialEq)]
#[model(collection = "rows")]
struct Row {
    #[model(id)]
    id: i64,
    tags: Vec<String>,
    json: serde_json::Value,
    count: NonZero<u32>,
    file: PathBuf,
    wide: i128,
    wait: chrono::TimeDelta,
    by_number: BTreeMap<u32, String>,
    by_day: BTreeMap<chrono::NaiveDate, i32>,
    nothing: PhantomData<String>,
    #[model(flatten)]
    rest: Document,
}

fn row() -> Row {
    let day = chrono::NaiveDate::from_ymd_opt(2024, 2, 29).expect("a day");
    Row {
        id: 1,
        tags: vec!["a".into()],
        json: json!({ "a": [1, null, { "b": 1.5 }] }),
        count: NonZero::<u32>::MAX,
        file: "/tmp/a".into(),
        wide: 10_i128.pow(34) - 1,
        wait: chrono::TimeDelta::milliseconds(-1500),
        by_number: BTreeMap::from([(9, "nine".into()), (10, "ten".into())]),
        by_day: BTreeMap::from([(day, 1)]),
        nothing: PhantomData,
        rest: doc! { "more": [1, { "x": 2_i64 }], "last": "z" },
    }
}

#[tokio::test]
async fn a_row_of_all_of_them_is_read_back() {
    let db = database("a_row_of_all_of_them_is_read_back").await;
    Row::insert(&row()).run(&db).await.expect("an insert");
    let found = Row::find()
        .filter(|r| r.json().eq(row().json) & r.wide().gt(5) & r.by_number().eq(row().by_number))
        .filter(|r| r.wait().eq(row().wait) & r.tags().eq(vec!["a"]) & r.file().eq("/tmp/a"))
        .all(&db)
        .await
        .expect("a find");
    assert_eq!(found, [row()]);
    let replaced = Row::replace(&found[0]).run(&db).await.expect("a replace");
    assert_eq!((replaced.matched, replaced.modified), (1, 0));
}

#[tokio::test]
async fn entries_under_numbers_and_days_are_written() {
    let db = database("entries_under_numbers_and_days_are_written").await;
    let day = chrono::NaiveDate::from_ymd_opt(2024, 2, 29).expect("a day");
    Row::insert(&row()).run(&db).await.expect("an insert");
    let after = Row::update()
        .filter(|r| r.by_number().key(9).eq("nine") & r.by_day().key(day).eq(1))
        .set(|r| r.by_number().key(11), "eleven")
        .inc(|r| r.by_day().key(day), 1)
        .unset(|r| r.by_number().key(9))
        .inc(|r| r.wide(), -1)
        .fetch_after(&db)
        .await
        .expect("an update")
        .expect("a row");
    assert_eq!(after.by_number, BTreeMap::from([(10, "ten".into()), (11, "eleven".into())]));
    assert_eq!(after.by_day.into_values().collect::<Vec<_>>(), [2]);
    assert_eq!(after.wide, 10_i128.pow(34) - 2);
}
