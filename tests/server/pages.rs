//! Pages by key: every document that stays is on one page, and an index is read at the right place.

mod indexes;
mod walks;

use std::collections::BTreeSet;

use odm::{
    Database,
    bson::{Bson, Document},
    operation::{Find, Page, PageCursor},
    prelude::*,
};
use tests::database;

/// A document with a field of each kind that orders differ by.
#[derive(Model, Clone, Debug, PartialEq)]
#[model(collection = "rows")]
struct Row {
    #[model(id)]
    id: i64,
    /// Required, of one type, with few values.
    level: i32,
    /// Null, missing or text.
    city: Option<String>,
    /// With NaN.
    net: f64,
    /// Of any type.
    any: Option<Bson>,
    /// Below what may be missing.
    place: Option<Place>,
    /// Whether it is there all the time.
    stays: bool,
}

#[derive(Embedded, Clone, Debug, PartialEq)]
struct Place {
    zip: Option<i64>,
}

/// The collection, whose writes wait for the primary only: these tests have no elections.
fn stored(db: &Database) -> mongodb::Collection<Document> {
    let concern = mongodb::options::WriteConcern::nodes(1);
    let options = mongodb::options::CollectionOptions::builder().write_concern(concern).build();
    db.as_driver().collection_with_options("rows", options)
}

async fn insert(db: &Database, documents: &[Document]) {
    stored(db).insert_many(documents).await.expect("an insert");
}

fn ids(page: &Page<Row>) -> Vec<i64> {
    page.items.iter().map(|row| row.id).collect()
}

fn plain(id: i64) -> Document {
    doc! { "_id": id, "level": (id % 3) as i32, "net": 1.5, "stays": true }
}

async fn filled(name: &str, rows: i64) -> Database {
    let db = database(name).await;
    insert(&db, &(0..rows).map(plain).collect::<Vec<_>>()).await;
    db
}

#[tokio::test]
async fn next_and_previous_are_there_where_there_is_a_page() {
    let db = &filled("pages_ends", 7).await;
    let page = |cursor: Option<PageCursor>| Row::find().page(3).after(cursor).fetch(db);
    let first = page(None).await.unwrap();
    assert_eq!((ids(&first), first.previous.is_some()), (vec![0, 1, 2], false));
    let second = page(first.next.clone()).await.unwrap();
    assert_eq!((ids(&second), second.previous.is_some()), (vec![3, 4, 5], true));
    let third = page(second.next.clone()).await.unwrap();
    assert_eq!((ids(&third), third.previous.is_some(), &third.next), (vec![6], true, &None));
    let second = page(third.previous).await.unwrap();
    assert_eq!((ids(&second), second.next.is_some()), (vec![3, 4, 5], true));
    let again = page(second.previous).await.unwrap();
    assert_eq!((ids(&again), again.previous, again.next), (vec![0, 1, 2], None, first.next));

    let exact = Row::find().page(7).fetch(db).await.unwrap();
    assert_eq!((exact.items.len(), exact.next), (7, None));
}

#[tokio::test]
async fn an_empty_page_leads_back() {
    let db = &filled("pages_empty", 4).await;
    let page = |cursor: Option<PageCursor>| Row::find().page(2).after(cursor).fetch(db);
    let first = page(None).await.unwrap();
    Row::delete().filter(|r| r.id().gte(2)).many(db).await.unwrap();
    let empty = page(first.next).await.unwrap();
    assert_eq!((ids(&empty), empty.next), (vec![], None));
    let back = page(empty.previous).await.unwrap();
    assert_eq!((ids(&back), back.previous), (vec![0, 1], None));
    assert_eq!(back.next, None, "nothing is behind it now");

    insert(db, &[plain(2), plain(3)]).await;
    let second = page(page(None).await.unwrap().next).await.unwrap();
    Row::delete().filter(|r| r.id().lt(2)).many(db).await.unwrap();
    let empty = page(second.previous).await.unwrap();
    assert_eq!((ids(&empty), empty.previous), (vec![], None));
    assert_eq!(ids(&page(empty.next).await.unwrap()), [2, 3], "the document itself included");
}

#[tokio::test]
async fn pages_are_read_on_every_executor() {
    let db = &filled("pages_executors", 5).await;
    let page = |cursor: Option<PageCursor>| Row::find().page(3).after(cursor);
    let session = db.start_session().await.unwrap();
    let first = page(None).fetch(&session).await.unwrap();
    let other = db.collection_named::<Row>("others");
    Row::insert(&Row { id: 9, ..first.items[0].clone() }).run(&other).await.unwrap();
    assert_eq!(ids(&page(first.next.clone()).fetch(&other).await.unwrap()), [9]);
    let (next, row) = (first.next, first.items[0].clone());
    let in_transaction = db
        .transaction(|tx| {
            let (next, row) = (next.clone(), row.clone());
            async move {
                Row::insert(&Row { id: 5, ..row }).run(&tx).await?;
                Ok(ids(&Row::find().page(3).after(next).fetch(&tx).await?))
            }
        })
        .await;
    assert_eq!(in_transaction.unwrap(), [3, 4, 5]);
}

#[tokio::test]
async fn one_page_is_one_command() {
    let (db, commands) = tests::recorded("pages_one_command").await;
    insert(&db, &(0..300).map(plain).collect::<Vec<_>>()).await;
    commands.clear();
    let page = Row::find().page(150).fetch(&db).await.unwrap();
    Row::find().page(150).after(page.next).fetch(&db).await.unwrap();
    assert_eq!(commands.names(), ["find", "find"]);
}

/// A cursor that is not signed can be written by anybody. Its values are values.
#[tokio::test]
async fn a_value_with_operators_is_a_value() {
    let db = &database("pages_operators").await;
    let hostile = [
        doc! { "$gt": "" },
        doc! { "$ne": null },
        doc! { "$where": "true" },
        doc! { "$literal": 1 },
        doc! { "$expr": true },
    ];
    let rows = (0..).zip(hostile).map(|(id, any)| {
        let mut row = plain(id);
        row.insert("any", any);
        row
    });
    insert(db, &rows.collect::<Vec<_>>()).await;
    let query = || Row::find().sort(|r| r.any().asc());
    let mut cursor = None;
    let mut seen = Vec::new();
    loop {
        let page = query().page(1).after(cursor).fetch(db).await.unwrap();
        seen.extend(ids(&page));
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    let all = query().all(db).await.unwrap();
    assert_eq!(seen, all.iter().map(|row| row.id).collect::<Vec<_>>());
    assert_eq!(seen.iter().collect::<BTreeSet<_>>().len(), 5);
}

#[tokio::test]
async fn a_text_search_has_pages_in_an_order_of_fields() {
    let db = &filled("pages_text", 5).await;
    stored(db).update_many(doc! {}, doc! { "$set": { "city": "coffee" } }).await.unwrap();
    let index =
        doc! { "createIndexes": "rows", "indexes": [{ "key": { "city": "text" }, "name": "t" }] };
    db.as_driver().run_command(index).await.unwrap();
    let found = |cursor: Option<PageCursor>| {
        let query = Row::find().raw(doc! { "$text": { "$search": "coffee" } });
        query.sort(|r| r.level().desc()).page(2).after(cursor).fetch(db)
    };
    let first = found(None).await.unwrap();
    let second = found(first.next.clone()).await.unwrap();
    assert_eq!([ids(&first), ids(&second)], [[2, 4], [1, 3]]);
    assert!(second.next.is_some());
}
