//! Retryable writes: the connection breaks after the write, and the document is there once.
//!
//! A fail point of the server cuts the connection when the write is done and before the answer is
//! sent, the worst moment there is: the client cannot know. The driver sends the same command with
//! the same number again, and the server answers from memory instead of writing twice. What cannot
//! be repeated safely is sent once, and the error says what is known. It always starts a replica
//! set of its own, because it makes the server fail.
//!
//! ```text
//! insert        Ok, 1 document
//! update        Ok, 1 bread sold
//! update many   cannot update retryable_writes.goods: the connection failed: unexpected end of file; the write may have been applied
//! outcome       Unknown
//! ```

use odm::{Database, bson::Document, prelude::*};

#[derive(Model, Clone, Debug, PartialEq)]
#[model(collection = "goods")]
struct Good {
    #[model(id)]
    id: String,
    sold: i64,
}

#[tokio::main]
async fn main() -> odm::Result<()> {
    let server = examples::throw_away("retryable_writes", 1).await?;
    let db = &server.db;
    let bread = Good { id: "bread".into(), sold: 0 };

    cut_after_the_next_write(db).await?;
    Good::insert(&bread).run(db).await?;
    println!("insert        Ok, {} document", Good::find().count(db).await?);

    cut_after_the_next_write(db).await?;
    let sell = Good::update().filter(|g| g.id().eq("bread")).inc(|g| g.sold(), 1);
    sell.one(db).await?;
    println!("update        Ok, {} bread sold", Good::find().get(db).await?.sold);

    // Two runs of this one could count a sale twice, so it runs once.
    cut_the_next("update", db).await?;
    let sell = Good::update().all_documents().inc(|g| g.sold(), 1);
    if let Err(error) = sell.many(db).await {
        println!("update many   {error}");
        println!("outcome       {:?}", error.outcome());
    }
    Ok(())
}

/// The server writes, and then breaks the connection.
async fn cut_after_the_next_write(db: &Database) -> odm::Result<()> {
    fail(db, doc! { "configureFailPoint": "onPrimaryTransactionalWrite", "mode": { "times": 1 } })
        .await
}

/// The server breaks the connection in place of an answer.
async fn cut_the_next(command: &str, db: &Database) -> odm::Result<()> {
    let data = doc! { "failCommands": [command], "closeConnection": true };
    fail(db, doc! { "configureFailPoint": "failCommand", "mode": { "times": 1 }, "data": data })
        .await
}

async fn fail(db: &Database, fail_point: Document) -> odm::Result<()> {
    db.as_driver().client().database("admin").run_command(fail_point).await?;
    Ok(())
}
