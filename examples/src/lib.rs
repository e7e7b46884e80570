//! What the examples share: a database, yours or a throw-away one.

use odm::{Database, Result, sandbox::ReplicaSet};

/// The database that `MONGODB_URI` names, or one of a replica set that lives as long as the
/// result.
pub struct Server {
    /// The database to work on.
    pub db: Database,
    /// What a second client connects to.
    pub uri: String,
    _set: Option<ReplicaSet>,
}

/// Connects to `MONGODB_URI`; starts a replica set of one member when it is not set.
pub async fn server(database: &str) -> Result<Server> {
    server_with_members(database, 1).await
}

/// The same with a set of several members.
pub async fn server_with_members(database: &str, members: usize) -> Result<Server> {
    match std::env::var("MONGODB_URI") {
        Ok(uri) => Ok(Server { db: odm::connect(&uri).await?, uri, _set: None }),
        Err(_) => throw_away(database, members).await,
    }
}

/// Always a replica set of its own, for examples that make the server fail.
pub async fn throw_away(database: &str, members: usize) -> Result<Server> {
    let set = ReplicaSet::start(members).await?;
    let uri = set.uri().replacen("/test?", &format!("/{database}?"), 1);
    Ok(Server { db: odm::connect(&uri).await?, uri, _set: Some(set) })
}
