//! An index on the keys and `_id` is read at the right place, however far the page is.

use super::*;

const ROWS: i64 = 6_000;
/// Documents of a page, and the keys that may be read besides.
const SIZE: u32 = 20;
const MORE: i64 = 5;

/// Cities of three hundred rows each, a fifth of the rows without; a level for a third.
async fn filled(name: &str, keys: &[Document]) -> Database {
    let db = database(name).await;
    let rows = (0..ROWS).map(|at| {
        let id = at * 7_919 % ROWS;
        let mut row = doc! {
            "_id": id, "level": (at % 3) as i32, "net": (at % 7) as f64, "stays": true,
        };
        match at % 5 {
            0 => {}
            _ => drop(row.insert("city", format!("city {:02}", at % 20))),
        }
        row.insert("place", doc! { "zip": at });
        row
    });
    insert(&db, &rows.collect::<Vec<_>>()).await;
    for (at, key) in keys.iter().enumerate() {
        let index = doc! { "key": key, "name": format!("index {at}") };
        let command = doc! { "createIndexes": "rows", "indexes": [index] };
        db.as_driver().run_command(command).await.expect("an index");
    }
    db
}

/// How many keys and documents the server reads for the page.
async fn examined(db: &Database, page: &odm::operation::FindPage<Row>) -> (i64, i64) {
    let mut find = page.as_document().expect("a valid page");
    find.remove("batchSize");
    let explain = doc! { "explain": find, "verbosity": "executionStats" };
    let explained = db.as_driver().run_command(explain).await.expect("an explanation");
    let stats = explained.get_document("executionStats").expect("figures");
    let figure = |name| tests::number(stats, name).expect("a number");
    assert_eq!(figure("nReturned"), i64::from(SIZE) + 1);
    (figure("totalKeysExamined"), figure("totalDocsExamined"))
}

/// Page 100 and the page before it read few keys, and fetch what the page has.
async fn check(db: &Database, query: impl Fn() -> Find<Row>) {
    let near = query().page(SIZE * 99).fetch(db).await.expect("a large page");
    let hundredth = query().page(SIZE).after(near.next);
    let page = hundredth.clone().fetch(db).await.expect("a page");
    let back = query().page(SIZE).after(page.previous);
    for page in [hundredth, back] {
        let (keys, documents) = examined(db, &page).await;
        assert!(keys <= i64::from(SIZE) + MORE, "{keys} keys and {documents} documents: {page:?}");
    }
}

#[tokio::test]
async fn of_one_field_with_values_that_are_there_once() {
    let db = &filled("pages_index_once", &[doc! { "place.zip": 1, "_id": 1 }]).await;
    check(db, || Row::find().sort(|r| r.place().zip().asc())).await;
    check(db, || Row::find().sort(|r| r.place().zip().desc())).await;
    check(db, Row::find).await;
}

#[tokio::test]
async fn of_one_field_with_few_values() {
    let db = &filled("pages_index_few", &[doc! { "level": 1, "_id": 1 }]).await;
    check(db, || Row::find().sort(|r| r.level().asc())).await;
    check(db, || Row::find().sort(|r| r.level().desc())).await;
}

#[tokio::test]
async fn of_a_field_that_may_be_null_and_of_one_with_nan() {
    let keys = [doc! { "city": 1, "_id": 1 }, doc! { "net": 1, "_id": 1 }];
    let db = &filled("pages_index_null", &keys).await;
    check(db, || Row::find().sort(|r| r.city().asc())).await;
    check(db, || Row::find().sort(|r| r.city().desc())).await;
    check(db, || Row::find().sort(|r| r.net().asc())).await;
    check(db, || Row::find().sort(|r| r.net().desc())).await;
}

#[tokio::test]
async fn of_several_fields_behind_what_the_filter_compares() {
    let keys = [
        doc! { "level": 1, "city": -1, "_id": 1 },
        doc! { "stays": 1, "level": 1, "city": -1, "_id": 1 },
        doc! { "city": 1 },
    ];
    let db = &filled("pages_index_several", &keys).await;
    let query = || Row::find().sort(|r| r.level().asc().then(r.city().desc()).then(r.id().asc()));
    check(db, query).await;
    check(db, || query().filter(|r| r.stays().eq(true))).await;
}
