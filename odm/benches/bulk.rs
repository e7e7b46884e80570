//! What a bulk costs beside the same by hand: `cargo bench -p odm --bench bulk`.
//!
//! 10,000 updates with an array filter each, on a replica set of one: our bulk, one `update`
//! command made with `doc!`, the driver's single updates (1,000, scaled), and PyMongo's
//! `bulk_write` if it can be installed. Building is counted. Prints ratios of one run: all sides
//! take turns, in no fixed order. Client CPU is the time of the client's process on all cores.
//!
//! A command that can be repeated has a number, and the server writes down for each of its
//! statements that it is done. So the comparison by hand is made twice: with a number on both sides,
//! and, on a client with `retryWrites=false`, with none.

#[path = "support/python.rs"]
mod python;

use std::time::{Duration, Instant};

use odm::{
    bson::{Bson, Document, doc},
    mongodb::{self, ClientSession},
    prelude::*,
    sandbox::ReplicaSet,
};
use rustix::time::{ClockId, clock_gettime};

use self::python::pymongo;

const UPDATES: i64 = 10_000;
/// The single updates are fewer; their times are multiplied.
const SINGLES: i64 = 1_000;
const TURNS: u64 = 11;

#[derive(Model)]
#[model(collection = "series")]
struct Series {
    #[model(id)]
    id: i64,
    name: String,
    points: Vec<Point>,
}

#[derive(Embedded)]
struct Point {
    x: i32,
    y: i32,
}

#[tokio::main]
async fn main() {
    let set = ReplicaSet::start(1).await.expect("a replica set");
    let clients = Clients::connect(set.uri()).await;
    fill(&clients.retrying).await;
    let [ours, by_hand, plain, plain_by_hand, singles] = clients.turns().await;
    let [ours, by_hand] = [ours.medians(), by_hand.medians()];
    let [plain, plain_by_hand] = [plain.medians(), plain_by_hand.medians()];
    let singles = singles.medians();
    println!("our bulk of {UPDATES}: {:.1} ms, {:.1} ms client CPU", ours.0 * 1e3, ours.1 * 1e3);
    ratio("ours / one command by hand", ours, by_hand);
    ratio("the same without retries", plain, plain_by_hand);
    ratio("ours with retries / by hand without", ours, plain_by_hand);
    ratio("the driver's single updates / ours", singles, ours);
    match pymongo(PYMONGO, &[set.uri(), &UPDATES.to_string()]) {
        Ok(python) => ratio("PyMongo / ours", python, ours),
        Err(reason) => println!("PyMongo is left out: {reason}"),
    }
}

fn ratio(name: &str, one: (f64, f64), other: (f64, f64)) {
    println!("{name:40} {:.3} wall, {:.3} client CPU", one.0 / other.0, one.1 / other.1);
}

/// The same database by clients that are used in different ways.
struct Clients {
    retrying: Database,
    plain: Database,
    /// Nobody else takes sessions from its client's pool, so their numbers can be counted.
    by_hand: Database,
}

impl Clients {
    async fn connect(uri: &str) -> Self {
        let plain = match uri.contains('?') {
            true => format!("{uri}&retryWrites=false"),
            false => format!("{uri}/?retryWrites=false"),
        };
        let connect = async |uri: &str| {
            let client = mongodb::Client::with_uri_str(uri).await.expect("a client");
            Database::from_driver(client.database("bench"))
        };
        Self {
            retrying: connect(uri).await,
            plain: connect(&plain).await,
            by_hand: connect(uri).await,
        }
    }

    /// All sides write another value at each turn, so that every update changes its document.
    async fn turns(&self) -> [Side; 5] {
        let mut sides: [Side; 5] = Default::default();
        let scale = u32::try_from(UPDATES / SINGLES).expect("a small scale");
        let mut session =
            self.by_hand.as_driver().client().start_session().await.expect("a session");
        for turn in 0..TURNS {
            let first = turn.wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(29) % 5;
            for side in (0..5).map(|next| (first + next) % 5) {
                let value = (turn * 5 + side + 1) as i32;
                let number = Some((&mut session, turn as i64 + 1));
                let taken = &mut sides[side as usize];
                match side {
                    0 => taken.take(1, ours(&self.retrying, value)).await,
                    1 => taken.take(1, by_hand(&self.by_hand, value, number)).await,
                    2 => taken.take(1, ours(&self.plain, value)).await,
                    3 => taken.take(1, by_hand(&self.plain, value, None)).await,
                    _ => taken.take(scale, singles(&self.retrying, value)).await,
                }
            }
        }
        sides
    }
}

