//! Futures that are dropped at any moment.

use std::{collections::BTreeSet, time::Duration};

use futures::future::{Either, select};
use mongodb::bson::doc;
use odm::{Database, Session, prelude::*};
use tests::{Commands, Connect, Member, OwnSet, Random, Set, number};

use super::change_streams::cursors;

#[derive(Model, Clone, Debug, PartialEq)]
#[model(collection = "items")]
struct Item {
    #[model(id)]
    id: i64,
}

#[derive(Model, Clone, Debug, PartialEq)]
#[model(collection = "halves")]
struct Half {
    #[model(id)]
    id: i64,
    round: i64,
}

/// Moments to drop a future at.
struct Moments(Random);

impl Moments {
    /// The future's result, unless it is dropped before: after some turns of the scheduler, or
    /// after some milliseconds.
    async fn cut<T>(&mut self, future: impl Future<Output = T>) -> Option<T> {
        let (turns, millis) = match self.0.below(3) {
            0 => (self.0.below(20), 0),
            1 => (self.0.below(400), 0),
            _ => (0, self.0.below(6)),
        };
        let moment = std::pin::pin!(async {
            for _ in 0..turns {
                tokio::task::yield_now().await;
            }
            if millis > 0 {
                tokio::time::sleep(Duration::from_millis(millis)).await;
            }
        });
        match select(std::pin::pin!(future), moment).await {
            Either::Left((done, _)) => Some(done),
            Either::Right(_) => None,
        }
    }
}

#[derive(Model, Clone, Debug, PartialEq)]
#[model(collection = "counters")]
struct Counter {
    #[model(id)]
    id: i64,
    round: i64,
    n: i32,
}

const ITEMS: i64 = 60;
/// Counters of each round.
const COUNTERS: i64 = 20;

/// Reads all items in a session, with most of the waits torn.
async fn read_all(session: &Session, random: &mut Moments) -> usize {
    let mut torn = 0;
    let find = Item::find().sort(|i| i.id().asc()).batch_size(7);
    let mut stream = find.stream(session).await.expect("a stream");
    let mut read = Vec::new();
    loop {
        match random.cut(stream.next()).await {
            Some(Some(item)) => read.push(item.expect("an item").id),
            Some(None) => break,
            None => torn += 1,
        }
    }
    assert_eq!(read, (0..ITEMS).collect::<Vec<_>>());
    torn
}

/// Writes two halves in one transaction, which may be dropped at any moment.
async fn write_both(db: &Database, round: i64, random: &mut Moments) -> Option<odm::Result<()>> {
    let run = db.transaction(|tx| async move {
        Half::insert(&Half { id: 2 * round, round }).run(&tx).await?;
        Half::insert(&Half { id: 2 * round + 1, round }).run(&tx).await?;
        Ok(())
    });
    random.cut(run.into_future()).await
}

/// Writes two halves, of which the first insert may be torn; the body does not care.
async fn write_carelessly(db: &Database, round: i64, seed: u64) -> odm::Result<()> {
    db.transaction(|tx| async move {
        let mut random = Moments(Random(seed));
        let first = Half::insert(&Half { id: 2 * round, round });
        if let Some(first) = random.cut(first.run(&tx)).await {
            first?;
        }
        Half::insert(&Half { id: 2 * round + 1, round }).run(&tx).await.map(drop)
    })
    .await
}

/// Adds one to each counter of a round, in a bulk that may be dropped at any moment.
async fn count_up(db: &Database, round: i64, random: &mut Moments) -> Option<bool> {
    let ids = round * COUNTERS..(round + 1) * COUNTERS;
    let counters: Vec<_> = ids.clone().map(|id| Counter { id, round, n: 0 }).collect();
    Counter::insert_many(&counters).run(db).await.expect("an insert");
    let mut bulk = Counter::bulk();
    for id in ids {
        bulk = bulk.update_one(Counter::update().filter(|c| c.id().eq(id)).inc(|c| c.n(), 1));
    }
    let session = db.start_session().await.expect("a session");
    let done = match random.0.below(3) {
        0 => random.cut(bulk.run(db)).await,
        1 => random.cut(bulk.run(&session)).await,
        _ => random.cut(bulk.atomic().run(&session)).await,
    };
    done.map(|done| done.expect("no error").modified == COUNTERS as u64)
}

