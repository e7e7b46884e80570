//! A change stream and two writers under everything at once.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use mongodb::bson::doc;
use odm::{Database, Outcome, change_stream::ChangeStream, options::WriteConcern, prelude::*};
use tests::{Commands, Connect, FailPoint, OwnSet, Random, Set};

#[derive(Model, Clone, Debug, PartialEq)]
#[model(collection = "counters")]
struct Counter {
    #[model(id)]
    id: i64,
    /// Every write sets the next number.
    number: i64,
}

const SEED: u64 = 0x5eed_cafe;
const LENGTH: Duration = Duration::from_secs(60);
const PATIENCE: Duration = Duration::from_secs(90);
/// The document of the last write.
const END: i64 = -1;
/// Documents of each writer.
const DOCUMENTS: i64 = 5;

/// What a writer knows of a write.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Fate {
    Written,
    Unknown,
}

type Writes = BTreeMap<(i64, i64), Fate>;

/// Writes numbers into documents of its own, one after the other, until told to stop.
async fn write(db: Database, writer: i64, stop: Arc<AtomicBool>) -> Writes {
    let (mut number, mut writes) = (0, Writes::new());
    while !stop.load(Ordering::Acquire) {
        number += 1;
        let id = writer * DOCUMENTS + number % DOCUMENTS;
        let set = Counter::update().filter(|c| c.id().eq(id)).upsert();
        match set.set(|c| c.number(), number).one(&db).await {
            Ok(_) => drop(writes.insert((id, number), Fate::Written)),
            Err(error) if error.outcome() == Outcome::NotSent => {}
            Err(error) if error.outcome() == Outcome::NotApplied => {}
            Err(_) => drop(writes.insert((id, number), Fate::Unknown)),
        }
    }
    writes
}

/// One fault after the other, chosen by the generator, until the time is over.
async fn disturb(
    set: &OwnSet,
    commands: &Commands,
    random: &mut Random,
) -> BTreeMap<&'static str, usize> {
    let mut made = BTreeMap::new();
    let begun = Instant::now();
    while begun.elapsed() < LENGTH {
        let fault = match random.below(6) {
            0 => set.step_down().await.map(|_| "step down"),
            1 => kill(set, random.below(3) as usize).await.map(|()| "kill"),
            2 | 3 => cut(set, random).await.map(|()| "cut"),
            _ => kill_cursor(set, commands).await.map(|()| "kill cursor"),
        };
        match fault {
            Ok(fault) => *made.entry(fault).or_insert(0) += 1,
            Err(error) => eprintln!("no fault: {error}"),
        }
        tokio::time::sleep(Duration::from_millis(200 + random.below(1200))).await;
    }
    made
}

async fn kill(set: &OwnSet, member: usize) -> odm::Result<()> {
    set.kill(member).await?;
    set.primary().await?;
    set.restart(member).await
}

/// The connections of the stream break, up to three times in a row.
async fn cut(set: &OwnSet, random: &mut Random) -> odm::Result<()> {
    let fail = FailPoint::fail_command("soak", &["getMore", "aggregate"]).close_connection();
    let fail = fail.times(1 + random.below(3) as i32).on(set.primary_member().await).await;
    tokio::time::sleep(Duration::from_millis(random.below(1500))).await;
    drop(fail);
    Ok(())
}

/// The stream's cursor is killed, on whatever member it is.
async fn kill_cursor(set: &OwnSet, commands: &Commands) -> odm::Result<()> {
    let Some(get_more) = commands.named("getMore").pop() else { return Ok(()) };
    commands.clear();
    let cursor = get_more.get_i64("getMore").expect("a cursor");
    let kill = doc! { "killCursors": "counters", "cursors": [cursor], "$db": "soak" };
    for member in 0..set.members() {
        // A member that is just electing does not answer.
        drop(set.member(member).try_run(kill.clone()).await);
    }
    Ok(())
}

/// Reads until the last write, with most of the waits torn.
async fn read(mut events: ChangeStream<Counter>) -> Vec<(i64, i64)> {
    let (mut random, mut seen) = (Random(SEED ^ 1), Vec::new());
    let mut quiet = Instant::now();
    loop {
        let patience = Duration::from_micros(200 + random.below(30_000));
        let Ok(event) = tokio::time::timeout(patience, events.next()).await else {
            assert!(quiet.elapsed() < PATIENCE, "nothing came for long: {:?}", events.status());
            continue;
        };
        quiet = Instant::now();
        let (id, number) = match event.expect("no end").expect("no error") {
            ChangeEvent::Insert(event) => (event.id, event.document.number),
            ChangeEvent::Update(event) => {
                let number = event.changes.get(|c| c.number()).expect("a number");
                (event.id, number.expect("a number"))
            }
            other => panic!("{other:?}"),
        };
        if id == END {
            return seen;
        }
        seen.push((id, number));
    }
}

/// Every write is delivered, in order per document, and none twice.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_minute_of_faults_loses_and_doubles_nothing() {
    let set = OwnSet::start().await;
    let (watched, commands) = Connect::to(set.uri()).app_name("soak").database("soak").await;
    let (writer, _) = Connect::to(set.uri()).app_name("writer").database_as_it_is("soak").await;
    let writer = writer.with_write_concern(WriteConcern::majority());
    let watch = Counter::watch().max_await_time(Duration::from_millis(200));
    let reader = tokio::spawn(read(watch.stream(&watched).await.unwrap()));
    let stop = Arc::new(AtomicBool::new(false));
    let writers = [0, 1].map(|id| tokio::spawn(write(writer.clone(), id, Arc::clone(&stop))));
    let made = disturb(&set, &commands, &mut Random(SEED)).await;
    stop.store(true, Ordering::Release);
    let mut writes = Writes::new();
    for writes_of_one in writers {
        writes.extend(writes_of_one.await.unwrap());
    }
    set.primary().await.unwrap();
    let end = Counter::update().filter(|c| c.id().eq(END)).upsert().set(|c| c.number(), 0);
    end.one(&writer).await.unwrap();
    let seen = reader.await.unwrap();
    println!("faults {made:?}, {} writes, {} events", writes.len(), seen.len());
    assert!(made.values().sum::<usize>() >= 15, "{made:?}");
    as_written(&seen, &writes);
}

fn as_written(seen: &[(i64, i64)], writes: &Writes) {
    let mut last = BTreeMap::new();
    for &(id, number) in seen {
        let before = last.insert(id, number).unwrap_or(0);
        assert!(before < number, "document {id}: {number} after {before}");
    }
    let seen: BTreeSet<_> = seen.iter().copied().collect();
    for (write, fate) in writes {
        assert!(*fate == Fate::Unknown || seen.contains(write), "{write:?} is missing");
    }
    let unheard = seen.iter().find(|write| !writes.contains_key(write));
    assert_eq!(unheard, None, "an event of a write that was not made");
}
