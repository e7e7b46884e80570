//! Replica sets for tests of faults: the shared one, and one of a test's own.
//!
//! Knows the members of a set. Does not know clients.

use std::future::Future;
use std::ops::Deref;
use std::sync::Arc;

use mongodb::bson::{Bson, Document, doc};
use mongodb::options::TagSet;
use odm::{
    options::ReadPreference,
    sandbox::{ReplicaSet, SharedReplicaSet},
};
use tokio::sync::{Mutex, MutexGuard};

use crate::{
    fail_point::{Enabled, FailPoint},
    member::Member,
};

/// The tag that names a member, see [`Set::tag_members`].
const TAG: &str = "member";
/// Longer than any test takes.
const NO_ELECTION_MILLIS: i32 = 600_000;
/// How often a new configuration is tried while others change it.
const ATTEMPTS: usize = 100;

/// A replica set, a test's own or the shared one.
pub trait Set: Sync {
    /// How many members there are.
    fn size(&self) -> usize;

    /// A member, counted from 0.
    fn member(&self, index: usize) -> Member;

    /// The number of the primary.
    fn leader(&self) -> impl Future<Output = usize> + Send;

    /// The primary.
    fn primary_member(&self) -> impl Future<Output = Member> + Send {
        async { self.member(self.leader().await) }
    }

    /// The number of a secondary, the same one until the next election.
    fn follower(&self) -> impl Future<Output = usize> + Send {
        async { (self.leader().await + 1) % self.size() }
    }

    /// Gives each member a tag of its own, so that [`only`] can name it. Clients that are made
    /// afterwards know the tags.
    fn tag_members(&self) -> impl Future<Output = ()> + Send {
        self.reconfigure(|config| {
            let members = config.get_array_mut("members").expect("members");
            for (index, member) in members.iter_mut().enumerate() {
                let Bson::Document(member) = member else { panic!("{member}") };
                member.insert("tags", doc! { TAG: index.to_string() });
            }
        })
    }

    /// The primary stays, however busy the machine is: by itself no member calls an election
    /// within minutes. For tests that kill no primary.
    fn keep_primary(&self) -> impl Future<Output = ()> + Send {
        self.reconfigure(|config| {
            let settings = config.get_document_mut("settings").expect("settings");
            settings.insert("electionTimeoutMillis", NO_ELECTION_MILLIS);
        })
    }

    /// Changes the configuration, unless it is so already; tries again if another does so, too.
    fn reconfigure(
        &self,
        change: impl Fn(&mut Document) + Send + Sync,
    ) -> impl Future<Output = ()> + Send {
        async move {
            let mut refused = String::new();
            for _ in 0..ATTEMPTS {
                let primary = self.primary_member().await;
                let answer = primary.run(doc! { "replSetGetConfig": 1 }).await;
                let old = answer.get_document("config").expect("a configuration");
                let mut new = old.clone();
                change(&mut new);
                if new == *old {
                    return;
                }
                new.insert("version", old.get_i32("version").expect("a version") + 1);
                match primary.try_run(doc! { "replSetReconfig": new }).await {
                    Ok(_) => return,
                    Err(error) => refused = error,
                }
            }
            panic!("the configuration could not be changed: {refused}");
        }
    }
}

/// Reads from the member of this number alone, once the set's members have
/// [tags](Set::tag_members). Waits in vain for one that is primary.
pub fn only(member: usize) -> ReadPreference {
    let tags: TagSet = [(TAG.to_owned(), member.to_string())].into();
    ReadPreference::secondary().tag_sets(vec![tags])
}

/// Holds replication back on a secondary, and returns when nothing is applied there any more.
///
/// Only on a set of the test's own: the fail point holds for all.
pub async fn stop_replication(secondary: Member) -> Enabled {
    let stopped = FailPoint::named("rsSyncApplyStop").on(secondary).await;
    stopped.entered(1).await;
    stopped
}

/// Lets it go on, and returns when the secondary has caught up with the primary, and the primary
/// knows that a majority has.
pub async fn resume_replication(stopped: Enabled, primary: Member) {
    let secondary = stopped.member();
    stopped.off().await;
    let goal = optime(&primary, "appliedOpTime").await;
    let caught_up = async {
        while optime(&secondary, "appliedOpTime").await < goal {
            tokio::task::yield_now().await;
        }
        majority_knows(primary, goal).await;
    };
    let limit = tokio::time::timeout(crate::member::PATIENCE, caught_up);
    limit.await.expect("a secondary that catches up");
}

/// Returns when a majority read on the primary, in whatever session, sees all that is written by
/// now. An acknowledgment by a number of members does not wait for that.
pub async fn committed(primary: Member) {
    let goal = optime(&primary, "appliedOpTime").await;
    let committed = majority_knows(primary, goal);
    let limit = tokio::time::timeout(crate::member::PATIENCE, committed);
    limit.await.expect("a majority that has it");
}

/// Majority reads are of a snapshot that may be older than the commit point.
async fn majority_knows(primary: Member, goal: mongodb::bson::Timestamp) {
    while optime(&primary, "readConcernMajorityOpTime").await < goal {
        tokio::task::yield_now().await;
    }
}

async fn optime(member: &Member, which: &str) -> mongodb::bson::Timestamp {
    let status = member.run(doc! { "replSetGetStatus": 1 }).await;
    let optimes = status.get_document("optimes").expect("optimes");
    let reached = optimes.get_document(which).expect("what is reached");
    reached.get_timestamp("ts").expect("a time")
}

impl Set for ReplicaSet {
    fn size(&self) -> usize {
        self.members()
    }

    fn member(&self, index: usize) -> Member {
        Member::of(&self.member_uri(index))
    }

    async fn leader(&self) -> usize {
        self.primary().await.expect("a primary")
    }
}

impl Set for SharedReplicaSet {
    fn size(&self) -> usize {
        self.members()
    }

    fn member(&self, index: usize) -> Member {
        Member::of(&self.member_uri(index))
    }

    async fn leader(&self) -> usize {
        self.primary().await.expect("a primary")
    }
}

/// A replica set of a test's own, for kills, elections and fail points that hold for all.
///
/// Tests that have one run one after the other: memory and cores are few.
#[derive(Debug)]
pub struct OwnSet {
    set: ReplicaSet,
    _turn: MutexGuard<'static, ()>,
}

impl OwnSet {
    /// Starts a set of three when it is this test's turn.
    pub async fn start() -> Arc<Self> {
        static TURN: Mutex<()> = Mutex::const_new(());
        let turn = TURN.lock().await;
        let set = ReplicaSet::start(3).await.expect("a replica set");
        Arc::new(Self { set, _turn: turn })
    }
}

impl Deref for OwnSet {
    type Target = ReplicaSet;

    fn deref(&self) -> &ReplicaSet {
        &self.set
    }
}