async fn fill(db: &Database) {
    let points = || (0..3).map(|x| Point { x, y: 0 }).collect();
    let series = |id| Series { id, name: "a series".into(), points: points() };
    let all: Vec<_> = (0..UPDATES).map(series).collect();
    Series::insert_many(&all).run(db).await.expect("an insert");
}

/// The times of one side.
#[derive(Default)]
struct Side {
    wall: Vec<Duration>,
    cpu: Vec<Duration>,
}

impl Side {
    async fn take(&mut self, scale: u32, work: impl Future<Output = u64>) {
        let (start, used) = (Instant::now(), cpu_time());
        let modified = work.await;
        self.wall.push(start.elapsed() * scale);
        self.cpu.push((cpu_time() - used) * scale);
        assert_eq!(modified * u64::from(scale), UPDATES as u64, "everything was changed");
    }

    fn medians(&self) -> (f64, f64) {
        (median(&self.wall), median(&self.cpu))
    }
}

fn median(times: &[Duration]) -> f64 {
    let mut times = times.to_vec();
    times.sort();
    times[times.len() / 2].as_secs_f64()
}

async fn ours(db: &Database, value: i32) -> u64 {
    let bulk = (0..UPDATES).fold(Series::bulk(), |bulk, id| {
        let update = Series::update().filter(|s| s.id().eq(id));
        bulk.update_one(update.set(|s| s.points().filtered(|p| p.x().gt(0)).y(), value))
    });
    bulk.run(db).await.expect("a bulk").modified
}

/// One command, with a number in a session or without.
async fn by_hand(db: &Database, value: i32, number: Option<(&mut ClientSession, i64)>) -> u64 {
    let update = |id: i64| {
        Bson::Document(doc! {
            "q": { "_id": id },
            "u": { "$set": { "points.$[p].y": value } },
            "arrayFilters": [{ "p.x": { "$gt": 0 } }],
        })
    };
    let updates: Vec<_> = (0..UPDATES).map(update).collect();
    let mut command = doc! { "update": "series", "updates": updates, "ordered": true };
    let reply = match number {
        None => db.as_driver().run_command(command).await,
        Some((session, number)) => {
            command.insert("txnNumber", number);
            db.as_driver().run_command(command).session(session).await
        }
    };
    let modified = reply.expect("a command").get_i32("nModified");
    u64::try_from(modified.expect("a count")).expect("a count")
}

async fn singles(db: &Database, value: i32) -> u64 {
    let collection = db.as_driver().collection::<Document>("series");
    let mut modified = 0;
    for id in 0..SINGLES {
        let change = doc! { "$set": { "points.$[p].y": value } };
        let update = collection.update_one(doc! { "_id": id }, change);
        let filters = vec![doc! { "p.x": { "$gt": 0 } }];
        modified += update.array_filters(filters).await.expect("an update").modified_count;
    }
    modified
}

const PYMONGO: &str = r#"
import sys, time
from pymongo import MongoClient, UpdateOne
series = MongoClient(sys.argv[1])["bench"]["series"]
wall, cpu = [], []
for turn in range(9):
    start, used = time.perf_counter(), time.process_time()
    updates = [
        UpdateOne({"_id": id}, {"$set": {"points.$[p].y": -1 - turn}}, array_filters=[{"p.x": {"$gt": 0}}])
        for id in range(int(sys.argv[2]))
    ]
    assert series.bulk_write(updates).modified_count == len(updates)
    wall.append(time.perf_counter() - start)
    cpu.append(time.process_time() - used)
print(sorted(wall)[4], sorted(cpu)[4])
"#;

/// The CPU time of this process.
fn cpu_time() -> Duration {
    let now = clock_gettime(ClockId::ProcessCPUTime);
    Duration::new(now.tv_sec as u64, now.tv_nsec as u32)
}
