//! Transactions and sessions answer within their limits, also when the network swallows all.

use std::time::{Duration, Instant};

use odm::{Database, ErrorKind, Outcome, Session, Transaction, prelude::*};
use tests::{Commands, Connect, FailPoint, Lost, Proxy, Set, shared_set};

#[derive(Model, Clone, Debug, PartialEq)]
#[model(collection = "items")]
struct Item {
    #[model(id)]
    id: i64,
}

const LIMIT: Duration = Duration::from_millis(800);
/// For a machine that has much to do.
const SLACK: Duration = Duration::from_millis(400);

async fn behind_a_proxy(name: &str) -> (Database, Commands, Proxy) {
    let proxy = Proxy::before(shared_set().await.primary_member().await).await;
    let (db, commands) = Connect::to(proxy.uri()).app_name(name).database(name).await;
    Item::insert(&Item { id: 0 }).run(&db).await.unwrap();
    commands.clear();
    (db, commands, proxy)
}

async fn insert(tx: &Transaction, id: i64) -> odm::Result<()> {
    Item::insert(&Item { id }).run(tx).await.map(drop)
}

/// The error, which came in time.
async fn in_time<T: std::fmt::Debug>(work: impl Future<Output = odm::Result<T>>) -> odm::Error {
    let begun = Instant::now();
    let error = tokio::time::timeout(Duration::from_secs(20), work).await;
    let error = error.expect("an answer at all").unwrap_err();
    assert!(begun.elapsed() < LIMIT + SLACK, "{:?}: {error:?}", begun.elapsed());
    error
}

fn assert_late(error: &odm::Error, outcome: Outcome) {
    assert!(matches!(error.kind(), ErrorKind::Timeout), "{error:?}");
    assert_eq!(error.outcome(), outcome, "{error:?}");
}

/// When bytes arrive again, the session goes on, and only the first item is there.
async fn nothing_is_left(db: &Database, session: &Session, proxy: &Proxy) {
    proxy.swallow_no_more();
    proxy.cut_all();
    let found = Item::find().sort(|i| i.id().asc()).all(session);
    let found = tokio::time::timeout(Duration::from_secs(20), found).await;
    assert_eq!(found.expect("a free session").unwrap(), [Item { id: 0 }]);
    // Waits for the lock that an open transaction would hold.
    Item::insert(&Item { id: 1 }).run(db).await.unwrap();
}

#[tokio::test]
async fn a_transaction_answers_in_time_when_bytes_are_swallowed() {
    let (db, _, proxy) = behind_a_proxy("a_transaction_answers").await;
    let swallowing = &proxy;
    let run = db.transaction(|tx| async move {
        insert(&tx, 1).await?;
        swallowing.swallow_all();
        insert(&tx, 2).await
    });
    let error = in_time(run.timeout(LIMIT).into_future()).await;
    assert_late(&error, Outcome::NotApplied);
    proxy.swallow_no_more();
    proxy.cut_all();
    Item::insert(&Item { id: 1 }).run(&db).await.unwrap();
    assert_eq!(Item::find().count(&db).await.unwrap(), 2);
}

#[tokio::test]
async fn a_transaction_in_a_session_answers_in_time_and_the_session_waits_for_the_rest() {
    let (db, _, proxy) = behind_a_proxy("a_transaction_in_a_session").await;
    let session = db.start_session().timeout(LIMIT).await.unwrap();
    let swallowing = &proxy;
    let run = session.transaction(|tx| async move {
        insert(&tx, 1).await?;
        swallowing.swallow_all();
        insert(&tx, 2).await
    });
    let error = in_time(run.into_future()).await;
    assert_late(&error, Outcome::NotApplied);
    let next = in_time(Item::insert(&Item { id: 3 }).run(&session)).await;
    assert_late(&next, Outcome::NotSent);
    let next = in_time(session.start_transaction().into_future()).await;
    assert_late(&next, Outcome::NotSent);
    assert!(next.to_string().starts_with("cannot start a transaction in "), "{next}");
    nothing_is_left(&db, &session, &proxy).await;
}

