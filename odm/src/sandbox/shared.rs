//! One set for all processes of one test run.
//!
//! Knows the runner we descend from, the state file and the lock on it. Does not know how a set
//! is started.
//!
//! ```text
//! lock → state file? → no → start a set → write state → leave it to its supervisor → unlock
//!             ↓ yes
//!        does it answer? → yes → unlock
//!             ↓ no: half-dead
//!        end what is left, then as without a state file
//! ```

use std::collections::BTreeMap;
use std::fs::{self, DirBuilder};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use rustix::process::{Pid, Signal, getuid, kill_process};
use tokio::sync::Mutex;

use super::ReplicaSet;
use super::address::{Deadline, Members};
use super::ancestor;
use super::lock::Lock;
use super::supervisor::ask_to_end;
use crate::error::{Error, Result};

/// A set that others use may elect a new primary; one that takes longer is half-dead.
const REVIVAL: Duration = Duration::from_secs(5);
const LOCK: &str = "lock";
const STATE: &str = "state";

/// A replica set that all tests of a run share; made by [`ReplicaSet::shared`].
///
/// Cloning is cheap. Do not kill members of a shared set: start a [`ReplicaSet`] for that. Dropping
/// a shared set stops nothing.
#[derive(Clone, Debug)]
pub struct SharedReplicaSet {
    set: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    members: Members,
    version: String,
    /// Without a test run to share with, the set lives as long as this process.
    _own: Option<ReplicaSet>,
}

impl SharedReplicaSet {
    /// The connection string of the set; it names the database `test`.
    #[must_use]
    pub fn uri(&self) -> &str {
        self.set.members.uri()
    }

    /// The number of members.
    #[must_use]
    pub fn members(&self) -> usize {
        self.set.members.ports().len()
    }

    /// The connection string of one member alone (`directConnection`).
    ///
    /// # Panics
    ///
    /// If there is no such member.
    #[must_use]
    pub fn member_uri(&self, member: usize) -> String {
        self.set.members.member_uri(member)
    }

    /// The version of `mongod`, such as `6.0.5`.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.set.version
    }

    /// Waits for a primary that takes writes and returns its number.
    ///
    /// # Errors
    ///
    /// Kind `Sandbox`: there is no primary within a minute.
    pub async fn primary(&self) -> Result<usize> {
        self.set.members.primary(&Deadline::new()).await
    }
}

/// The set that this process found or started, by its number of members.
static FOUND: Mutex<BTreeMap<usize, SharedReplicaSet>> = Mutex::const_new(BTreeMap::new());

pub(super) async fn shared(members: usize) -> Result<SharedReplicaSet> {
    let mut found = FOUND.lock().await;
    if let Some(set) = found.get(&members) {
        return Ok(set.clone());
    }
    let set = match ancestor::runner() {
        Some(runner) => of_run(runner, members).await?,
        None => of_process(members).await?,
    };
    let set = SharedReplicaSet { set: Arc::new(set) };
    found.insert(members, set.clone());
    Ok(set)
}

async fn of_process(members: usize) -> Result<Shared> {
    let set = ReplicaSet::start(members).await?;
    let (ports, version) = (set.members.ports().to_vec(), set.version.clone());
    Ok(Shared { members: Members::new(ports), version, _own: Some(set) })
}

async fn of_run(runner: u32, members: usize) -> Result<Shared> {
    let meeting = meeting_point(runner, members)?;
    let _lock = lock(meeting.clone()).await?;
    let state = meeting.join(STATE);
    if let Some(found) = fs::read_to_string(&state).ok().as_deref().and_then(Record::parse) {
        if found.is_alive().await {
            return Ok(found.into_shared());
        }
        found.bury();
    }
    let set = ReplicaSet::start(members).await?;
    let record = Record::of(&set);
    record.write(&state).map_err(|cause| failed(&state, &cause))?;
    set.supervisor.keep(runner, &meeting)?;
    Ok(record.into_shared())
}

