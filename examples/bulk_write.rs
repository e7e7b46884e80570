//! Bulk writes: many writes in few commands, with results and errors by index.
//!
//! Needs nothing: without `MONGODB_URI` it starts a replica set of its own.
//!
//! ```text
//! sent      insert of 2, update of 2, delete of 1
//! done      inserted 2, matched 2, modified 2, removed 1
//! upserted  {1: 7}
//! failed    cannot write in bulk to bulk_write.stocks: write 1 was refused: the unique index _id_ of bulk_write.stocks has the same _id already; not applied: write 2
//! left      1: 5, 2: 9, 3: 0
//! undone    not applied: writes 0 to 1
//! left      1: 5, 2: 9, 3: 0
//! ```

use odm::{ErrorKind, prelude::*};

#[derive(Model, Clone, Debug)]
#[model(collection = "stocks")]
struct Stock {
    #[model(id)]
    id: i64,
    left: i32,
}

fn stock(id: i64, left: i32) -> Stock {
    Stock { id, left }
}

/// Takes this many from a stock.
fn take(id: i64, count: i32) -> odm::update::Update<Stock, odm::update::Filtered> {
    Stock::update().filter(|s| s.id().eq(id)).inc(|s| s.left(), -count)
}

#[tokio::main]
async fn main() -> odm::Result<()> {
    let server = examples::server("bulk_write").await?;
    let db = &server.db;
    Stock::delete().all_documents().many(db).await?;

    // Neighbours of one kind share a command; each is repeated safely if the connection fails.
    let bulk = Stock::bulk()
        .insert(&stock(1, 10))
        .insert(&stock(2, 10))
        .update_one(take(1, 5))
        .update_one(take(2, 1))
        .delete_one(Stock::delete().filter(|s| s.left().eq(10)).filter(|s| s.id().eq(3)));
    let sizes = ["insert of 2", "update of 2", "delete of 1"];
    assert_eq!(bulk.as_documents()?.len(), sizes.len());
    println!("sent      {}", sizes.join(", "));
    Stock::insert(&stock(3, 10)).run(db).await?;
    let done = bulk.run(db).await?;
    println!(
        "done      inserted {}, matched {}, modified {}, removed {}",
        done.inserted, done.matched, done.modified, done.deleted
    );

    // Ids by the index of the write, as the model has them.
    let upsert = Stock::bulk().update_one(take(1, 0)).update_one(take(7, 3).upsert());
    println!("upserted  {:?}", upsert.run(db).await?.upserted_ids);
    Stock::delete().filter(|s| s.id().eq(7)).one(db).await?;

    // The first refusal ends an ordered bulk. What was done until then is done, and is told.
    let bulk = Stock::bulk().insert(&stock(3, 0)).insert(&stock(1, 0)).insert(&stock(4, 0));
    if let Err(error) = bulk.run(db).await {
        println!("failed    {error}");
    }
    left(db).await?;

    // All or nothing: one transaction.
    let bulk = Stock::bulk().update_one(take(1, 5)).update_one(take(2, 5)).insert(&stock(3, 0));
    if let Err(error) = bulk.atomic().run(db).await {
        let ErrorKind::BulkWrite(failure) = error.kind() else { return Err(error) };
        let range = failure.not_applied[0].clone();
        println!("undone    not applied: writes {} to {}", range.start, range.end - 1);
    }
    left(db).await
}

async fn left(db: &Database) -> odm::Result<()> {
    let stocks = Stock::find().sort(|s| s.id().asc()).all(db).await?;
    let stocks: Vec<_> =
        stocks.iter().map(|stock| format!("{}: {}", stock.id, stock.left)).collect();
    println!("left      {}", stocks.join(", "));
    Ok(())
}