/// The operation has the limit, and the transaction none.
#[tokio::test]
async fn an_error_of_the_body_does_not_wait_for_an_operation_that_is_late() {
    let (db, _, proxy) = behind_a_proxy("an_error_of_the_body").await;
    let session = db.start_session().await.unwrap();
    let swallowing = &proxy;
    let run = session.transaction(|tx| async move {
        insert(&tx, 1).await?;
        swallowing.swallow_all();
        Item::insert(&Item { id: 2 }).timeout(LIMIT).run(&tx).await.map(drop)
    });
    let error = in_time(run.into_future()).await;
    assert_late(&error, Outcome::NotApplied);
    nothing_is_left(&db, &session, &proxy).await;
}

#[derive(Debug)]
enum Refused {
    Poor,
    Database,
}

impl From<odm::Error> for Refused {
    fn from(_: odm::Error) -> Self {
        Self::Database
    }
}

#[tokio::test]
async fn an_error_of_the_bodys_own_does_not_wait_longer_for_the_abort_than_the_limit() {
    let (db, _, proxy) = behind_a_proxy("an_error_of_the_bodys_own").await;
    let session = db.start_session().await.unwrap();
    let (swallowing, begun) = (&proxy, Instant::now());
    let run = session.try_transaction(|tx| async move {
        insert(&tx, 1).await?;
        swallowing.swallow_all();
        Err::<(), _>(Refused::Poor)
    });
    let refused = run.timeout(LIMIT).await.unwrap_err();
    assert!(begun.elapsed() < LIMIT + SLACK, "{:?}", begun.elapsed());
    assert!(matches!(refused, Refused::Poor), "{refused:?}");
    nothing_is_left(&db, &session, &proxy).await;
}

#[tokio::test]
async fn an_atomic_bulk_answers_in_time_when_bytes_are_swallowed() {
    let (db, _, proxy) = behind_a_proxy("an_atomic_bulk_answers").await;
    let session = db.start_session().await.unwrap();
    let bulk = || Item::bulk().insert(&Item { id: 1 }).insert(&Item { id: 2 }).atomic();
    proxy.swallow(1, &["insert", "update", "bulkWrite"]);
    let error = in_time(bulk().timeout(LIMIT).run(&session)).await;
    assert_late(&error, Outcome::NotApplied);
    proxy.swallow(9, &["commitTransaction"]);
    let error = in_time(bulk().timeout(LIMIT).run(&db)).await;
    assert_late(&error, Outcome::Unknown);
    nothing_is_left(&db, &session, &proxy).await;
}

#[tokio::test]
async fn an_abort_answers_in_time_and_goes_on() {
    let (db, commands, proxy) = behind_a_proxy("an_abort_answers").await;
    let session = db.start_session().await.unwrap();
    let tx = session.start_transaction().timeout(LIMIT).await.unwrap();
    insert(&tx, 1).await.unwrap();
    proxy.swallow_all();
    let error = in_time(tx.abort()).await;
    assert_late(&error, Outcome::NotApplied);
    assert!(error.to_string().starts_with("cannot abort in "), "{error}");
    let ended = in_time(tx.commit()).await;
    assert!(matches!(ended.kind(), ErrorKind::Transaction(_)), "{ended:?}");
    drop(tx);
    nothing_is_left(&db, &session, &proxy).await;
    assert_eq!(commands.named("commitTransaction"), []);
}

/// The limit is no reason to call an abort late that is not.
#[tokio::test]
async fn an_abort_after_the_limit_succeeds_all_the_same() {
    let (db, commands, _proxy) = behind_a_proxy("an_abort_after_the_limit").await;
    let session = db.start_session().await.unwrap();
    let tx = session.start_transaction().timeout(Duration::from_millis(100)).await.unwrap();
    insert(&tx, 1).await.unwrap();
    tokio::time::sleep(Duration::from_millis(120)).await;
    tx.abort().await.unwrap();
    assert_eq!(commands.names(), ["insert", "abortTransaction"]);
}

