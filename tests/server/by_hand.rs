//! Commands and aggregations written by hand, and the driver's own actions, in a session and in a
//! transaction.

use std::time::Duration;

use odm::{Database, ErrorKind, bson::Document, error::TransactionFailure, prelude::*};
use tests::{database, recorded};

#[derive(Model, Clone, Debug, PartialEq)]
#[model(collection = "items")]
struct Item {
    #[model(id)]
    id: i64,
    n: i32,
}

fn item(id: i64) -> Item {
    Item { id, n: 1 }
}

/// With two items.
async fn filled(name: &str) -> Database {
    let db = database(name).await;
    Item::insert_many(&[item(1), item(2)]).run(&db).await.unwrap();
    db
}

fn insert(id: i64) -> Document {
    doc! { "insert": "items", "documents": [{ "_id": id, "n": 1 }] }
}

fn sum() -> [Document; 1] {
    [doc! { "$group": { "_id": null, "sum": { "$sum": "$n" } } }]
}

#[tokio::test]
async fn everything_by_hand_is_part_of_the_transaction() {
    let db = filled("everything_by_hand").await;
    let tx = db.start_session().await.unwrap().start_transaction().await.unwrap();
    let reply = tx.run_command(insert(3)).await.unwrap();
    assert_eq!(reply.get_i32("n").unwrap(), 1);
    let items = db.as_driver().collection::<Document>("items");
    let inserted = tx.with_driver(move |session| {
        Box::pin(async move {
            items.insert_one(doc! { "_id": 4_i64, "n": 1 }).session(&mut *session).await?;
            items.count_documents(doc! {}).session(session).await
        })
    });
    assert_eq!(inserted.await.unwrap(), 4);
    Item::insert(&item(5)).run(&tx).await.unwrap();
    let sums = tx.aggregate_raw("items", sum()).await.unwrap();
    assert_eq!(sums[0].get_i32("sum").unwrap(), 5);
    assert_eq!(Item::find().count(&db).await.unwrap(), 2);
    tx.abort().await.unwrap();
    assert_eq!(Item::find().all(&db).await.unwrap(), [item(1), item(2)]);
}

#[tokio::test]
async fn everything_by_hand_is_committed_together() {
    let db = filled("everything_by_hand_is_committed").await;
    let written = db.transaction(|tx| async move {
        tx.run_command(insert(3)).await?;
        Item::update().by_id(1).set(|i| i.n(), 7).one(&tx).await?;
        tx.aggregate_raw("items", sum()).await
    });
    assert_eq!(written.await.unwrap()[0].get_i32("sum").unwrap(), 9);
    assert_eq!(Item::find().count(&db).await.unwrap(), 3);
}

#[tokio::test]
async fn everything_by_hand_runs_in_the_session() {
    let (db, commands) = recorded("everything_by_hand_in_the_session").await;
    let session = db.start_session().await.unwrap();
    session.run_command(insert(1)).await.unwrap();
    session.aggregate_raw("items", sum()).await.unwrap();
    let items = db.as_driver().collection::<Document>("items");
    let found = session.with_driver(move |session| {
        Box::pin(async move { items.find_one(doc! {}).session(session).await })
    });
    assert_eq!(found.await.unwrap(), Some(doc! { "_id": 1_i64, "n": 1 }));
    Item::find().all(&session).await.unwrap();
    let sessions = commands.all().into_iter().map(|command| command.get("lsid").cloned());
    let mut sessions: Vec<_> = sessions.collect();
    assert_eq!(sessions.len(), 4);
    sessions.dedup();
    assert!(matches!(sessions[..], [Some(_)]), "{sessions:?}");
}

#[tokio::test]
async fn a_command_that_fails_ends_the_transaction() {
    let db = filled("a_command_that_fails").await;
    let tx = db.start_session().await.unwrap().start_transaction().await.unwrap();
    tx.run_command(insert(3)).await.unwrap();
    let stages = [doc! { "$project": { "n": { "$divide": ["$n", "a"] } } }];
    let error = tx.aggregate_raw("items", stages).await.unwrap_err();
    let text = "cannot aggregate in a_command_that_fails.items: ";
    assert!(error.to_string().starts_with(text), "{error}");
    let error = tx.commit().await.unwrap_err();
    let ErrorKind::Transaction(TransactionFailure::Failed { .. }) = error.kind() else {
        panic!("{error:?}");
    };
    assert_eq!(Item::find().count(&db).await.unwrap(), 2);
}

#[tokio::test]
async fn a_dropped_call_of_the_driver_ends_first_and_dooms_its_transaction() {
    let db = filled("a_dropped_call_of_the_driver").await;
    let tx = db.start_session().await.unwrap().start_transaction().await.unwrap();
    let (began, begun) = tokio::sync::oneshot::channel();
    let (go, gone) = tokio::sync::oneshot::channel::<()>();
    let database = db.as_driver().clone();
    let call = tx.with_driver(move |session| {
        Box::pin(async move {
            began.send(()).expect("a receiver");
            gone.await.expect("a word");
            database.run_command(insert(3)).session(session).await
        })
    });
    let waited = tokio::time::timeout(Duration::from_millis(200), call).await;
    assert!(waited.is_err());
    begun.await.expect("the call has begun");
    // The session is held until the call is done: nobody runs in the middle of it.
    let next = Item::find().count(&tx);
    assert!(tokio::time::timeout(Duration::from_millis(200), next).await.is_err());
    go.send(()).expect("the call goes on");
    let error = tx.commit().await.unwrap_err();
    let ErrorKind::Transaction(TransactionFailure::Unfinished { operation }) = error.kind() else {
        panic!("{error:?}");
    };
    assert_eq!(operation, "call the driver on a_dropped_call_of_the_driver.$cmd");
    assert_eq!(Item::find().count(&db).await.unwrap(), 2);
}
