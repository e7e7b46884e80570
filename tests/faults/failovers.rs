//! No double write (E7), while primaries step down, are killed, or lose their replies.
//!
//! Each update adds 1 to a counter and its own number to a list, so that what happened to it is
//! seen in the document: there once, there twice, or not there.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use futures::future::join_all;
use odm::{
    Database, Outcome,
    bson::{Bson, Document},
    options::{ReadConcern, WriteConcern},
    prelude::*,
};
use tests::{Commands, Connect, FailPoint, Faults, OwnSet, Set};

const UPDATES: i64 = 1_000;
const WRITERS: usize = 4;
const PAUSE: Duration = Duration::from_secs(2);
/// Elections take a second or two; a run that takes longer than this hangs.
const LIMIT: Duration = Duration::from_secs(90);

#[derive(Model, Clone, Debug, PartialEq)]
#[model(collection = "counters")]
struct Counter {
    #[model(id)]
    id: i64,
    n: i64,
    seen: Vec<i64>,
}

/// The updates by what was said of them; `None` for those that succeeded.
type Told = BTreeMap<i64, Option<Outcome>>;

async fn add(db: &Database, number: i64) -> Option<Outcome> {
    let update = Counter::update().filter(|c| c.id().eq(1)).inc(|c| c.n(), 1);
    let update = update.push(|c| c.seen(), number).write_concern(WriteConcern::majority());
    match update.one(db).await {
        Ok(updated) => {
            assert_eq!((updated.matched, updated.modified), (1, 1), "update {number}");
            None
        }
        Err(error) => {
            eprintln!("update {number}: {error}");
            Some(error.outcome())
        }
    }
}

async fn begin(set: &Arc<OwnSet>, name: &str, retry: bool) -> (Database, Commands) {
    let client = Connect::to(set.uri()).app_name(name).retry_writes(retry);
    let (db, commands) = client.database(name).await;
    let empty = Counter { id: 1, n: 0, seen: vec![] };
    Counter::insert(&empty).write_concern(WriteConcern::majority()).run(&db).await.unwrap();
    (db, commands)
}

/// Several writers, until there were enough updates and enough faults.
async fn write(db: &Database, faults: &Faults, enough: usize) -> Told {
    let next = AtomicI64::new(0);
    let writer = || async {
        let mut told = Vec::new();
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= UPDATES && faults.made() >= enough {
                return told;
            }
            told.push((number, add(db, number).await));
        }
    };
    let all = join_all((0..WRITERS).map(|_| writer()));
    let all = tokio::time::timeout(LIMIT, all).await.expect("an end of the updates");
    all.into_iter().flatten().collect()
}

/// What was told is what is stored.
async fn check(db: &Database, told: &Told, faults: usize) {
    let counter = Counter::find().read_concern(ReadConcern::majority()).get(db).await.unwrap();
    let mut times = BTreeMap::new();
    for number in &counter.seen {
        *times.entry(*number).or_insert(0) += 1;
    }
    for (number, outcome) in told {
        let times = times.remove(number).unwrap_or(0);
        let is_right = match outcome {
            None => times == 1,
            Some(Outcome::NotSent | Outcome::NotApplied) => times == 0,
            Some(_) => times <= 1,
        };
        assert!(is_right, "update {number} ended with {outcome:?} and was applied {times} times");
    }
    assert!(times.is_empty(), "updates that nobody made: {times:?}");
    let count = |outcome| told.values().filter(|told| **told == outcome).count() as i64;
    let (ok, unknown) = (count(None), count(Some(Outcome::Unknown)));
    let (applied, n) = (count(Some(Outcome::Applied)), counter.n);
    let others = told.len() as i64 - ok - unknown - applied;
    eprintln!(
        "{faults} faults: {ok} ok, {unknown} unknown, {applied} applied, {others} not applied, \
         value {n}"
    );
    assert_eq!(n, counter.seen.len() as i64);
    assert!(ok <= n && n <= ok + unknown + applied, "value {n}: {told:?}");
    assert!(ok >= UPDATES * 9 / 10, "too many errors: {told:?}");
}

/// How many updates were sent again with the number of their first attempt.
fn repeated(commands: &Commands) -> usize {
    let sent = commands.named("update");
    let number = |command: &Document| {
        let session = command.get("lsid").map(Bson::to_string);
        (session, command.get_i64("txnNumber").expect("a number"))
    };
    let different: BTreeSet<_> = sent.iter().map(number).collect();
    sent.len() - different.len()
}

fn errors(told: &Told) -> usize {
    told.values().flatten().count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn e7_no_update_is_lost_or_doubled_while_primaries_step_down() {
    let set = OwnSet::start().await;
    let (db, commands) = begin(&set, "e7_step_downs", true).await;
    let faults = Faults::step_downs(&set, PAUSE);
    let told = write(&db, &faults, 5).await;
    let made = faults.stop().await;
    check(&db, &told, made).await;
    assert!(repeated(&commands) > 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn e7_no_update_is_lost_or_doubled_while_primaries_are_killed() {
    let set = OwnSet::start().await;
    let (db, commands) = begin(&set, "e7_kills", true).await;
    let faults = Faults::kills(&set, PAUSE);
    let told = write(&db, &faults, 3).await;
    let made = faults.stop().await;
    check(&db, &told, made).await;
    assert!(repeated(&commands) > 0);
}

/// Without repetitions every election is seen, and so is whether the errors tell the truth.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn e7_errors_of_step_downs_tell_what_became_of_the_update() {
    let set = OwnSet::start().await;
    let (db, _) = begin(&set, "e7_step_downs_unretried", false).await;
    let faults = Faults::step_downs(&set, PAUSE);
    let told = write(&db, &faults, 4).await;
    let made = faults.stop().await;
    check(&db, &told, made).await;
    assert!(errors(&told) > 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn e7_errors_of_kills_tell_what_became_of_the_update() {
    let set = OwnSet::start().await;
    let (db, _) = begin(&set, "e7_kills_unretried", false).await;
    let faults = Faults::kills(&set, PAUSE);
    let told = write(&db, &faults, 2).await;
    let made = faults.stop().await;
    check(&db, &told, made).await;
    assert!(errors(&told) > 0);
}

#[tokio::test]
async fn e7_no_update_is_doubled_whose_reply_is_lost_after_it_was_applied() {
    let set = OwnSet::start().await;
    set.keep_primary().await;
    let client = Connect::to(set.uri()).app_name("e7_replies");
    let (db, commands) = client.database("e7_replies").await;
    Counter::insert(&Counter { id: 1, n: 0, seen: vec![] }).run(&db).await.unwrap();
    commands.clear();
    let closed = FailPoint::named("onPrimaryTransactionalWrite").data("closeConnection", true);
    let closed = closed.times(10).on(set.primary_member().await).await;
    for number in 0..20 {
        assert_eq!(add(&db, number).await, None);
    }
    assert_eq!(closed.off().await, 10);
    let counter = Counter::find().get(&db).await.unwrap();
    assert_eq!((counter.n, counter.seen), (20, (0..20).collect()));
    assert_eq!(commands.named("update").len(), 30);
    assert_eq!(commands.failed().len(), 10);
}
