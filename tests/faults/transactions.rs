//! Transactions whose commands fail (C12).

use std::sync::atomic::{AtomicU32, Ordering};

use odm::{Database, ErrorKind, Outcome, prelude::*};
use tests::{Commands, Connect, FailPoint, Member, Set, shared_set};

#[derive(Model, Clone, Debug, PartialEq)]
#[model(collection = "accounts")]
struct Account {
    #[model(id)]
    id: i64,
    balance: i64,
}

async fn with_an_account(name: &str) -> (Database, Commands, Member) {
    let (db, commands) = tests::fallible(name).await;
    Account::insert(&Account { id: 1, balance: 0 }).run(&db).await.unwrap();
    commands.clear();
    (db, commands, shared_set().await.primary_member().await)
}

/// Adds one, and counts how often the body runs.
async fn add_one(db: &Database, runs: &AtomicU32) -> odm::Result<()> {
    db.transaction(|tx| async move {
        runs.fetch_add(1, Ordering::Relaxed);
        let add = Account::update().filter(|a| a.id().eq(1)).inc(|a| a.balance(), 1);
        add.one(&tx).await.map(drop)
    })
    .await
}

async fn balance(db: &Database) -> i64 {
    Account::find().get(db).await.unwrap().balance
}

#[tokio::test]
async fn c12_a_commit_whose_connection_breaks_is_committed_once() {
    let (db, commands, primary) = with_an_account("c12_a_commit_whose").await;
    let fail = FailPoint::fail_command(db.name(), &["commitTransaction"]).close_connection();
    let fail = fail.times(1).on(primary).await;
    let runs = AtomicU32::new(0);
    add_one(&db, &runs).await.unwrap();
    assert_eq!(fail.off().await, 1);
    assert_eq!((runs.load(Ordering::Relaxed), balance(&db).await), (1, 1));
    let commits = commands.named("commitTransaction");
    assert_eq!(commits.len(), 2);
    assert_eq!(commits[0].get("txnNumber"), commits[1].get("txnNumber"));
}

/// More failures than the driver's one retry takes: the outcome is unknown, so we ask again.
#[tokio::test]
async fn c12_a_commit_of_unknown_outcome_is_sent_until_it_is_known() {
    let (db, commands, primary) = with_an_account("c12_a_commit_of_unknown").await;
    let fail = FailPoint::fail_command(db.name(), &["commitTransaction"]).close_connection();
    let fail = fail.times(4).on(primary).await;
    let runs = AtomicU32::new(0);
    add_one(&db, &runs).await.unwrap();
    assert_eq!(fail.off().await, 4);
    assert_eq!((runs.load(Ordering::Relaxed), balance(&db).await), (1, 1));
    assert_eq!(commands.named("commitTransaction").len(), 5);
}

/// By hand it is the caller who asks again.
#[tokio::test]
async fn an_unknown_commit_by_hand_can_be_repeated() {
    let (db, _, primary) = with_an_account("an_unknown_commit_by_hand").await;
    let session = db.start_session().await.unwrap();
    let tx = session.start_transaction().await.unwrap();
    let add = Account::update().filter(|a| a.id().eq(1)).inc(|a| a.balance(), 1);
    add.clone().one(&tx).await.unwrap();
    let fail = FailPoint::fail_command(db.name(), &["commitTransaction"]).close_connection();
    let fail = fail.times(2).on(primary).await;
    let error = tx.commit().await.unwrap_err();
    assert_eq!(error.outcome(), Outcome::Unknown);
    assert!(error.has_label("UnknownTransactionCommitResult"), "{error:?}");
    assert!(error.to_string().ends_with("the write may have been applied"), "{error}");
    fail.off().await;
    assert!(add.one(&tx).await.is_err(), "nothing can be added any more");
    tx.commit().await.unwrap();
    assert_eq!(balance(&db).await, 1);
}

#[tokio::test]
async fn c12_a_transient_failure_runs_the_body_again() {
    let (db, commands, primary) = with_an_account("c12_a_transient_failure").await;
    let fail = FailPoint::fail_command(db.name(), &["update"]).close_connection();
    let fail = fail.times(3).on(primary).await;
    let runs = AtomicU32::new(0);
    add_one(&db, &runs).await.unwrap();
    assert_eq!(fail.off().await, 3);
    assert_eq!((runs.load(Ordering::Relaxed), balance(&db).await), (4, 1));
    assert_eq!(commands.named("update").len(), 4);
}

