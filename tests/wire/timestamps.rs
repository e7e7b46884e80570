//! Times that odm keeps, in the documents that are sent.

use std::time::{Duration, SystemTime};

use odm::{
    bson::{Bson, DateTime, Document},
    prelude::*,
};

#[derive(Model, Clone, Debug, PartialEq)]
#[model(collection = "pages")]
struct Page {
    #[model(id)]
    id: i64,
    title: String,
    #[model(created_at, rename = "created")]
    created_at: DateTime,
    #[model(updated_at)]
    updated_at: DateTime,
}

/// The types of dates, with and without `Option`.
#[derive(Model, Clone, Debug)]
struct Chrono {
    #[model(id)]
    id: i64,
    #[model(created_at)]
    created_at: chrono::DateTime<chrono::Utc>,
    #[model(updated_at)]
    updated_at: Option<chrono::DateTime<chrono::Utc>>,
}

#[derive(Model, Clone, Debug)]
struct Time {
    #[model(id)]
    id: i64,
    #[model(created_at)]
    created_at: time::OffsetDateTime,
    #[model(updated_at)]
    updated_at: Option<time::OffsetDateTime>,
}

#[derive(Model, Clone, Debug)]
struct Jiff {
    #[model(id)]
    id: i64,
    #[model(created_at)]
    created_at: jiff::Timestamp,
    #[model(updated_at)]
    updated_at: Option<jiff::Timestamp>,
}

#[derive(Model, Clone, Debug)]
struct System {
    #[model(id)]
    id: i64,
    #[model(created_at)]
    created_at: SystemTime,
    #[model(updated_at, null)]
    updated_at: Option<SystemTime>,
}

#[derive(Model, Clone, Debug)]
struct Touched {
    #[model(id)]
    id: i64,
    #[model(updated_at)]
    touched: DateTime,
}

const LONG_AGO: DateTime = DateTime::from_millis(5);

fn page() -> Page {
    Page { id: 7, title: "Tea".into(), created_at: LONG_AGO, updated_at: LONG_AGO }
}

/// The time in `document` at `key`, which must be that of the call.
fn now(document: &Document, key: &str) -> DateTime {
    let now = *document.get_datetime(key).unwrap_or_else(|_| panic!("no {key} in {document}"));
    let age = DateTime::now().timestamp_millis() - now.timestamp_millis();
    assert!((0..60_000).contains(&age), "{now} is not now");
    now
}

#[test]
fn an_insert_writes_one_time_to_both() {
    let insert = Page::insert(&page()).as_document().unwrap();
    let at = now(&insert, "created");
    assert_eq!(insert, doc! { "_id": 7_i64, "title": "Tea", "created": at, "updated_at": at },);
}

#[test]
fn the_documents_of_one_insertion_share_the_time() {
    let pages = vec![page(); 100];
    let insert = Page::insert_many(&pages).as_document().unwrap();
    let documents = insert.get_array("documents").unwrap();
    let times = documents.iter().map(|page| now(page.as_document().unwrap(), "created"));
    let times: std::collections::BTreeSet<_> = times.collect();
    assert_eq!((documents.len(), times.len()), (100, 1));
}

#[test]
fn an_insert_is_fixed_when_it_is_made() {
    let insert = Page::insert(&page());
    let first = insert.as_document().unwrap();
    while DateTime::now() == *first.get_datetime("created").unwrap() {
        std::hint::spin_loop();
    }
    assert_eq!(insert.as_document().unwrap(), first);
}

#[test]
fn every_type_of_date_takes_a_fine_value_and_none() {
    let fine = SystemTime::UNIX_EPOCH + Duration::from_nanos(1_234_567);
    let (chrono, offset) = (chrono::DateTime::from(fine), time::OffsetDateTime::from(fine));
    let stamp = jiff::Timestamp::try_from(fine).unwrap();
    let inserts = [
        Chrono::insert(&Chrono { id: 1, created_at: chrono, updated_at: None }).as_document(),
        Time::insert(&Time { id: 1, created_at: offset, updated_at: None }).as_document(),
        Jiff::insert(&Jiff { id: 1, created_at: stamp, updated_at: None }).as_document(),
        System::insert(&System { id: 1, created_at: fine, updated_at: None }).as_document(),
    ];
    for insert in inserts {
        let insert = insert.unwrap();
        assert_eq!(now(&insert, "created_at"), now(&insert, "updated_at"));
        assert_eq!(insert.len(), 3, "{insert}");
    }
    let since = Chrono::fields().created_at().gte(chrono);
    assert_eq!(
        since.as_document().unwrap(),
        doc! { "created_at": { "$gte": DateTime::from_millis(1) } },
    );
}

