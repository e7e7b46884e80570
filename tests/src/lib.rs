//! What the tests share: real replica sets, clients with a record of what they send, and faults.

mod child;
mod commands;
mod connect;
mod fail_point;
mod fake;
mod faults;
mod member;
mod proxy;
mod random;
mod set;
mod standalone;

use mongodb::bson::Document;
use odm::{
    Database,
    sandbox::{ReplicaSet, SharedReplicaSet},
};
use tokio::sync::OnceCell;

pub use self::{
    child::Process,
    commands::{Commands, Failed},
    connect::Connect,
    fail_point::{Enabled, FailPoint, Handle},
    fake::Fake,
    faults::Faults,
    member::Member,
    proxy::{Lost, Proxy},
    random::Random,
    set::{OwnSet, Set, committed, only, resume_replication, stop_replication},
    standalone::Standalone,
};

/// An integer of a document, of whatever width.
pub fn number(document: &Document, key: &str) -> Option<i64> {
    let value = document.get(key)?;
    value.as_i64().or_else(|| value.as_i32().map(i64::from))
}

/// The replica set of three that all tests of a run share; its primary stays.
pub async fn shared_set() -> SharedReplicaSet {
    static IS_KEPT: OnceCell<()> = OnceCell::const_new();
    let set = ReplicaSet::shared(3).await.expect("a replica set");
    IS_KEPT.get_or_init(|| set.keep_primary()).await;
    set
}

/// An empty database of this name on the replica set that all tests of a run share.
pub async fn database(name: &str) -> Database {
    recorded(name).await.0
}

/// The same, with a record of the commands that are sent from now on.
pub async fn recorded(name: &str) -> (Database, Commands) {
    Connect::to(shared_set().await.uri()).database(name).await
}

/// The same for a client whose commands can be made to fail: its `appName` is the database's name.
pub async fn fallible(name: &str) -> (Database, Commands) {
    Connect::to(shared_set().await.uri()).app_name(name).database(name).await
}
