//! What this crate costs beside the driver alone: `cargo bench -p odm --bench operations`.
//!
//! Prints ratios of one run: both sides take turns, so that what else the machine does falls on
//! both. Client CPU is the time of this process on all cores; the server's is not in it.

use std::{
    alloc::System,
    hint::black_box,
    time::{Duration, Instant},
};

use odm::{
    bson::{self, Document, doc},
    mongodb, object,
    prelude::*,
    sandbox::ReplicaSet,
};
use rustix::time::{ClockId, clock_gettime};
use serde::{Deserialize, Serialize};
use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};

#[derive(Model, Serialize, Deserialize, Clone, Debug, PartialEq)]
#[model(collection = "orders")]
struct Order {
    #[model(id)]
    #[serde(rename = "_id")]
    id: i64,
    customer: String,
    city: String,
    street: String,
    total: f64,
    is_paid: bool,
    tags: Vec<String>,
    items: Vec<Item>,
    points: Vec<Point>,
}

#[derive(Embedded, Serialize, Deserialize, Clone, Debug, PartialEq)]
struct Item {
    sku: String,
    quantity: i32,
    price: f64,
}

#[derive(Embedded, Serialize, Deserialize, Clone, Debug, PartialEq)]
struct Point {
    x: i32,
    y: i32,
}

fn order(id: i64) -> Order {
    let item = |number: i32| Item {
        sku: format!("sku-{number:05}"),
        quantity: number,
        price: f64::from(number) * 1.5,
    };
    Order {
        id,
        customer: "A customer with a name".into(),
        city: "Port-au-Prince".into(),
        street: "12, Rue des Miracles".into(),
        total: 99.5,
        is_paid: true,
        tags: vec!["new".into(), "express".into(), "gift".into()],
        items: (0..50).map(item).collect(),
        points: (0..3).map(|x| Point { x, y: 0 }).collect(),
    }
}

#[tokio::main]
async fn main() {
    building();
    let set = ReplicaSet::start(1).await.expect("a replica set");
    let mut options = mongodb::options::ClientOptions::parse(set.uri()).await.expect("a URI");
    options.default_database = Some("bench".into());
    let db = odm::connect_with(options).expect("a client");
    single(&db).await;
    reading(&db).await;
    rows(&db).await;
}

/// What a pipeline and a projection give of an order.
#[derive(Embedded, Serialize, Deserialize, Clone, Debug, PartialEq)]
struct Row {
    number: i64,
    customer: String,
    city: String,
    total: f64,
    items: Vec<Item>,
}

/// Reading 20,000 rows of a pipeline and of a projection, beside the driver's typed aggregate.
async fn rows(db: &Database) {
    let typed = || {
        Order::aggregate().match_(|o| o.id().gte(0)).select(|o| {
            object!(Row {
                number: o.id(),
                customer: o.customer(),
                city: o.city(),
                total: o.total(),
                items: o.items(),
            })
        })
    };
    let stages = typed().stages().expect("a valid pipeline");
    let raw = db.as_driver().collection::<Document>("orders");
    let (mut pipeline, mut projection) = (Turns::default(), Turns::default());
    for _ in 0..7 {
        let used = cpu_time();
        let cursor =
            raw.aggregate(stages.clone()).with_type::<Row>().await.expect("an aggregation");
        let theirs: Vec<Row> = futures::TryStreamExt::try_collect(cursor).await.expect("documents");
        let theirs_cpu = cpu_time() - used;

        let used = cpu_time();
        let rows = typed().all(db).await.expect("rows");
        let ours_cpu = cpu_time() - used;
        assert_eq!(rows, theirs);
        pipeline.add(ours_cpu, theirs_cpu);

        let used = cpu_time();
        let selected = Order::find().select(|o| {
            object!(Row {
                number: o.id(),
                customer: o.customer(),
                city: o.city(),
                total: o.total(),
                items: o.items(),
            })
        });
        let rows = selected.all(db).await.expect("rows");
        let ours_cpu = cpu_time() - used;
        assert_eq!(rows.len(), theirs.len());
        projection.add(ours_cpu, theirs_cpu);
    }
    println!(
        "20000 rows of a pipeline, client CPU     {:.3} of the driver's typed aggregate",
        pipeline.ratio_of_medians()
    );
    println!(
        "20000 rows of a projection, client CPU   {:.3} of the driver's typed aggregate",
        projection.ratio_of_medians()
    );
}

