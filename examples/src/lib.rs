//! What the examples share: a database, yours or a throw-away one.

use odm::{Database, Result, sandbox::ReplicaSet};

/// The database that `MONGODB_URI` names, or one of a replica set that lives as long as the
/// result.
pub struct Server {
    /// The database to work on.
    pub db: Database,
    _set: Option<ReplicaSet>,
}

/// Connects to `MONGODB_URI`; starts a replica set of one member when it is not set.
pub async fn server(database: &str) -> Result<Server> {
    if let Ok(uri) = std::env::var("MONGODB_URI") {
        return Ok(Server { db: odm::connect(uri).await?, _set: None });
    }
    let set = ReplicaSet::start(1).await?;
    let uri = set.uri().replacen("/test?", &format!("/{database}?"), 1);
    Ok(Server { db: odm::connect(uri).await?, _set: Some(set) })
}
