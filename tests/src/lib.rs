//! What the tests share: a real replica set, and a record of the commands that were sent.

use std::sync::{Arc, Mutex};

use mongodb::{
    bson::Document,
    event::{EventHandler, command::CommandEvent},
    options::ClientOptions,
};
use odm::{Database, sandbox::ReplicaSet};

/// An empty database of this name on the replica set that all tests of a run share.
pub async fn database(name: &str) -> Database {
    recorded(name).await.0
}

/// The same, with a record of the commands that are sent from now on.
pub async fn recorded(name: &str) -> (Database, Commands) {
    let set = ReplicaSet::shared(3).await.expect("a replica set");
    let commands = Commands::default();
    let mut options = ClientOptions::parse(set.uri()).await.expect("the URI of the replica set");
    options.command_event_handler = Some(commands.handler());
    let client = mongodb::Client::with_options(options).expect("a client");
    let db = Database::from_driver(client.database(name));
    db.drop().await.expect("an empty database");
    commands.clear();
    (db, commands)
}

/// The commands that were sent to the server.
#[derive(Clone, Debug, Default)]
pub struct Commands(Arc<Mutex<Vec<Document>>>);

impl Commands {
    /// All commands since the last [`clear`](Self::clear).
    pub fn all(&self) -> Vec<Document> {
        self.0.lock().expect("no test panics while it holds the lock").clone()
    }

    /// Their names.
    pub fn names(&self) -> Vec<String> {
        self.all().iter().filter_map(|command| command.keys().next().cloned()).collect()
    }

    /// Forgets the commands.
    pub fn clear(&self) {
        self.0.lock().expect("no test panics while it holds the lock").clear();
    }

    fn handler(&self) -> EventHandler<CommandEvent> {
        let record = Arc::clone(&self.0);
        EventHandler::callback(move |event| {
            if let CommandEvent::Started(started) = event {
                let mut record = record.lock().expect("no test panics while it holds the lock");
                record.push(started.command);
            }
        })
    }
}