/// The key of a report.
#[derive(Embedded)]
struct Key {
    city: String,
    sku: String,
}

#[derive(Embedded)]
struct Sales {
    #[model(id)]
    key: Key,
    units: i64,
    revenue: f64,
    orders: i64,
}

/// Building a report of six stages, in the form that is sent.
fn report() {
    let rounds = 20_000;
    let ours = best(9, || {
        for least in 0..rounds {
            let report = Order::aggregate()
                .match_(|o| o.is_paid().eq(true) & o.id().gt(black_box(least)))
                .unwind(|o| o.items())
                .group(|(o, item), g| {
                    object!(Sales {
                        key: object!(Key { city: o.city(), sku: item.sku() }),
                        units: g.sum(item.quantity()),
                        revenue: g.sum(item.price() * item.quantity()),
                        orders: g.count(),
                    })
                })
                .sort(|s| s.revenue().desc())
                .limit(5)
                .select(|s| (s.key().sku(), s.key().city(), s.revenue().round(2), s.units() + 1));
            black_box(&report.stages().expect("a valid pipeline"));
        }
    });
    println!("build a report of six stages             {:.2} µs", nanos(ours, rounds) / 1000.0);
}

/// Building an update with one array filter.
fn building() {
    report();
    let rounds = 200_000;
    let ours = best(9, || {
        for id in 0..rounds {
            let update = Order::update()
                .filter(|o| o.id().eq(black_box(id)))
                .set(|o| o.points().filtered(|p| p.x().gt(0)).y(), 5);
            black_box(&update);
        }
    });
    println!("build an update with one array filter  {:.0} ns", nanos(ours, rounds));
}

/// Finds and updates of one small document, one by one, ours and the driver's in turns.
async fn single(db: &Database) {
    let raw = db.as_driver().collection::<Small>("smalls");
    raw.insert_one(&Small { id: 1, name: "a".into(), count: 0 }).await.expect("an insert");
    let mut turns = Turns::default();
    for turn in 0..10_000 {
        let ours = async || {
            black_box(Small::find().filter(|s| s.id().eq(1)).first(db).await.expect("a find"));
        };
        let theirs = async || {
            black_box(raw.find_one(doc! { "_id": 1_i64 }).await.expect("a find"));
        };
        turns.take(turn, ours, theirs).await;
    }
    println!("find one, median, ours / driver's      {:.3}", turns.ratio_of_medians());

    one(
        "update one",
        async |_| {
            let update = Small::update().filter(|s| s.id().eq(1)).inc(|s| s.count(), 1);
            black_box(update.one(db).await.expect("an update"));
        },
        async |_| {
            let update = raw.update_one(doc! { "_id": 1_i64 }, doc! { "$inc": { "count": 1_i64 } });
            black_box(update.await.expect("an update"));
        },
    )
    .await;
    let small = |id: i64| Small { id, name: "a".into(), count: 0 };
    one(
        "insert one",
        async |turn| {
            black_box(Small::insert(&small(turn * 2)).run(db).await.expect("an insert"));
        },
        async |turn| {
            black_box(raw.insert_one(small(turn * 2 + 1)).await.expect("an insert"));
        },
    )
    .await;
}

/// One write, again and again, ours and the driver's in turns of [`BLOCK`]: a service does one of
/// the two, with its code in the caches.
async fn one(name: &str, ours: impl AsyncFn(i64), theirs: impl AsyncFn(i64)) {
    let (mut wall, mut cpu, mut allocated) = (Turns::default(), Turns::default(), [0; 2]);
    for turn in 0..TURNS {
        let (mut took, mut used) = ([Duration::ZERO; 2], [Duration::ZERO; 2]);
        let first = usize::from(hash(turn).is_multiple_of(2));
        for side in [first, 1 - first] {
            let before = (Instant::now(), cpu_time(), allocations());
            for write in 0..BLOCK {
                let number = (turn * BLOCK + write + 5) as i64;
                match side {
                    0 => ours(number).await,
                    _ => theirs(number).await,
                }
            }
            took[side] = before.0.elapsed();
            used[side] = cpu_time() - before.1;
            allocated[side] += allocations() - before.2;
        }
        wall.add(took[0], took[1]);
        cpu.add(used[0], used[1]);
    }
    let per_write = |count: usize| count as f64 / (TURNS * BLOCK) as f64;
    println!("{name}, wall, ours / driver's      {:.3}", wall.ratio_of_medians());
    println!("{name}, client CPU                 {:.3}", cpu.ratio_of_medians());
    println!(
        "{name}, allocations                {:.1} and {:.1}: {:.3}",
        per_write(allocated[0]),
        per_write(allocated[1]),
        allocated[0] as f64 / allocated[1] as f64
    );
}

