//! Causal consistency: read your own write from a secondary, here and in another process.
//!
//! The example of the release notes that brought sessions to Motor, the Python driver: insert,
//! then read from a secondary in the same session. The secondary waits until it has the write.
//! A token carries the same promise to a second client. Needs nothing: without `MONGODB_URI` it
//! starts a replica set of three members.
//!
//! ```text
//! session       wrote 100, read 100 back from a secondary
//! other client  read the last one from a secondary: note 100
//! its reads     never older than the token: true
//! ```

use odm::{CausalToken, options::ReadPreference, prelude::*};

#[derive(Model, Clone, Debug, PartialEq)]
#[model(collection = "notes")]
struct Note {
    #[model(id)]
    id: i64,
    text: String,
}

#[tokio::main]
async fn main() -> odm::Result<()> {
    let server = examples::server_with_members("causal_consistency", 3).await?;
    let db = &server.db;
    Note::delete().all_documents().many(db).await?;

    // `majority` keeps all promises even when a primary fails.
    let session = db.start_session().majority().await?;
    let mut read_back = 0;
    for id in 1..=100 {
        Note::insert(&Note { id, text: format!("note {id}") }).run(&session).await?;
        let from_a_secondary = Note::find().read_preference(ReadPreference::secondary());
        read_back +=
            usize::from(from_a_secondary.filter(|n| n.id().eq(id)).exists(&session).await?);
    }
    println!("session       wrote 100, read {read_back} back from a secondary");

    // What this session has seen, as text for a header or a cookie.
    let token = session.causal_token().to_string();

    let elsewhere = odm::connect(&server.uri).await?;
    let session = elsewhere.start_session().majority().await?;
    let token: CausalToken = token.parse()?;
    session.advance(&token);
    let last = Note::find()
        .sort(|n| n.id().desc())
        .read_preference(ReadPreference::secondary())
        .get(&session)
        .await?;
    println!("other client  read the last one from a secondary: {}", last.text);
    let is_newer = session.causal_token().operation_time() >= token.operation_time();
    println!("its reads     never older than the token: {is_newer}");
    Ok(())
}