/// A commit that the server has lost for certain: the whole is run again.
#[tokio::test]
async fn c12_a_commit_that_failed_for_certain_runs_the_body_again() {
    let (db, _, primary) = with_an_account("c12_a_commit_that_failed").await;
    let fail = FailPoint::fail_command(db.name(), &["commitTransaction"]);
    let fail = fail.error_code(251).error_labels(&["TransientTransactionError"]);
    let fail = fail.times(2).on(primary).await;
    let runs = AtomicU32::new(0);
    add_one(&db, &runs).await.unwrap();
    assert_eq!(fail.off().await, 2);
    assert_eq!((runs.load(Ordering::Relaxed), balance(&db).await), (3, 1));
}

#[tokio::test]
async fn c12_an_error_that_is_not_transient_is_returned_at_once() {
    let (db, _, primary) = with_an_account("c12_an_error_that_is_not").await;
    let fail = FailPoint::fail_command(db.name(), &["update"]).error_code(96);
    let fail = fail.times(1).on(primary).await;
    let runs = AtomicU32::new(0);
    let error = add_one(&db, &runs).await.unwrap_err();
    assert_eq!((error.code(), runs.load(Ordering::Relaxed)), (Some(96), 1));
    fail.off().await;
    assert_eq!(balance(&db).await, 0);
}

/// When the time is up, the last failure is the answer.
#[tokio::test]
async fn a_transaction_gives_up_when_its_time_is_up() {
    let (db, _, primary) = with_an_account("a_transaction_gives_up").await;
    let fail = FailPoint::fail_command(db.name(), &["update"]);
    let fail = fail.error_code(112).error_labels(&["TransientTransactionError"]).on(primary).await;
    let runs = AtomicU32::new(0);
    let runs = &runs;
    let begun = std::time::Instant::now();
    let error = db
        .transaction(|tx| async move {
            runs.fetch_add(1, Ordering::Relaxed);
            let add = Account::update().filter(|a| a.id().eq(1)).inc(|a| a.balance(), 1);
            add.one(&tx).await.map(drop)
        })
        .timeout(std::time::Duration::from_secs(1))
        .await
        .unwrap_err();
    fail.off().await;
    assert!(matches!(error.kind(), ErrorKind::WriteConflict | ErrorKind::Timeout), "{error:?}");
    assert!(begun.elapsed() < std::time::Duration::from_secs(5));
    let runs = runs.load(Ordering::Relaxed);
    assert!((3..200).contains(&runs), "pauses grow: {runs} runs");
    assert_eq!(balance(&db).await, 0);
}

/// The abort is sent, so that its locks are not held until the server's own limit.
#[tokio::test]
async fn an_operation_dropped_half_way_leaves_no_transaction_open() {
    let (db, commands, primary) = with_an_account("an_operation_dropped_half").await;
    let fail = FailPoint::fail_command(db.name(), &["update"]);
    let fail = fail.block(std::time::Duration::from_millis(300)).times(1).on(primary).await;
    let error = db
        .transaction(|tx| async move {
            let add = Account::update().filter(|a| a.id().eq(1)).inc(|a| a.balance(), 1);
            let limit = std::time::Duration::from_millis(50);
            let add = tokio::time::timeout(limit, add.one(&tx)).await;
            assert!(add.is_err(), "the fail point holds it back");
            Ok(())
        })
        .await
        .unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Transaction(_)), "{error:?}");
    fail.off().await;
    assert_eq!(commands.names(), ["update", "abortTransaction"]);
    assert_eq!(balance(&db).await, 0);
}

/// Retryable writes or not: commits are always retried.
#[tokio::test]
async fn a_commit_is_retried_without_retryable_writes_too() {
    let name = "a_commit_is_retried";
    let set = shared_set().await;
    let connect = Connect::to(set.uri()).app_name(name).retry_writes(false);
    let (db, commands) = connect.database(name).await;
    Account::insert(&Account { id: 1, balance: 0 }).run(&db).await.unwrap();
    let fail = FailPoint::fail_command(name, &["commitTransaction"]).close_connection();
    let fail = fail.times(1).on(set.primary_member().await).await;
    add_one(&db, &AtomicU32::new(0)).await.unwrap();
    fail.off().await;
    assert_eq!((commands.named("commitTransaction").len(), balance(&db).await), (2, 1));
}