/// How many transactions are open on the server.
async fn transactions(primary: Member) -> i64 {
    let status = primary.run(doc! { "serverStatus": 1 }).await;
    let transactions = status.get_document("transactions").unwrap();
    number(transactions, "currentOpen").expect("a number")
}

fn sessions(commands: &Commands) -> usize {
    let ids = commands.all().into_iter().filter_map(|command| command.get("lsid").cloned());
    ids.map(|id| id.to_string()).collect::<BTreeSet<_>>().len()
}

/// 500 cancellations: nothing is lost, nothing half done, nothing left open.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn five_hundred_cancellations_lose_nothing() {
    let set = OwnSet::start().await;
    set.keep_primary().await;
    let (db, commands) = Connect::to(set.uri()).app_name("cancellations").database("cuts").await;
    Item::insert_many(&(0..ITEMS).map(|id| Item { id }).collect::<Vec<_>>())
        .run(&db)
        .await
        .unwrap();
    Half::insert(&Half { id: -1, round: -1 }).run(&db).await.unwrap();
    let before = transactions(set.primary_member().await).await;
    let (mut random, mut cuts, mut round) = (Moments(Random(0x5eed_0001)), 0, 0);
    let (mut committed, mut counted) = (BTreeSet::new(), BTreeSet::new());
    while cuts < 500 {
        round += 1;
        let session = db.start_session().await.unwrap();
        cuts += read_all(&session, &mut random).await;
        match write_both(&db, 2 * round, &mut random).await {
            Some(done) => drop((done.unwrap(), committed.insert(2 * round))),
            None => cuts += 1,
        }
        match count_up(&db, round, &mut random).await {
            Some(all) => drop((assert!(all), counted.insert(round))),
            None => cuts += 1,
        }
        match write_carelessly(&db, 2 * round + 1, random.0.below(u64::MAX) | 1).await {
            Ok(()) => drop(committed.insert(2 * round + 1)),
            Err(error) => {
                assert!(matches!(error.kind(), ErrorKind::Transaction(_)), "{error:?}");
                cuts += 1;
            }
        }
    }
    nothing_is_open(set.primary_member().await, &db, before).await;
    halves_are_whole(&db, &committed).await;
    counters_are_right(&db, &counted).await;
    let sessions = sessions(&commands);
    assert!(sessions < 40, "{sessions} sessions for {round} rounds: they are used again");
}

/// Each round wrote both halves or none; those that were acknowledged wrote both.
async fn halves_are_whole(db: &Database, committed: &BTreeSet<i64>) {
    let halves = Half::find().filter(|h| h.round().gte(0)).all(db).await.unwrap();
    let mut counts = std::collections::BTreeMap::new();
    for half in halves {
        *counts.entry(half.round).or_insert(0) += 1;
    }
    assert!(counts.values().all(|&count| count == 2), "{counts:?}");
    assert!(committed.iter().all(|round| counts.contains_key(round)));
}

/// No counter was counted twice, and those of a bulk that was acknowledged were counted.
async fn counters_are_right(db: &Database, counted: &BTreeSet<i64>) {
    let counters = Counter::find().all(db).await.unwrap();
    assert!(counters.len() >= 5 * COUNTERS as usize, "{} counters", counters.len());
    for counter in counters {
        let least = i32::from(counted.contains(&counter.round));
        assert!((least..=1).contains(&counter.n), "{counter:?}");
    }
}

/// No cursor is open, and as many transactions as before. Cursors are closed, and transactions
/// aborted, in the background; so we ask until they are, or until patience ends.
async fn nothing_is_open(primary: Member, db: &Database, before: i64) {
    cursors::nothing_is_open(primary, db.name()).await;
    let as_before = async {
        while transactions(primary).await != before {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let limit = tokio::time::timeout(Duration::from_secs(20), as_before);
    assert!(limit.await.is_ok(), "{before} before, {} after", transactions(primary).await);
}