#[test]
fn an_update_writes_the_time_of_the_update() {
    let update = Page::update().by_id(7).set(|p| p.title(), "tea").as_document().unwrap();
    let set = update.get_document("u").unwrap().get_document("$set").unwrap();
    let at = now(set, "updated_at");
    let by_hand = doc! { "$set": { "title": "tea", "updated_at": at } };
    assert_eq!(update, doc! { "q": { "_id": 7_i64 }, "u": by_hand });
}

#[test]
fn an_upsert_writes_the_time_of_the_insertion_too() {
    let upsert = Page::update().by_id(7).set(|p| p.title(), "tea").upsert();
    let upsert = upsert.as_document().unwrap();
    let operators = upsert.get_document("u").unwrap();
    let at = now(operators.get_document("$set").unwrap(), "updated_at");
    let by_hand = doc! {
        "$set": { "title": "tea", "updated_at": at }, "$setOnInsert": { "created": at },
    };
    assert_eq!(operators, &by_hand);
}

#[test]
fn each_statement_of_a_bulk_has_its_times() {
    let update = Page::update().by_id(7).set(|p| p.title(), "tea");
    let bulk = Page::bulk().insert(&page()).update_one(update.clone()).update_many(update);
    let commands = bulk.as_documents().unwrap();
    let [insert, one, many] = commands.as_slice() else { panic!("{commands:?}") };
    let first = |command: &Document, key: &str| {
        command.get_array(key).unwrap()[0].as_document().unwrap().clone()
    };
    now(&first(insert, "documents"), "created");
    for update in [first(one, "updates"), first(many, "updates")] {
        let operators = update.get_document("u").unwrap();
        now(operators.get_document("$set").unwrap(), "updated_at");
    }
}

#[test]
fn a_pipeline_has_the_times_as_literals_in_its_last_stage() {
    let stages = || Page::stages().set(|p| p.title(), "tea");
    let last = |update: Document| {
        let stages = update.get_array("u").unwrap();
        assert_eq!(stages.len(), 2);
        stages[1].as_document().unwrap().get_document("$set").unwrap().clone()
    };
    let update = last(Page::update_pipeline(stages()).by_id(7).as_document().unwrap());
    let at = now(&update, "updated_at");
    assert_eq!(update, doc! { "updated_at": at });
    let upsert = last(Page::update_pipeline(stages()).by_id(7).upsert().as_document().unwrap());
    let at = now(&upsert, "updated_at");
    assert_eq!(upsert, doc! { "updated_at": at, "created": { "$ifNull": ["$created", at] } });
}

#[test]
fn a_replacement_keeps_the_time_of_the_insertion() {
    let replace = Page::replace(&page()).as_document().unwrap();
    let Some(Bson::Document(stage)) = replace.get_array("u").unwrap().first() else {
        panic!("{replace}")
    };
    let parts = stage.get_document("$replaceWith").unwrap().get_array("$mergeObjects").unwrap();
    let kept = parts[1].as_document().unwrap();
    let at = now(kept, "updated_at");
    assert_eq!(kept, &doc! { "created": { "$ifNull": ["$created", at] }, "updated_at": at });
}

#[test]
fn a_replacement_without_a_time_of_the_insertion_is_a_plain_one() {
    let touched = Touched { id: 7, touched: LONG_AGO };
    let replace = Touched::replace(&touched).as_document().unwrap();
    let document = replace.get_document("u").unwrap();
    let at = now(document, "touched");
    assert_eq!(document, &doc! { "_id": 7_i64, "touched": at });
}

#[test]
fn an_update_that_changes_nothing_has_no_time() {
    let update = Page::update().by_id(7).set_some(|p| p.title(), None::<String>);
    let update = update.as_document().unwrap();
    assert_eq!(update.get_document("u").unwrap(), &doc! { "$set": {} });
}

#[test]
fn a_time_written_by_hand_stays() {
    let update = Page::update().by_id(7).raw(doc! { "$set": { "updated_at": LONG_AGO } });
    let update = update.as_document().unwrap();
    let by_hand = doc! { "$set": { "updated_at": LONG_AGO } };
    assert_eq!(update.get_document("u").unwrap(), &by_hand);
}
