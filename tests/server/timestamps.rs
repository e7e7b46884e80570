//! Times that odm keeps, against the real server.

use std::time::SystemTime;

use chrono::{DateTime, TimeDelta, Utc};
use odm::{Database, prelude::*};
use tests::database;

#[derive(Model, Clone, Debug, PartialEq)]
#[model(collection = "pages")]
struct Page {
    #[model(id)]
    id: i64,
    title: String,
    #[model(created_at)]
    created_at: DateTime<Utc>,
    #[model(updated_at)]
    updated_at: Option<DateTime<Utc>>,
}

fn now() -> DateTime<Utc> {
    SystemTime::now().into()
}

fn page(id: i64) -> Page {
    Page { id, title: "Tea".into(), created_at: DateTime::UNIX_EPOCH, updated_at: None }
}

async fn stored(db: &Database, id: i64) -> Page {
    Page::find_by_id(id).get(db).await.expect("the page")
}

/// A time that the test can tell from now.
async fn age(db: &Database) -> DateTime<Utc> {
    let past = now() - TimeDelta::hours(1);
    let past = DateTime::from_timestamp_millis(past.timestamp_millis()).expect("a time");
    let stored = odm::bson::DateTime::from_millis(past.timestamp_millis());
    let times = doc! { "created_at": stored, "updated_at": stored };
    Page::update().all_documents().raw(doc! { "$set": times }).many(db).await.expect("an update");
    past
}

fn is_now(time: Option<DateTime<Utc>>) -> bool {
    let age = now() - time.expect("a time");
    (TimeDelta::zero()..TimeDelta::minutes(5)).contains(&age)
}

#[tokio::test]
async fn an_insert_has_both_times_and_the_value_stays() {
    let db = database("timestamps_insert").await;
    Page::insert(&page(1)).run(&db).await.unwrap();
    Page::insert_many(&[page(2), page(3)]).run(&db).await.unwrap();
    Page::bulk().insert(&page(4)).run(&db).await.unwrap();
    for id in 1..=4 {
        let page = stored(&db, id).await;
        assert!(is_now(page.updated_at), "{page:?}");
        assert_eq!(Some(page.created_at), page.updated_at);
    }
}

#[tokio::test]
async fn updates_keep_the_first_time_and_write_the_last_one() {
    let db = database("timestamps_updates").await;
    Page::insert(&page(1)).run(&db).await.unwrap();
    let title = || Page::update().by_id(1).set(|p| p.title(), "tea");
    let stages = || Page::update_pipeline(Page::stages().set(|p| p.title(), "tea")).by_id(1);
    for write in 0..9 {
        let past = age(&db).await;
        assert_eq!(stored(&db, 1).await.updated_at, Some(past));
        match write {
            0 => title().one(&db).await.map(drop),
            1 => title().many(&db).await.map(drop),
            2 => title().fetch_before(&db).await.map(drop),
            3 => title().upsert().one(&db).await.map(drop),
            4 => stages().one(&db).await.map(drop),
            5 => stages().upsert().fetch_after(&db).await.map(drop),
            6 => Page::bulk().update_one(title()).run(&db).await.map(drop),
            7 => Page::replace(&page(1)).run(&db).await.map(drop),
            _ => Page::bulk().replace(&page(1)).run(&db).await.map(drop),
        }
        .unwrap();
        let page = stored(&db, 1).await;
        assert_eq!(page.created_at, past, "{write}");
        assert!(is_now(page.updated_at), "{write}: {page:?}");
    }
}

#[tokio::test]
async fn an_upsert_that_inserts_has_both_times() {
    let db = database("timestamps_upserts").await;
    let title = |id| Page::update().by_id(id).set(|p| p.title(), "tea").upsert();
    title(1).one(&db).await.unwrap();
    Page::bulk().update_one(title(2)).run(&db).await.unwrap();
    let stages = Page::stages().set(|p| p.title(), "tea");
    Page::update_pipeline(stages).by_id(3).upsert().one(&db).await.unwrap();
    Page::replace(&page(4)).upsert().run(&db).await.unwrap();
    for id in 1..=4 {
        let page = stored(&db, id).await;
        assert!(is_now(page.updated_at), "{page:?}");
        assert_eq!(Some(page.created_at), page.updated_at, "{id}");
    }
}

#[tokio::test]
async fn a_patch_without_a_value_leaves_the_time() {
    let db = database("timestamps_patch").await;
    Page::insert(&page(1)).run(&db).await.unwrap();
    let past = age(&db).await;
    let nothing = Page::update().by_id(1).set_some(|p| p.title(), None::<String>);
    assert_eq!(nothing.one(&db).await.unwrap().matched, 1);
    assert_eq!(stored(&db, 1).await.updated_at, Some(past));
}
