//! What reading a change stream costs: `cargo bench -p odm --bench change_streams`.
//!
//! 100,000 inserts are written once, on a replica set of one; then they are read from the same
//! token by our stream, by the driver's typed stream, and by PyMongo if it can be installed, in
//! turns. Client CPU is the time of the client's process on all cores; the server's is not in it.

#[path = "support/python.rs"]
mod python;

use std::{
    hint::black_box,
    time::{Duration, Instant},
};

use futures::StreamExt;
use odm::{
    ChangeEvent, Database, ResumeToken,
    mongodb::{self, change_stream::event::ChangeStreamEvent},
    prelude::*,
    sandbox::ReplicaSet,
};
use rustix::time::{ClockId, clock_gettime};
use serde::{Deserialize, Serialize};

use self::python::pymongo;

const EVENTS: i64 = 100_000;
const TURNS: usize = 5;

#[derive(Model, Serialize, Deserialize, Clone, Debug, PartialEq)]
#[model(collection = "readings")]
struct Reading {
    #[model(id)]
    #[serde(rename = "_id")]
    id: i64,
    sensor: String,
    place: String,
    unit: String,
    value: f64,
    quality: i32,
    is_final: bool,
    tags: Vec<String>,
}

fn reading(id: i64) -> Reading {
    Reading {
        id,
        sensor: format!("sensor-{:04}", id % 1000),
        place: "hall 7, row 12, rack 3".into(),
        unit: "degrees Celsius".into(),
        value: id as f64 / 7.0,
        quality: (id % 5) as i32,
        is_final: id % 2 == 0,
        tags: vec!["indoor".into(), "calibrated".into()],
    }
}

/// Wall time and client CPU, in seconds.
type Cost = (f64, f64);

#[tokio::main]
async fn main() {
    let set = ReplicaSet::start(1).await.expect("a replica set");
    let client = mongodb::Client::with_uri_str(set.uri()).await.expect("a client");
    let db = Database::from_driver(client.database("bench"));
    let start = Reading::watch().stream(&db).await.expect("a stream").resume_token();
    let start = start.expect("a token");
    let readings: Vec<_> = (0..EVENTS).map(reading).collect();
    Reading::insert_many(&readings).run(&db).await.expect("an insert");
    drop(readings);
    let (mut ours, mut theirs, mut pythons) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..TURNS {
        ours.push(by_us(&db, &start).await);
        theirs.push(by_the_driver(&db, &start).await);
        pythons.push(pymongo(PYTHON, &[set.uri(), &start.to_string(), &EVENTS.to_string()]));
    }
    let (ours, theirs) = (medians(ours), medians(theirs));
    show("ours", ours);
    show("the driver's typed stream", theirs);
    compare("the driver's / ours", theirs, ours);
    match pythons.into_iter().collect::<Result<Vec<_>, _>>() {
        Ok(pythons) => {
            let pythons = medians(pythons);
            show("PyMongo", pythons);
            compare("PyMongo / ours", pythons, ours);
        }
        Err(reason) => println!("PyMongo is left out: {reason}"),
    }
}

async fn by_us(db: &Database, start: &ResumeToken) -> Cost {
    let watch = Reading::watch().resume_after(start.clone());
    let mut events = watch.stream(db).await.expect("a stream");
    let clock = Clock::start();
    for id in 0..EVENTS {
        match events.next().await.expect("an event").expect("no error") {
            ChangeEvent::Insert(event) => assert_eq!(black_box(event.document).id, id),
            other => panic!("{other:?}"),
        }
    }
    clock.stop()
}

async fn by_the_driver(db: &Database, start: &ResumeToken) -> Cost {
    let collection = db.as_driver().collection::<Reading>("readings");
    let token = start.try_into().expect("a token");
    let mut events = collection.watch().resume_after(Some(token)).await.expect("a stream");
    let clock = Clock::start();
    for id in 0..EVENTS {
        let event: ChangeStreamEvent<Reading> =
            events.next().await.expect("an event").expect("no error");
        assert_eq!(black_box(event.full_document).expect("a document").id, id);
    }
    clock.stop()
}

const PYTHON: &str = "
import sys, time
from pymongo import MongoClient
uri, token, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
events = MongoClient(uri)['bench']['readings'].watch(resume_after={'_data': token})
wall, cpu = time.perf_counter(), time.process_time()
for id in range(count):
    assert next(events)['fullDocument']['_id'] == id
print(time.perf_counter() - wall, time.process_time() - cpu)
";

struct Clock(Instant, Duration);

impl Clock {
    fn start() -> Self {
        Self(Instant::now(), cpu_time())
    }

    fn stop(self) -> Cost {
        (self.0.elapsed().as_secs_f64(), (cpu_time() - self.1).as_secs_f64())
    }
}

fn cpu_time() -> Duration {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}

fn medians(costs: Vec<Cost>) -> Cost {
    let median = |mut values: Vec<f64>| {
        values.sort_by(f64::total_cmp);
        values[values.len() / 2]
    };
    let (walls, cpus) = costs.into_iter().unzip();
    (median(walls), median(cpus))
}

fn show(name: &str, (wall, cpu): Cost) {
    let (by_wall, by_cpu) = (EVENTS as f64 / wall, EVENTS as f64 / cpu);
    println!("{name:28} {by_wall:9.0} events/s, {by_cpu:9.0} events per CPU second");
}

fn compare(name: &str, one: Cost, other: Cost) {
    println!("{name:28} {:.2} wall, {:.2} client CPU", one.0 / other.0, one.1 / other.1);
}
