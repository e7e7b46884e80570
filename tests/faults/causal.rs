//! Causal consistency where it is needed: on a secondary that lags behind.

use std::{sync::Arc, time::Duration};

use mongodb::options::ReadConcern;
use odm::{CausalToken, Database, ErrorKind, Outcome, prelude::*};
use tests::{Connect, OwnSet, Set, committed, only, resume_replication, stop_replication};

#[derive(Model, Clone, Debug, PartialEq)]
#[model(collection = "counters")]
struct Counter {
    #[model(id)]
    id: i64,
    version: i32,
}

/// Long enough for a secondary that has the data, too short for one that never gets it.
const PATIENCE: Duration = Duration::from_secs(1);

/// A set whose members can be told apart, a database on it, and a secondary's number.
async fn with_a_secondary(name: &str) -> (Arc<OwnSet>, Database, usize) {
    let set = OwnSet::start().await;
    set.keep_primary().await;
    set.tag_members().await;
    let secondary = set.follower().await;
    let (db, _) = Connect::to(set.uri()).app_name(name).database(name).await;
    Counter::insert(&Counter { id: 1, version: 1 })
        .write_concern(odm::options::WriteConcern::nodes(3))
        .run(&db)
        .await
        .unwrap();
    committed(set.primary_member().await).await;
    (set, db, secondary)
}

fn bump() -> odm::update::Update<Counter, odm::update::Filtered, odm::update::Operators> {
    Counter::update().filter(|c| c.id().eq(1)).inc(|c| c.version(), 1)
}

async fn version(
    executor: &impl odm::executor::Executor<Counter>,
    preference: ReadPreference,
) -> odm::Result<i32> {
    let find = Counter::find().filter(|c| c.id().eq(1)).max_time(PATIENCE);
    Ok(find.read_preference(preference).get(executor).await?.version)
}

/// C4: the read in the session waits for the write, the one beside it does not know better.
#[tokio::test]
async fn c4_a_session_reads_its_writes_from_a_secondary_that_lags() {
    let (set, db, secondary) = with_a_secondary("c4_a_session_reads_its_writes").await;
    let session = db.start_session().await.unwrap();
    assert_eq!(version(&session, only(secondary)).await.unwrap(), 1);
    let stopped = stop_replication(set.member(secondary)).await;
    bump().one(&session).await.unwrap();

    let error = version(&session, only(secondary)).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Timeout), "{error:?}");
    assert_eq!(version(&db, only(secondary)).await.unwrap(), 1, "it is stale");

    resume_replication(stopped, set.primary_member().await).await;
    assert_eq!(version(&session, only(secondary)).await.unwrap(), 2);
}

/// The same with the waiting read begun before replication goes on.
#[tokio::test]
async fn c4_a_read_that_waits_is_answered_when_replication_goes_on() {
    let (set, db, secondary) = with_a_secondary("c4_a_read_that_waits").await;
    let session = db.start_session().await.unwrap();
    let stopped = stop_replication(set.member(secondary)).await;
    bump().one(&session).await.unwrap();
    let find = Counter::find().filter(|c| c.id().eq(1)).read_preference(only(secondary));
    let mut read = Box::pin(find.get(&session));
    let early = tokio::time::timeout(Duration::from_millis(300), &mut read).await;
    assert!(early.is_err(), "the secondary cannot know yet: {early:?}");
    resume_replication(stopped, set.primary_member().await).await;
    assert_eq!(read.await.unwrap().version, 2);
}

/// C5: what was read once is not unread elsewhere.
#[tokio::test]
async fn c5_reads_never_go_back_on_another_member() {
    let (set, db, secondary) = with_a_secondary("c5_reads_never_go_back").await;
    let stopped = stop_replication(set.member(secondary)).await;
    bump().one(&db).await.unwrap();
    let session = db.start_session().await.unwrap();
    assert_eq!(version(&session, ReadPreference::primary()).await.unwrap(), 2);

    let error = version(&session, only(secondary)).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Timeout), "{error:?}");
    assert_eq!(error.outcome(), Outcome::NotApplied);
    assert_eq!(version(&db, only(secondary)).await.unwrap(), 1, "without the session it goes back");

    resume_replication(stopped, set.primary_member().await).await;
    assert_eq!(version(&session, only(secondary)).await.unwrap(), 2);
}

/// C10: a token makes the other client wait as the session itself does.
#[tokio::test]
async fn c10_a_token_makes_another_client_wait() {
    let (set, db, secondary) = with_a_secondary("c10_a_token_makes").await;
    let (elsewhere, _) = Connect::to(set.uri()).app_name("c10").database_as_it_is(db.name()).await;
    let stopped = stop_replication(set.member(secondary)).await;
    let writer = db.start_session().await.unwrap();
    bump().one(&writer).await.unwrap();
    let token: CausalToken = writer.causal_token().to_string().parse().unwrap();

    let reader = elsewhere.start_session().await.unwrap();
    assert_eq!(version(&reader, only(secondary)).await.unwrap(), 1);
    reader.advance(&token);
    let error = version(&reader, only(secondary)).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Timeout), "{error:?}");
    resume_replication(stopped, set.primary_member().await).await;
    assert_eq!(version(&reader, only(secondary)).await.unwrap(), 2);
}

/// C7: a majority read does not show what may still be rolled back.
#[tokio::test]
async fn c7_the_majority_preset_reads_only_what_stays() {
    let (set, db, secondary) = with_a_secondary("c7_the_majority_preset").await;
    let primary = set.leader().await;
    let other = (0..3).find(|&m| m != secondary && m != primary).expect("a second secondary");
    let first = stop_replication(set.member(secondary)).await;
    let second = stop_replication(set.member(other)).await;
    let one = mongodb::options::WriteConcern::nodes(1);
    bump().write_concern(one).one(&db).await.unwrap();
    let careful = db.start_session().majority().await.unwrap();
    assert_eq!(version(&careful, ReadPreference::primary()).await.unwrap(), 1);
    let local = db.with_read_concern(ReadConcern::local());
    assert_eq!(version(&local, ReadPreference::primary()).await.unwrap(), 2);
    let bumped = bump().timeout(Duration::from_millis(500)).one(&careful).await;
    let error = bumped.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Timeout), "{error:?}");
    // Both at once: one may follow the other.
    second.off().await;
    resume_replication(first, set.primary_member().await).await;
    let careful = db.start_session().majority().await.unwrap();
    assert_eq!(version(&careful, ReadPreference::primary()).await.unwrap(), 3);
}