const TURNS: u64 = 300;
const BLOCK: u64 = 100;

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

fn allocations() -> usize {
    let stats = ALLOCATOR.stats();
    stats.allocations + stats.reallocations
}

/// Reading 20,000 documents of 3 kB.
async fn reading(db: &Database) {
    let count = 20_000;
    let orders: Vec<_> = (0..count).map(order).collect();
    Order::insert_many(&orders).run(db).await.expect("an insert");
    let bytes = bson::serialize_to_vec(&orders[0]).expect("a document").len();
    let raw = db.as_driver().collection::<Order>("orders");
    let mut cpu = Turns::default();
    let mut wall = Turns::default();
    for _ in 0..7 {
        let (start, used) = (Instant::now(), cpu_time());
        let read = Order::find().all(db).await.expect("a find");
        assert_eq!(read.len() as i64, count);
        let (ours, ours_cpu) = (start.elapsed(), cpu_time() - used);
        drop(read);

        let (start, used) = (Instant::now(), cpu_time());
        let cursor = raw.find(Document::new()).await.expect("a find");
        let read: Vec<Order> = futures::TryStreamExt::try_collect(cursor).await.expect("documents");
        assert_eq!(read.len() as i64, count);
        wall.add(ours, start.elapsed());
        cpu.add(ours_cpu, cpu_time() - used);
        drop(read);
    }
    println!(
        "read {count} of {bytes} B, client CPU        {:.3} of the driver's typed cursor",
        cpu.ratio_of_medians()
    );
    println!(
        "read {count} of {bytes} B, wall              {:.3} of the driver's typed cursor",
        wall.ratio_of_medians()
    );
}

#[derive(Model, Serialize, Deserialize, Clone, Debug, PartialEq)]
#[model(collection = "smalls")]
struct Small {
    #[model(id)]
    #[serde(rename = "_id")]
    id: i64,
    name: String,
    count: i64,
}

/// Times of turns that were taken one after the other.
#[derive(Default)]
struct Turns {
    ours: Vec<Duration>,
    theirs: Vec<Duration>,
}

impl Turns {
    /// Who is first is decided by a hash: a fixed order falls in step with the server's own rhythm.
    async fn take(&mut self, turn: u64, ours: impl AsyncFn(), theirs: impl AsyncFn()) {
        let (ours, theirs) = match hash(turn).is_multiple_of(2) {
            true => (timed(ours).await, timed(theirs).await),
            false => {
                let theirs = timed(theirs).await;
                (timed(ours).await, theirs)
            }
        };
        self.add(ours, theirs);
    }

    fn add(&mut self, ours: Duration, theirs: Duration) {
        self.ours.push(ours);
        self.theirs.push(theirs);
    }

    fn ratio_of_medians(&mut self) -> f64 {
        median(&mut self.ours) / median(&mut self.theirs)
    }
}

fn hash(turn: u64) -> u32 {
    turn.wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(29).count_ones()
}

fn median(times: &mut [Duration]) -> f64 {
    times.sort();
    times[times.len() / 2].as_secs_f64()
}

async fn timed(work: impl AsyncFn()) -> Duration {
    let start = Instant::now();
    work().await;
    start.elapsed()
}

fn best(turns: usize, mut work: impl FnMut()) -> Duration {
    let turn = || {
        let start = Instant::now();
        work();
        start.elapsed()
    };
    std::iter::repeat_with(turn).take(turns).min().unwrap_or_default()
}

fn nanos(time: Duration, rounds: i64) -> f64 {
    time.as_nanos() as f64 / rounds as f64
}

/// The CPU time of this process.
fn cpu_time() -> Duration {
    let now = clock_gettime(ClockId::ProcessCPUTime);
    Duration::new(now.tv_sec as u64, now.tv_nsec as u32)
}
