//! The members of a set as seen from outside: their addresses and who leads.
//!
//! Knows ports, `hello` and patience. Does not know processes.

use std::time::{Duration, Instant};

use futures::future::join_all;

use super::wire::{self, Connection};
use crate::error::{Error, Result};
use mongodb::bson::{Document, doc};

/// How long any wait may take before it is an error.
const LIMIT: Duration = Duration::from_secs(60);
/// Between two looks at something that cannot be awaited.
const PAUSE: Duration = Duration::from_millis(20);

/// The end of a wait.
pub(super) struct Deadline(Instant);

impl Deadline {
    pub(super) fn new() -> Deadline {
        Deadline::after(LIMIT)
    }

    pub(super) fn after(time: Duration) -> Deadline {
        Deadline(Instant::now() + time)
    }

    /// Sleeps for a moment, or says which wait was too long.
    pub(super) async fn pause(&self, what: impl FnOnce() -> String) -> Result<()> {
        if Instant::now() > self.0 {
            return Err(Error::sandbox(format!("gave up waiting for {}", what())));
        }
        tokio::time::sleep(PAUSE).await;
        Ok(())
    }
}

/// The ports of a set and the connection string that names them.
#[derive(Debug)]
pub(super) struct Members {
    ports: Vec<u16>,
    uri: String,
}

impl Members {
    pub(super) fn new(ports: Vec<u16>) -> Members {
        let hosts: Vec<_> = ports.iter().copied().map(host).collect();
        let uri = format!("mongodb://{}/test?replicaSet=rs0", hosts.join(","));
        Members { ports, uri }
    }

    pub(super) fn uri(&self) -> &str {
        &self.uri
    }

    pub(super) fn ports(&self) -> &[u16] {
        &self.ports
    }

    pub(super) fn member_uri(&self, member: usize) -> String {
        format!("mongodb://{}/test?directConnection=true", host(self.ports[member]))
    }

    /// Refuses a number that is no member's.
    pub(super) fn check(&self, member: usize) -> Result<u16> {
        self.ports.get(member).copied().ok_or_else(|| {
            let count = self.ports.len();
            Error::sandbox(format!("no member {member} in a sandbox of {count}, counted from 0"))
        })
    }

    /// What each member says it is; `None` for one that does not answer.
    pub(super) async fn answers(&self) -> Vec<Option<Document>> {
        join_all(self.ports.iter().map(|&port| wire::hello(port))).await
    }

    /// Waits for a primary that takes writes.
    pub(super) async fn primary(&self, deadline: &Deadline) -> Result<usize> {
        loop {
            if let Some(leader) = leader(&self.answers().await) {
                return Ok(leader);
            }
            deadline.pause(|| format!("a primary of {}", self.uri)).await?;
        }
    }

    /// Waits until there is a primary and every member leads or follows.
    pub(super) async fn settled(&self, deadline: &Deadline) -> Result<()> {
        loop {
            let answers = self.answers().await;
            if leader(&answers).is_some()
                && answers.iter().flatten().filter(|a| serves(a)).count() == self.ports.len()
            {
                return Ok(());
            }
            deadline.pause(|| format!("all members of {}", self.uri)).await?;
        }
    }

    /// Runs a command on the member's `admin` database.
    pub(super) async fn run(&self, member: usize, command: Document) -> Result<Document> {
        let port = self.check(member)?;
        let failed = |cause| {
            Error::sandbox(format!("cannot reach member {member} at {}: {cause}", host(port)))
        };
        Connection::open(port).await.map_err(failed)?.run(command).await
    }

    /// The configuration that elects a primary within about a second.
    pub(super) fn configuration(&self) -> Document {
        let member =
            |(index, &port): (usize, &u16)| doc! { "_id": index as i32, "host": host(port) };
        let members: Vec<_> = self.ports.iter().enumerate().map(member).collect();
        let settings = doc! { "electionTimeoutMillis": 1000, "heartbeatIntervalMillis": 200 };
        doc! { "_id": "rs0", "version": 1, "members": members, "settings": settings }
    }
}

/// The address of a member.
pub(super) fn host(port: u16) -> String {
    format!("127.0.0.1:{port}")
}

/// Whether a member is primary or secondary.
pub(super) fn serves(answer: &Document) -> bool {
    let says = |key| answer.get_bool(key).unwrap_or(false);
    says("isWritablePrimary") || says("secondary")
}

/// The primary. Of two, the one elected last: the other one has not noticed yet.
fn leader(answers: &[Option<Document>]) -> Option<usize> {
    let elected = |answer: &Document| answer.get_object_id("electionId").ok();
    answers
        .iter()
        .enumerate()
        .filter_map(|(index, answer)| Some((index, answer.as_ref()?)))
        .filter(|(_, answer)| answer.get_bool("isWritablePrimary").unwrap_or(false))
        .max_by_key(|(_, answer)| elected(answer))
        .map(|(index, _)| index)
}

#[cfg(test)]
mod tests {
    use super::*;
    use mongodb::bson::oid::ObjectId;

    #[test]
    fn the_connection_string_names_every_member() {
        let members = Members::new(vec![7001, 7002]);
        assert_eq!(members.uri(), "mongodb://127.0.0.1:7001,127.0.0.1:7002/test?replicaSet=rs0");
        assert_eq!(members.member_uri(1), "mongodb://127.0.0.1:7002/test?directConnection=true");
    }

    #[test]
    fn a_member_that_does_not_exist_is_refused() {
        let message = Members::new(vec![7001]).check(1).unwrap_err().to_string();
        assert!(message.contains("no member 1 in a sandbox of 1"), "{message}");
    }

    #[test]
    fn of_two_primaries_the_last_elected_leads() {
        let primary = |last: u8| {
            let mut identifier = [0; 12];
            identifier[11] = last;
            Some(doc! { "isWritablePrimary": true, "electionId": ObjectId::from_bytes(identifier) })
        };
        assert_eq!(leader(&[primary(2), None, primary(1)]), Some(0));
        assert_eq!(leader(&[Some(doc! { "secondary": true }), None]), None);
    }

    #[tokio::test]
    async fn a_wait_in_vain_names_what_was_waited_for() {
        let deadline = Deadline::after(Duration::ZERO);
        let message = Members::new(vec![1]).primary(&deadline).await.unwrap_err().to_string();
        assert!(
            message.contains("gave up waiting for a primary of mongodb://127.0.0.1:1/"),
            "{message}"
        );
    }
}
