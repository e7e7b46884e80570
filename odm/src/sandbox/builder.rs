//! Starting a set.
//!
//! Knows the order of events: ports, processes, answers, configuration, primary.

use std::path::{Path, PathBuf};
use std::process;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use super::address::{Deadline, Members};
use super::member::{PORT_TAKEN, command, free_ports};
use super::supervisor::{State, Supervisor};
use super::{ReplicaSet, binary, wire};
use crate::error::{Error, Result};
use mongodb::bson::doc;

/// A set has no more voting members than that.
const MOST_MEMBERS: usize = 7;
/// How often new ports are tried when another process takes one.
const ATTEMPTS: usize = 5;

/// Choices for a [`ReplicaSet`]; default: one member.
#[derive(Clone, Debug)]
#[must_use = "a builder does nothing until `start` is awaited"]
pub struct Builder {
    members: usize,
    mongod: Option<PathBuf>,
    parameters: Vec<(String, String)>,
}

impl Builder {
    pub(super) fn new() -> Builder {
        Builder { members: 1, mongod: None, parameters: Vec::new() }
    }

    /// The number of members, 1 to 7.
    pub fn members(mut self, members: usize) -> Self {
        self.members = members;
        self
    }

    /// The `mongod` to run, before all others (see the [module](super)).
    pub fn mongod(mut self, path: impl Into<PathBuf>) -> Self {
        self.mongod = Some(path.into());
        self
    }

    /// Sets a server parameter (`--setParameter name=value`); `enableTestCommands` is 1 already.
    #[doc(alias = "setParameter")]
    pub fn parameter(mut self, name: impl Into<String>, value: impl ToString) -> Self {
        self.parameters.push((name.into(), value.to_string()));
        self
    }

    /// Starts the set and waits until a primary takes writes and the others follow it.
    ///
    /// # Errors
    ///
    /// As [`ReplicaSet::start`].
    pub async fn start(self) -> Result<ReplicaSet> {
        if !(1..=MOST_MEMBERS).contains(&self.members) {
            let members = self.members;
            return Err(Error::sandbox(format!(
                "a sandbox has 1 to {MOST_MEMBERS} members, not {members}"
            )));
        }
        let mongod = locate(self.mongod.clone()).await?;
        for _ in 1..ATTEMPTS {
            if let Some(set) = self.attempt(&mongod).await? {
                return Ok(set);
            }
        }
        self.attempt(&mongod).await?.ok_or_else(|| {
            Error::sandbox(format!(
                "the ports of the sandbox were taken by others {ATTEMPTS} times in a row"
            ))
        })
    }

    /// Starts a set; `None` if another process took one of its ports.
    async fn attempt(&self, mongod: &Path) -> Result<Option<ReplicaSet>> {
        let no_ports = |cause| Error::sandbox(format!("no free ports on 127.0.0.1: {cause}"));
        let members = Members::new(free_ports(self.members).map_err(no_ports)?);
        let command = command(mongod, &self.parameters);
        let supervisor = Supervisor::start(&new_folder()?, self.members, &command)?;
        for (member, &port) in members.ports().iter().enumerate() {
            supervisor.launch(member, port).await?;
        }
        let mut set = ReplicaSet { supervisor, members, version: String::new() };
        for member in 0..self.members {
            if !set.answers(member).await? {
                return Ok(None);
            }
        }
        set.form().await?;
        Ok(Some(set))
    }
}

impl ReplicaSet {
    /// Waits until a new process of a member answers; says no if its port was taken.
    pub(super) async fn answers(&self, member: usize) -> Result<bool> {
        let deadline = Deadline::new();
        loop {
            match self.supervisor.state(member) {
                State::Exited(PORT_TAKEN) => return Ok(false),
                State::Exited(status) => return Err(self.ended(member, status)),
                State::Idle | State::Running(_) if self.is_ours(member).await => return Ok(true),
                State::Idle | State::Running(_) => {}
            }
            deadline.pause(|| self.place(member)).await?;
        }
    }

    /// Whether the member answers on its port, and not a stranger who was there first.
    async fn is_ours(&self, member: usize) -> bool {
        let port = self.members.ports()[member];
        let answer = wire::ask(port, doc! { "getCmdLineOpts": 1 }).await;
        let options = answer.as_ref().and_then(|answer| answer.get_document("parsed").ok());
        let storage = options.and_then(|options| options.get_document("storage").ok());
        let data = self.supervisor.folder().join(member.to_string());
        storage.is_some_and(|storage| storage.get_str("dbPath").ok() == data.to_str())
    }

    async fn form(&mut self) -> Result<()> {
        let build = self.members.run(0, doc! { "buildInfo": 1 }).await?;
        self.version = build.get_str("version").unwrap_or("unknown").to_owned();
        let configuration = self.members.configuration();
        self.members.run(0, doc! { "replSetInitiate": configuration }).await?;
        self.members.settled(&Deadline::new()).await
    }
}

/// Finds `mongod` on a thread that may block, because it may have to be fetched.
async fn locate(named: Option<PathBuf>) -> Result<PathBuf> {
    let found = tokio::task::spawn_blocking(move || binary::find(named.as_deref())).await;
    found.unwrap_or_else(|cause| {
        Err(Error::sandbox(format!("the search for mongod ended early: {cause}")))
    })
}

/// A name in the temporary folder that nobody else uses; the supervisor makes the folder.
///
/// It is absolute because members are run from another folder.
fn new_folder() -> Result<PathBuf> {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let time = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_micros();
    let name = format!("odm-sandbox-{}-{count}-{time}", process::id());
    let folder = std::env::temp_dir().join(name);
    std::path::absolute(&folder)
        .map_err(|cause| Error::sandbox(format!("no folder {}: {cause}", folder.display())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_set_without_members_is_refused() {
        let message = ReplicaSet::start(0).await.unwrap_err().to_string();
        assert!(message.contains("a sandbox has 1 to 7 members, not 0"), "{message}");
    }

    #[test]
    fn a_set_can_be_started_from_any_thread() {
        fn movable<T: Send>(_: T) {}
        movable(ReplicaSet::start(1));
        movable(ReplicaSet::shared(1));
    }

    #[test]
    fn folders_differ() {
        assert_ne!(new_folder().unwrap(), new_folder().unwrap());
    }
}
