//! Numbers of our own beside the driver's, in one count.

use std::sync::Arc;

use odm::{Database, Session, executor::Executor, prelude::*};
use tests::{Connect, Lost, Proxy, database, fallible, shared_set};

use super::{count, count_all, fill};
use crate::writes::{Counter, counter, primary, stored};

const ROUNDS: i64 = 1_000;

/// One bulk of two commands, and two writes of the driver's.
async fn round(executor: &impl Executor<Counter>, round: i64) -> odm::Result<()> {
    let id = 1_000 + round;
    let bulk = Counter::bulk().update_one(count(0)).update_one(count(1)).insert(&counter(id, 0));
    let written = bulk.delete_one(Counter::delete().filter(|c| c.id().eq(id))).run(executor);
    let written = written.await?;
    assert_eq!((written.modified, written.inserted, written.deleted), (2, 1, 1), "round {round}");
    assert_eq!(count(2).one(executor).await?.modified, 1, "round {round}");
    let after = count(3).fetch_after(executor).await?.expect("a counter");
    assert!(after.n > 0 && after.n <= ROUNDS, "{after:?}");
    Ok(())
}

async fn assert_nothing_is_lost_or_doubled(db: &Database) {
    let expected: Vec<_> = (0..4).map(|id| counter(id, ROUNDS)).collect();
    assert_eq!(stored(db).await, expected);
}

/// A session with a number that was used behind the driver's back fails for ever, or succeeds
/// without writing.
async fn assert_sessions_still_write(db: &Database) {
    for turn in 1..=100_u32 {
        let raw = db.as_driver().collection::<odm::bson::Document>("after");
        let inserted = raw.insert_one(doc! { "_id": turn }).await;
        inserted.unwrap_or_else(|error| panic!("write {turn}: {error}"));
        assert_eq!(raw.count_documents(doc! {}).await.unwrap(), u64::from(turn));
    }
}

#[tokio::test]
async fn a_thousand_rounds_on_one_session_lose_and_double_nothing() {
    let db = database("a_thousand_rounds_on_one_session").await;
    fill(&db, 0..4).await;
    let session = db.start_session().await.unwrap();
    for turn in 0..ROUNDS {
        round(&session, turn).await.unwrap();
    }
    assert_nothing_is_lost_or_doubled(&db).await;
    session.end().await.unwrap();
    assert_sessions_still_write(&db).await;
}

#[tokio::test]
async fn a_thousand_rounds_on_a_pool_of_sessions_lose_and_double_nothing() {
    let db = database("a_thousand_rounds_on_a_pool").await;
    fill(&db, 0..4).await;
    let tasks = (0..20).map(|task| {
        let db = db.clone();
        tokio::spawn(async move {
            for turn in 0..ROUNDS / 20 {
                round(&db, task * ROUNDS + turn).await?;
            }
            Ok::<_, odm::Error>(())
        })
    });
    for task in tasks.collect::<Vec<_>>() {
        task.await.unwrap().unwrap();
    }
    assert_nothing_is_lost_or_doubled(&db).await;
    assert_sessions_still_write(&db).await;
}

/// Some sessions are the driver's own, some those of transactions, some of bulks; every twentieth
/// connection breaks.
#[tokio::test]
async fn sessions_that_break_stay_in_step() {
    let proxy = Arc::new(Proxy::before(primary().await).await);
    let (db, _) = Connect::to(proxy.uri()).database("sessions_that_break_stay_in_step").await;
    fill(&db, 0..4).await;
    let sessions: Vec<Session> = {
        let started = (0..4).map(|_| async { db.start_session().await.unwrap() });
        futures::future::join_all(started).await
    };
    for turn in 0..200 {
        if turn % 20 == 7 {
            let lost = if turn % 40 == 7 { Lost::Reply } else { Lost::Request };
            proxy.cut(lost, 1, &["update"]);
        }
        let session = &sessions[turn % sessions.len()];
        match turn % 3 {
            0 => session
                .transaction(|tx| async move { count(0).one(&tx).await.map(drop) })
                .await
                .unwrap(),
            1 => assert_eq!(count(0).one(session).await.unwrap().modified, 1),
            _ => assert_eq!(count_all(0..1).run(session).await.unwrap().modified, 1),
        }
        assert_eq!(count_all(1..4).run(session).await.unwrap().modified, 3, "round {turn}");
    }
    assert_eq!(proxy.cuts(), 10);
    let expected: Vec<_> = (0..4).map(|id| counter(id, 200)).collect();
    assert_eq!(stored(&db).await, expected);
    assert_sessions_still_write(&db).await;
}

#[tokio::test]
async fn a_client_without_retried_writes_sends_no_number() {
    let name = "a_bulk_without_retried_writes";
    let client = Connect::to(shared_set().await.uri()).app_name(name).retry_writes(false);
    let (db, commands) = client.database(name).await;
    fill(&db, 0..4).await;
    commands.clear();
    let all = Counter::update().all_documents().inc(|c| c.n(), 1);
    count_all(0..3).update_many(all).run(&db).await.unwrap();
    // With nothing to be repeated, there is no reason to keep anything apart.
    let [update] = commands.all().try_into().expect("one command");
    assert!(!update.contains_key("txnNumber"), "{update}");
    assert_eq!(update.get_array("updates").unwrap().len(), 4);
}

#[tokio::test]
async fn numbers_grow_by_one_with_each_command_of_a_bulk() {
    let (db, commands) = fallible("numbers_grow_by_one").await;
    fill(&db, 0..4).await;
    commands.clear();
    let delete = |id: i64| Counter::delete().filter(|c| c.id().eq(id));
    let bulk = Counter::bulk().update_one(count(0)).delete_one(delete(1)).insert(&counter(9, 0));
    bulk.update_one(count(2)).delete_one(delete(3)).run(&db).await.unwrap();
    let numbers = crate::writes::numbers(&commands.all());
    let first = numbers[0].expect("a number");
    let expected: Vec<_> = (0..5).map(|next| Some(first + next)).collect();
    assert_eq!(numbers, expected);
}
