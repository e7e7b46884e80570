//! Commits and aborts whose futures are dropped, or get their turn late.
//!
//! The runtimes here have one thread: what was begun goes on only while a test waits.

use std::time::Duration;

use futures::poll;
use odm::{Outcome, Session, Transaction, prelude::*};
use tests::{Commands, recorded};
use tokio::time::timeout;

#[derive(Model, Clone, Debug, PartialEq)]
#[model(collection = "items")]
struct Item {
    #[model(id)]
    id: i64,
}

const PATIENCE: Duration = Duration::from_secs(20);
const LIMIT: Duration = Duration::from_secs(1);

/// A transaction with one item in it, and its session.
async fn begun(name: &str, limit: Duration) -> (Session, Transaction, Commands) {
    let (db, commands) = recorded(name).await;
    Item::insert(&Item { id: 0 }).run(&db).await.unwrap();
    let session = db.start_session().await.unwrap();
    let tx = session.start_transaction().timeout(limit).await.unwrap();
    Item::insert(&Item { id: 1 }).run(&tx).await.unwrap();
    commands.clear();
    (session, tx, commands)
}

async fn is_sent(commands: &Commands, name: &str) {
    let sent = async {
        while commands.named(name).is_empty() {
            tokio::task::yield_now().await;
        }
    };
    timeout(PATIENCE, sent).await.unwrap_or_else(|_| panic!("no {name}: {:?}", commands.names()));
}

async fn count(session: &Session) -> u64 {
    let count = timeout(PATIENCE, Item::find().count(session)).await;
    count.expect("a free session").unwrap()
}

#[tokio::test]
async fn a_commit_that_is_dropped_goes_on() {
    let (session, tx, commands) = begun("a_commit_that_is_dropped", PATIENCE).await;
    assert!(poll!(Box::pin(tx.commit())).is_pending());
    is_sent(&commands, "commitTransaction").await;
    assert_eq!(count(&session).await, 2);
    tx.commit().await.unwrap();
    assert_eq!(commands.named("commitTransaction").len(), 1);
}

/// Nobody waits for it any more, who would see that the time is up.
#[tokio::test]
async fn a_commit_that_gets_its_turn_after_its_limit_does_not_begin() {
    let (session, tx, commands) = begun("a_commit_that_gets_its_turn", LIMIT).await;
    assert!(poll!(Box::pin(tx.commit())).is_pending());
    std::thread::sleep(LIMIT);
    is_sent(&commands, "abortTransaction").await;
    assert_eq!(count(&session).await, 1);
    let error = tx.commit().await.unwrap_err();
    assert_eq!(error.outcome(), Outcome::NotSent, "it has ended: {error:?}");
    assert_eq!(commands.named("commitTransaction"), []);
}

/// Its caller sees that the time is up before the commit has begun.
#[tokio::test]
async fn a_commit_that_is_late_before_it_begins_was_not_applied() {
    let (session, tx, commands) = begun("a_commit_that_is_late", LIMIT).await;
    let mut commit = Box::pin(tx.commit());
    assert!(poll!(&mut commit).is_pending());
    std::thread::sleep(LIMIT);
    let error = commit.await.unwrap_err();
    assert_eq!(error.outcome(), Outcome::NotApplied, "{error:?}");
    assert_eq!(count(&session).await, 1);
    assert_eq!(commands.named("abortTransaction").len(), 1);
    assert_eq!(commands.named("commitTransaction"), []);
}

/// From its first moment on, the transaction is in nobody's way.
#[tokio::test]
async fn an_abort_that_is_dropped_leaves_the_session_to_others() {
    let (session, tx, commands) = begun("an_abort_that_is_dropped", PATIENCE).await;
    assert!(poll!(Box::pin(tx.abort())).is_pending());
    assert_eq!(count(&session).await, 1);
    assert_eq!(commands.named("abortTransaction").len(), 1);
    drop(tx);
}