/// The folder where the processes of one run meet: ours alone, removed with the set.
fn meeting_point(runner: u32, members: usize) -> Result<PathBuf> {
    let user = getuid().as_raw();
    let folder = std::env::temp_dir().join(format!("odm-sandbox-shared-{user}-{runner}-{members}"));
    match DirBuilder::new().mode(0o700).create(&folder) {
        Err(cause) if cause.kind() != io::ErrorKind::AlreadyExists => Err(failed(&folder, &cause)),
        _ if fs::symlink_metadata(&folder)
            .is_ok_and(|found| found.is_dir() && found.uid() == user) =>
        {
            Ok(folder)
        }
        _ => Err(failed(&folder, &io::Error::other("it belongs to somebody else"))),
    }
}

/// Takes the lock on a thread that may block, for another process may be starting the set.
async fn lock(meeting: PathBuf) -> Result<Lock> {
    let path = meeting.join(LOCK);
    let taken = tokio::task::spawn_blocking(move || {
        Lock::acquire(&path, || {}).map_err(|cause| failed(&path, &cause))
    });
    taken.await.unwrap_or_else(|cause| Err(failed(&meeting, &io::Error::other(cause))))
}

fn failed(path: &Path, cause: &io::Error) -> Error {
    Error::sandbox(format!("cannot share a sandbox through {}: {cause}", path.display()))
}

/// What the state file says, a line each.
#[derive(Clone, Debug, PartialEq)]
struct Record {
    supervisor: u32,
    folder: PathBuf,
    version: String,
    ports: Vec<u16>,
}

impl Record {
    fn of(set: &ReplicaSet) -> Record {
        Record {
            supervisor: set.supervisor.process(),
            folder: set.supervisor.folder().to_owned(),
            version: set.version.clone(),
            ports: set.members.ports().to_vec(),
        }
    }

    fn parse(text: &str) -> Option<Record> {
        let mut lines = text.lines();
        let supervisor = lines.next()?.parse().ok()?;
        let (folder, version) = (lines.next()?.into(), lines.next()?.to_owned());
        let ports = lines.next()?.split(' ').map(str::parse).collect::<Result<_, _>>().ok()?;
        Some(Record { supervisor, folder, version, ports })
    }

    fn text(&self) -> String {
        let ports: Vec<_> = self.ports.iter().map(u16::to_string).collect();
        let (folder, ports) = (self.folder.display(), ports.join(" "));
        format!("{}\n{folder}\n{}\n{ports}\n", self.supervisor, self.version)
    }

    /// A reader sees the old file or the new one, never half of it.
    fn write(&self, path: &Path) -> io::Result<()> {
        let draft = path.with_extension("draft");
        fs::write(&draft, self.text())?;
        fs::rename(draft, path)
    }

    /// Whether the set is supervised and all its members serve.
    async fn is_alive(&self) -> bool {
        self.folder.is_dir()
            && self.is_supervised()
            && Members::new(self.ports.clone()).settled(&Deadline::after(REVIVAL)).await.is_ok()
    }

    fn is_supervised(&self) -> bool {
        ancestor::look(self.supervisor).is_some_and(|process| process.runs)
    }

    /// Ends what is left of a half-dead set; its supervisor may be what died.
    fn bury(&self) {
        ask_to_end(&self.folder);
        if self.is_supervised() {
            return;
        }
        for member in 0..self.ports.len() {
            if let Some(process) = self.orphan(member) {
                let _ = kill_process(process, Signal::KILL);
            }
        }
        let _ = fs::remove_dir_all(&self.folder);
    }

    /// The process noted for a member, if it is a `mongod` still.
    fn orphan(&self, member: usize) -> Option<Pid> {
        let noted = fs::read_to_string(self.folder.join(format!("{member}.pid"))).ok()?;
        let process = noted.trim().parse().ok()?;
        ancestor::look(process).filter(|process| process.name.contains("mongod"))?;
        Pid::from_raw(i32::try_from(process).ok()?)
    }

    fn into_shared(self) -> Shared {
        Shared { members: Members::new(self.ports), version: self.version, _own: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_read_as_it_was_written() {
        let record = Record {
            supervisor: 42,
            folder: "/tmp/a folder".into(),
            version: "6.0.5".to_owned(),
            ports: vec![7001, 7002],
        };
        assert_eq!(Record::parse(&record.text()), Some(record));
    }

    #[test]
    fn half_a_record_is_none() {
        assert_eq!(Record::parse("42\n/tmp/a folder\n6.0.5\n"), None);
    }
}
