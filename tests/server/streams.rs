//! Streaming cursors.

use futures::{StreamExt, TryStreamExt};
use odm::{ErrorKind, prelude::*};
use tests::{database, recorded};

#[derive(Model, Clone, Debug, PartialEq)]
#[model(collection = "items")]
struct Item {
    #[model(id)]
    id: i64,
    qty: i32,
}

async fn insert(db: &odm::Database, count: i64) {
    let items: Vec<_> = (0..count).map(|id| Item { id, qty: 1 }).collect();
    Item::insert_many(&items).run(db).await.expect("an insert");
}

#[tokio::test]
async fn a_stream_gives_every_document_in_order() {
    let (db, commands) = recorded("a_stream_gives_every_document_in_order").await;
    insert(&db, 1000).await;
    commands.clear();
    let stream = Item::find().sort(|i| i.id().asc()).batch_size(64).stream(&db).await.unwrap();
    let ids: Vec<i64> = stream.map_ok(|item| item.id).try_collect().await.unwrap();
    assert_eq!(ids, (0..1000).collect::<Vec<_>>());
    assert_eq!(commands.names().len(), 1 + (1000 - 64_usize).div_ceil(64));
}

#[tokio::test]
async fn a_poll_that_is_dropped_loses_nothing() {
    let db = database("a_poll_that_is_dropped_loses_nothing").await;
    insert(&db, 300).await;
    let mut stream = Item::find().sort(|i| i.id().asc()).batch_size(2).stream(&db).await.unwrap();
    let mut ids = Vec::new();
    let mut dropped = 0;
    while ids.len() < 300 {
        // Polled once and dropped: most batches are not there yet.
        match futures::poll!(stream.next()) {
            std::task::Poll::Ready(item) => ids.push(item.unwrap().unwrap().id),
            std::task::Poll::Pending => {
                dropped += 1;
                tokio::task::yield_now().await;
            }
        }
    }
    assert_eq!(ids, (0..300).collect::<Vec<_>>());
    assert!(dropped > 100, "only {dropped} polls were dropped");
    assert!(stream.next().await.is_none());
}

#[tokio::test]
async fn a_document_of_another_shape_is_one_error_and_the_stream_goes_on() {
    let db = database("a_document_of_another_shape").await;
    insert(&db, 2).await;
    let raw = db.as_driver().collection("items");
    raw.insert_one(doc! { "_id": 5_i64, "qty": "many" }).await.unwrap();
    raw.insert_one(doc! { "_id": 6_i64, "qty": 1 }).await.unwrap();
    let stream = Item::find().sort(|i| i.id().asc()).stream(&db).await.unwrap();
    let results: Vec<_> = stream.collect().await;
    assert_eq!(results.len(), 4);
    let error = results[2].as_ref().unwrap_err();
    assert_eq!(
        error.to_string(),
        "cannot decode document 5 of a_document_of_another_shape.items: qty: expected int32, found \
         string"
    );
    let ErrorKind::Decode(failure) = error.kind() else { panic!("{error:?}") };
    assert_eq!(failure.path, "qty");
    assert_eq!(results[3].as_ref().unwrap().id, 6);
}

#[tokio::test]
async fn all_tells_which_document_does_not_decode() {
    let db = database("all_tells_which_document").await;
    let raw = db.as_driver().collection("items");
    raw.insert_one(doc! { "_id": 5_i64 }).await.unwrap();
    let error = Item::find().all(&db).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "cannot decode document 5 of all_tells_which_document.items: qty: the field is missing"
    );
}
