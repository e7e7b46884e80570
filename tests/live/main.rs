//! The example `live`: its command line, its sockets, its page in a browser, and its end.
//!
//! The example runs as a process of its own, on a port of its own. The page is looked at with
//! headless Chromium: the Debian package `chromium`, or the program that `CHROMIUM` names.

mod browser;
mod command_line;
mod load;
mod pages;
mod program;
mod restarts;
mod socket;
mod sockets;

use std::time::Duration;

use odm::prelude::*;
use tokio::sync::{Mutex, MutexGuard};

/// How long a test waits for what must come.
const PATIENCE: Duration = Duration::from_secs(30);

/// The model of the example.
#[derive(Model, Clone, Debug, PartialEq)]
#[model(collection = "orders")]
struct Order {
    #[model(id)]
    id: i64,
    customer: String,
    quantity: i32,
    state: String,
    note: Option<String>,
}

impl Order {
    fn new(id: i64) -> Self {
        Self { id, customer: "Anna".into(), quantity: 3, state: "open".into(), note: None }
    }

    async fn save(&self, db: &Database) {
        Order::insert(self).run(db).await.expect("an insert");
    }
}

async fn insert(db: &Database, ids: impl IntoIterator<Item = i64>) {
    for id in ids {
        Order::new(id).save(db).await;
    }
}

/// What must come, in time.
async fn soon<T>(what: &str, coming: impl Future<Output = T>) -> T {
    let came = tokio::time::timeout(PATIENCE, coming).await;
    came.unwrap_or_else(|_| panic!("{what} did not come within {PATIENCE:?}"))
}

/// Tests that load the machine, and those that measure time, run one after the other.
async fn turn() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::const_new(());
    TURN.lock().await
}