#[tokio::test]
async fn a_dropped_transaction_keeps_its_session_waiting_no_longer_than_the_limit() {
    let (db, _, proxy) = behind_a_proxy("a_dropped_transaction_keeps").await;
    let session = db.start_session().timeout(LIMIT).await.unwrap();
    let tx = session.start_transaction().await.unwrap();
    insert(&tx, 1).await.unwrap();
    proxy.swallow_all();
    drop(tx);
    for _ in 0..2 {
        // It waited for the session, or was sent when the abort had given it back.
        let next = in_time(Item::find().all(&session)).await;
        assert!(matches!(next.kind(), ErrorKind::Timeout), "{next:?}");
        assert!([Outcome::NotSent, Outcome::NotApplied].contains(&next.outcome()), "{next:?}");
    }
    nothing_is_left(&db, &session, &proxy).await;
}

#[tokio::test]
async fn a_session_ends_in_time() {
    let (db, _, proxy) = behind_a_proxy("a_session_ends_in_time").await;
    let session = db.start_session().timeout(LIMIT).await.unwrap();
    proxy.swallow_all();
    assert_late(&in_time(Item::insert(&Item { id: 1 }).run(&session)).await, Outcome::Unknown);
    let error = in_time(session.end()).await;
    assert_late(&error, Outcome::NotSent);
}

#[tokio::test]
async fn a_commit_does_not_begin_after_its_limit() {
    let (db, commands, _proxy) = behind_a_proxy("a_commit_does_not_begin").await;
    let session = db.start_session().await.unwrap();
    let tx = session.start_transaction().timeout(Duration::from_millis(100)).await.unwrap();
    insert(&tx, 1).await.unwrap();
    tokio::time::sleep(Duration::from_millis(120)).await;
    let error = tx.commit().await.unwrap_err();
    assert_late(&error, Outcome::NotApplied);
    // Waits for the lock that an open transaction would hold, while a handle is left.
    Item::insert(&Item { id: 1 }).run(&db).await.unwrap();
    assert_eq!(Item::find().count(&session).await.unwrap(), 2);
    drop(tx);
    assert_eq!(commands.named("abortTransaction").len(), 1);
    assert_eq!(commands.named("commitTransaction"), []);
}

#[tokio::test]
async fn a_commit_that_is_swallowed_may_have_happened_and_is_not_repeated_later() {
    let (db, commands, proxy) = behind_a_proxy("a_commit_that_is_swallowed").await;
    let session = db.start_session().await.unwrap();
    let tx = session.start_transaction().timeout(LIMIT).await.unwrap();
    insert(&tx, 1).await.unwrap();
    proxy.swallow_all();
    // The first attempt breaks, and the second finds no server until the limit is over.
    proxy.cut(Lost::Request, 1, &["commitTransaction"]);
    let error = in_time(tx.commit()).await;
    assert_late(&error, Outcome::Unknown);
    proxy.swallow_no_more();
    proxy.cut_all();
    let again = tx.commit().await.unwrap_err();
    assert_late(&again, Outcome::Unknown);
    drop(tx);
    assert_eq!(Item::find().all(&session).await.unwrap(), [Item { id: 0 }]);
    assert_eq!(commands.named("commitTransaction").len(), 1);
}

/// A limit that is far from over says nothing else than what the server says.
#[tokio::test]
async fn a_commit_that_is_slow_is_waited_for_within_its_limit() {
    let (db, _, _proxy) = behind_a_proxy("a_commit_that_is_slow").await;
    let primary = shared_set().await.primary_member().await;
    let slow = FailPoint::fail_command(db.name(), &["commitTransaction"]);
    let slow = slow.block(Duration::from_millis(300)).times(1).on(primary).await;
    let run = db.transaction(|tx| async move { insert(&tx, 1).await });
    run.timeout(Duration::from_secs(20)).await.unwrap();
    assert_eq!(slow.off().await, 1);
}

#[tokio::test]
async fn without_a_server_a_transaction_is_refused_in_time() {
    let client = Connect::to("mongodb://127.0.0.1:1/test?replicaSet=rs0");
    let (db, _) = client.database_as_it_is("without_a_server").await;
    let session = db.start_session().timeout(LIMIT).await.unwrap();
    let error = in_time(session.start_transaction().into_future()).await;
    assert_late(&error, Outcome::NotSent);
    let run = db.transaction(|tx| async move { insert(&tx, 1).await });
    let error = in_time(run.timeout(LIMIT).into_future()).await;
    assert_late(&error, Outcome::NotSent);
}
