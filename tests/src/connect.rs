//! Clients of the tests.
//!
//! Knows the driver's options and the record of commands.

use std::time::Duration;

use mongodb::options::ClientOptions;
use odm::Database;

use crate::commands::Commands;

/// The shortest time that the driver allows.
const HEARTBEAT: Duration = Duration::from_millis(500);

/// How a client connects.
#[must_use = "nothing is connected until `.database(name)` is awaited"]
pub struct Connect {
    uri: String,
    change: Vec<Box<dyn FnOnce(&mut ClientOptions) + Send>>,
    is_brought_along: bool,
}

impl Connect {
    /// To the set or the member of this URI.
    pub fn to(uri: impl Into<String>) -> Self {
        Self { uri: uri.into(), change: Vec::new(), is_brought_along: false }
    }

    /// Under this name, so that fail points can be meant for this client. It asks twice a second
    /// how the members are, so that it soon knows of an election.
    pub fn app_name(self, name: &str) -> Self {
        let name = name.to_owned();
        self.options(|options| {
            options.app_name = Some(name);
            options.heartbeat_freq = Some(HEARTBEAT);
        })
    }

    /// With or without retryable writes; with them unless said otherwise.
    pub fn retry_writes(self, retry: bool) -> Self {
        self.options(move |options| options.retry_writes = Some(retry))
    }

    /// With any other option of the driver.
    pub fn options(mut self, change: impl FnOnce(&mut ClientOptions) + Send + 'static) -> Self {
        self.change.push(Box::new(change));
        self
    }

    /// By a client that was made without this crate.
    pub fn brought_along(mut self) -> Self {
        self.is_brought_along = true;
        self
    }

    /// An empty database of this name, and a record of the commands that are sent from now on.
    pub async fn database(self, name: &str) -> (Database, Commands) {
        let (db, commands) = self.database_as_it_is(name).await;
        db.drop().await.expect("an empty database");
        commands.clear();
        (db, commands)
    }

    /// The same without making it empty first: nothing is sent.
    pub async fn database_as_it_is(self, name: &str) -> (Database, Commands) {
        let commands = Commands::default();
        let mut options = ClientOptions::parse(&self.uri).await.expect("a URI");
        options.command_event_handler = Some(commands.handler());
        for change in self.change {
            change(&mut options);
        }
        options.default_database = Some(name.to_owned());
        let db = match self.is_brought_along {
            true => {
                let client = mongodb::Client::with_options(options).expect("a client");
                Database::from_driver(client.database(name))
            }
            false => odm::connect_with(options).expect("a client"),
        };
        (db, commands)
    }
}
