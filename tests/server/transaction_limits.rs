//! Transactions with limits that are very long, and on servers that have none.

use std::time::Duration;

use odm::{ErrorKind, Outcome, prelude::*};
use tests::{Connect, Standalone, number, recorded};

#[derive(Model, Clone, Debug, PartialEq)]
#[model(collection = "items")]
struct Item {
    #[model(id)]
    id: i64,
}

const DAY: u64 = 24 * 60 * 60;

/// As long as can be said, longer than a clock counts, longer than the server counts.
const LONG: [Duration; 5] = [
    Duration::MAX,
    Duration::from_secs(u64::MAX),
    Duration::from_secs(i64::MAX as u64),
    Duration::from_secs(i64::MAX as u64 / 2),
    Duration::from_secs(30 * DAY),
];

#[tokio::test]
async fn a_limit_as_long_as_can_be_is_no_mistake() {
    let (db, commands) = recorded("a_limit_as_long_as").await;
    for (long, id) in LONG.into_iter().zip(0..) {
        let session = db.start_session().timeout(long).await.unwrap();
        Item::insert(&Item { id: 4 * id }).run(&session).await.unwrap();
        let run = session.transaction(|tx| async move {
            Item::insert(&Item { id: 4 * id + 1 }).run(&tx).await.map(drop)
        });
        run.await.unwrap();
        let run = db.transaction(|tx| async move {
            Item::insert(&Item { id: 4 * id + 2 }).timeout(long).run(&tx).await.map(drop)
        });
        run.timeout(long).await.unwrap();
        let tx = session.start_transaction().timeout(long).await.unwrap();
        Item::bulk().insert(&Item { id: 4 * id + 3 }).atomic().run(&tx).await.unwrap();
        tx.commit().await.unwrap();
        let tx = session.start_transaction().timeout(long).await.unwrap();
        Item::delete().all_documents().many(&tx).await.unwrap();
        tx.abort().await.unwrap();
        session.end().await.unwrap();
        assert_eq!(Item::find().count(&db).await.unwrap(), 4 * (id as u64 + 1));
    }
    let limits = commands.all();
    let limits = limits.iter().filter_map(|command| number(command, "maxTimeMS"));
    assert!(limits.into_iter().all(|limit| limit <= i64::from(i32::MAX)));
}

/// The server takes the milliseconds of a commit as a number of 32 bits, too.
#[tokio::test]
async fn a_limit_of_a_commit_is_what_the_server_can_take() {
    let (db, commands) = recorded("a_limit_of_a_commit").await;
    for (long, id) in LONG.into_iter().zip(0..) {
        let run =
            db.transaction(|tx| async move { Item::insert(&Item { id }).run(&tx).await.map(drop) });
        run.max_commit_time(long).await.unwrap();
    }
    for commit in commands.named("commitTransaction") {
        assert_eq!(number(&commit, "maxTimeMS"), Some(i64::from(i32::MAX)), "{commit}");
    }
}

/// Zero would be no limit for the server.
#[tokio::test]
async fn a_limit_of_a_commit_is_never_sent_as_none() {
    let (db, commands) = recorded("a_limit_of_a_commit_is_never").await;
    let run =
        db.transaction(|tx| async move { Item::insert(&Item { id: 1 }).run(&tx).await.map(drop) });
    drop(run.max_commit_time(Duration::from_micros(10)).await);
    let commits = commands.named("commitTransaction");
    assert_eq!(number(&commits[0], "maxTimeMS"), Some(1), "{commits:?}");
}

#[tokio::test]
async fn a_transaction_on_a_standalone_server_says_what_it_needs() {
    let server = Standalone::start().await;
    let (db, _) = Connect::to(server.uri()).database("on_a_standalone").await;
    Item::insert(&Item { id: 1 }).run(&db).await.unwrap();
    let write =
        db.transaction(|tx| async move { Item::insert(&Item { id: 2 }).run(&tx).await.map(drop) });
    let read = db.transaction(|tx| async move { Item::find().all(&tx).await.map(drop) });
    let limited = db.transaction(|tx| async move {
        Item::insert(&Item { id: 2 }).timeout(Duration::from_secs(20)).run(&tx).await.map(drop)
    });
    let bulk = Item::bulk().insert(&Item { id: 2 }).insert(&Item { id: 3 }).atomic();
    let bulk = bulk.run(&db).await.map(drop);
    for refused in [write.await, read.await, limited.await, bulk] {
        let error = refused.unwrap_err();
        let text = error.to_string();
        assert!(text.contains("transactions need a replica set"), "{text}");
        assert!(text.contains("`--replSet`") && !text.contains("retryWrites"), "{text}");
        assert_eq!(error.code(), Some(20), "{error:?}");
        assert_eq!(error.outcome(), Outcome::NotApplied, "{error:?}");
    }
    assert_eq!(Item::find().count(&db).await.unwrap(), 1);
}

/// The driver knows no server yet, and says then that there are no transactions.
#[tokio::test]
async fn without_a_server_nothing_is_said_of_replica_sets() {
    let client = Connect::to("mongodb://127.0.0.1:1/test?replicaSet=rs0").options(|options| {
        options.server_selection_timeout = Some(Duration::from_secs(1));
    });
    let (db, _) = client.database_as_it_is("without_a_server").await;
    let session = db.start_session().await.unwrap();
    for _ in 0..2 {
        let error = session.start_transaction().await.unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Unavailable(_)), "{error:?}");
        assert_eq!(error.outcome(), Outcome::NotSent);
    }
}
