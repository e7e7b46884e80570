//! Fail points: what a member is told to do wrong.
//!
//! Knows `configureFailPoint`. Does not know clients.
//!
//! A member has one fail point of each name, and the next setting replaces the last. So whoever
//! enables one holds a lock on a file in the member's folder until it is off again: other tests
//! wait, of this process and of others. Besides, `failCommand` fails only the commands of one
//! client, known by its `appName`. A test that has one on does not ask for a second of that name: it
//! would wait for itself.

use std::fs::{File, OpenOptions};
use std::path::PathBuf;
use std::time::Duration;

use mongodb::bson::{Bson, Document, doc};
use rustix::fs::{FlockOperation, flock};
use rustix::io::retry_on_intr;

use crate::member::{Member, PATIENCE};

/// In a drop, a member that does not answer is not waited for.
const HASTE: Duration = Duration::from_secs(2);

/// A fail point as it will be set; always on unless said otherwise.
#[derive(Clone, Debug)]
#[must_use = "nothing fails until `.on(member)` is awaited"]
pub struct FailPoint {
    name: String,
    mode: Bson,
    data: Document,
}

impl FailPoint {
    /// Any fail point by name. It holds for all clients of the member: for sets of a test's own.
    pub fn named(name: &str) -> Self {
        Self { name: name.to_owned(), mode: "alwaysOn".into(), data: Document::new() }
    }

    /// `failCommand` for these commands of the client with this `appName`, and for no other.
    pub fn fail_command(app_name: &str, commands: &[&str]) -> Self {
        let commands: Vec<_> = commands.iter().copied().map(Bson::from).collect();
        Self::named("failCommand").data("appName", app_name).data("failCommands", commands)
    }

    /// Adds to the data of the fail point.
    pub fn data(mut self, key: &str, value: impl Into<Bson>) -> Self {
        self.data.insert(key, value);
        self
    }

    /// It happens so many times, and then is off.
    pub fn times(mut self, times: i32) -> Self {
        self.mode = doc! { "times": times }.into();
        self
    }

    /// It does not happen so many times, and then always.
    pub fn skip(mut self, times: i32) -> Self {
        self.mode = doc! { "skip": times }.into();
        self
    }

    /// The member closes the connection before the command is executed.
    pub fn close_connection(self) -> Self {
        self.data("closeConnection", true)
    }

    /// The member answers with this error and does not execute the command.
    pub fn error_code(self, code: i32) -> Self {
        self.data("errorCode", code)
    }

    /// The labels of the error, in place of those that the member would give.
    pub fn error_labels(self, labels: &[&str]) -> Self {
        self.data("errorLabels", labels.iter().copied().map(Bson::from).collect::<Vec<_>>())
    }

    /// The member executes the command, and answers that the write concern was not met.
    pub fn write_concern_error(self, error: Document) -> Self {
        self.data("writeConcernError", error)
    }

    /// The command takes so long.
    pub fn block(self, time: Duration) -> Self {
        let millis = i64::try_from(time.as_millis()).expect("a short time");
        self.data("blockConnection", true).data("blockTimeMS", millis)
    }

    /// Waits for the lock and sets the fail point.
    pub async fn on(self, member: Member) -> Enabled {
        let lock = lock(member.folder().await.join(format!("{}.lock", self.name))).await;
        let entered = count(&member.run(self.command()).await);
        Enabled { member, name: self.name, entered, is_on: true, _lock: lock }
    }

    /// Sets the fail point in place of the one that is on; for the callback of an event.
    ///
    /// # Panics
    ///
    /// If the names differ.
    pub fn replace_blocking(&self, enabled: &Handle) {
        assert_eq!(self.name, enabled.name);
        enabled.member.run_blocking(self.command(), PATIENCE).expect("a fail point");
    }

    fn command(&self) -> Document {
        doc! { "configureFailPoint": &self.name, "mode": &self.mode, "data": &self.data }
    }
}

/// A fail point that is set. Dropping it switches it off, as [`off`](Self::off) does; only a
/// member that does not answer is left as it is.
#[derive(Debug)]
#[must_use = "dropping it switches the fail point off"]
pub struct Enabled {
    member: Member,
    name: String,
    /// How often it was entered before it was set.
    entered: i64,
    is_on: bool,
    _lock: File,
}

/// Which fail point of which member is on, for [`FailPoint::replace_blocking`].
#[derive(Clone, Debug)]
pub struct Handle {
    member: Member,
    name: String,
}

impl Enabled {
    /// The member that fails.
    pub fn member(&self) -> Member {
        self.member
    }

    /// To replace it from the callback of an event, while this value lives.
    pub fn handle(&self) -> Handle {
        Handle { member: self.member, name: self.name.clone() }
    }

    /// Waits until it has been entered so many times since it was set.
    pub async fn entered(&self, times: i64) {
        let command = doc! {
            "waitForFailPoint": &self.name,
            "timesEntered": self.entered + times,
            "maxTimeMS": i64::try_from(PATIENCE.as_millis()).expect("a short time"),
        };
        self.member.run(command).await;
    }

    /// Switches it off and says how often it was entered.
    pub async fn off(mut self) -> i64 {
        let command = off(&self.name);
        let entered = count(&self.member.run(command).await) - self.entered;
        self.is_on = false;
        entered
    }
}

impl Drop for Enabled {
    fn drop(&mut self) {
        if self.is_on {
            // A member that was killed has no fail points.
            let _ = self.member.run_blocking(off(&self.name), HASTE);
        }
    }
}

fn off(name: &str) -> Document {
    doc! { "configureFailPoint": name, "mode": "off" }
}

fn count(reply: &Document) -> i64 {
    match reply.get("count") {
        Some(Bson::Int32(count)) => i64::from(*count),
        Some(Bson::Int64(count)) => *count,
        other => panic!("the count of a fail point is {other:?}"),
    }
}

/// Takes the lock on a thread that may block; the kernel gives it back when its holder ends.
async fn lock(path: PathBuf) -> File {
    let take = move || {
        let file = OpenOptions::new().create(true).append(true).open(path)?;
        retry_on_intr(|| flock(&file, FlockOperation::LockExclusive))?;
        Ok::<_, std::io::Error>(file)
    };
    let file = tokio::task::spawn_blocking(take).await.expect("a lock does not panic");
    file.expect("a lock in the member's folder")
}
