//! A durable consumer that is killed while orders come in, and misses none.
//!
//! A writer inserts orders; a process of its own consumes them and writes a receipt for each. It is
//! killed three times (SIGKILL, no chance to clean up), at moments that nobody chose, and another
//! one takes its place when its lease has run out. The token is saved after the handler, so no order
//! is skipped; those since the last checkpoint come twice, and the receipt has the order's `_id`, so
//! there is still one. Needs nothing: without `MONGODB_URI` it starts a replica set of its own.
//!
//! ```text
//! written         300 orders
//! killed          the consumer, 3 times
//! receipts        300
//! missed          none
//! in order        true
//! ```

use std::{
    env,
    process::{Child, Command},
    time::Duration,
};

use odm::{
    Database,
    change_stream::{ChangeStream, Operation},
    prelude::*,
};

const ORDERS: i64 = 300;
const KILLS: usize = 3;

#[derive(Model, Clone, Debug, PartialEq)]
#[model(collection = "orders")]
struct Order {
    #[model(id)]
    id: i64,
    item: String,
}

#[derive(Model, Clone, Debug, PartialEq)]
#[model(collection = "receipts")]
struct Receipt {
    #[model(id)]
    order: i64,
    text: String,
}

/// The consumer: what a service would run.
async fn consume(db: &Database) -> odm::Result<()> {
    Order::watch()
        .filter(|e| e.operation().eq(Operation::Insert))
        .durable("receipts", TokenStore::collection(db))
        .lease(Duration::from_secs(1))
        .checkpoint_every(10)
        .run(db, |event| async move {
            if let ChangeEvent::Insert(event) = event {
                let text = format!("one {}", event.document.item);
                Receipt::replace(&Receipt { order: event.id, text }).upsert().run(db).await?;
            }
            Ok(())
        })
        .await
}

async fn write(db: &Database) -> odm::Result<()> {
    for id in 1..=ORDERS {
        Order::insert(&Order { id, item: format!("thing {id}") }).run(db).await?;
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    Ok(())
}

/// This program once more, as the consumer.
fn start_consumer(uri: &str) -> std::io::Result<Killed> {
    let consumer = Command::new(env::current_exe()?).env("CONSUME", uri).spawn()?;
    Ok(Killed(consumer))
}

/// A process that is killed when this is dropped.
struct Killed(Child);

impl Drop for Killed {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// Follows the receipts until all are there, and kills the consumer now and then.
async fn follow(receipts: &mut ChangeStream<Receipt>, uri: &str) -> odm::Result<Vec<i64>> {
    let start = || start_consumer(uri).expect("a process");
    let (mut consumer, mut kills) = (start(), 0);
    let mut seen = Vec::new();
    while seen.len() < ORDERS as usize {
        let event = receipts.next().await.expect("the collection stays")?;
        // A receipt that is written again as it was is no change.
        seen.extend(event.id());
        if kills < KILLS && seen.len() >= (kills + 1) * 70 {
            drop(consumer);
            consumer = start();
            kills += 1;
        }
    }
    println!("killed          the consumer, {kills} times");
    Ok(seen)
}

#[tokio::main]
async fn main() -> odm::Result<()> {
    if let Ok(uri) = env::var("CONSUME") {
        return consume(&odm::connect(uri).await?).await;
    }
    let server = examples::server("change_stream_resume").await?;
    let db = &server.db;
    db.drop().await?;

    // The consumer's start is saved before anything is written: an order can only come after it.
    let durable = Order::watch().filter(|e| e.operation().eq(Operation::Insert));
    let durable = durable.durable("receipts", TokenStore::collection(db));
    let metrics = durable.metrics();
    let is_saved = async move {
        metrics.wait_for(|figures| figures.checkpoints > 0).await;
    };
    durable.stop_when(is_saved).run(db, |_| async { Ok(()) }).await?;

    let mut receipts = Receipt::watch().stream(db).await?;
    let writer = tokio::spawn({
        let db = db.clone();
        async move { write(&db).await }
    });
    println!("written         {ORDERS} orders");
    let seen = follow(&mut receipts, &server.uri).await?;
    writer.await.expect("a writer")?;

    let missed = (1..=ORDERS).filter(|id| !seen.contains(id)).count();
    println!("receipts        {}", Receipt::find().count(db).await?);
    println!("missed          {}", if missed == 0 { "none".into() } else { missed.to_string() });
    println!("in order        {}", seen.is_sorted());
    Ok(())
}
