//! Numbers by which the server recognizes a repeated command (`txnNumber`).
//!
//! A server session counts its retryable writes. The driver counts its own: it does not tell a
//! number, and it does not take one. If a number is used twice, the server takes the second command
//! for a repetition of the first: it answers with success and does nothing. So the driver keeps the
//! count: a transaction that is started and aborted with nothing in it adds one, without a round
//! trip. Only the debug output of the session tells the count.
//!
//! Both are details of the driver. So they are tested once before the first number is used. If they
//! do not work, commands have no number and are not repeated.
//!
//! Manual: [retryable writes](https://www.mongodb.com/docs/manual/core/retryable-writes/).

use std::{
    fmt::{self, Write},
    sync::OnceLock,
};

use mongodb::{ClientSession, error::ErrorKind};

/// The first server version that has the command `bulkWrite`: MongoDB 8.0.
const BULK_WRITE: i32 = 25;

/// What the debug output of a session tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Told {
    number: i64,
    retries_writes: bool,
    /// The oldest server of the deployment.
    wire_version: Option<i32>,
}

/// The numbers of one session, which is used for nothing else meanwhile.
#[derive(Debug)]
pub(super) struct Numbers {
    told: Option<Told>,
    /// The last number, if the driver has counted none since.
    last: Option<i64>,
}

impl Numbers {
    /// The numbers of this session. A client that does not retry writes has none.
    pub(super) fn of(session: &ClientSession) -> Self {
        let told = read(&shown(session, "session_pool"));
        Self { told, last: told.map(|told| told.number) }
    }

    pub(super) fn are_available(&self) -> bool {
        self.told.is_some_and(|told| told.retries_writes)
    }

    /// Whether every server of the deployment has the command `bulkWrite`.
    pub(super) fn has_bulk_write(&self) -> bool {
        let version = self.told.and_then(|told| told.wire_version);
        version.is_some_and(|version| version >= BULK_WRITE)
    }

    /// The driver has used numbers of the session.
    pub(super) fn forget(&mut self) {
        self.last = None;
    }

    /// A number that was never used in the session, which is in no transaction.
    ///
    /// # Errors
    ///
    /// If no server can be reached.
    pub(super) async fn next(
        &mut self,
        session: &mut ClientSession,
    ) -> mongodb::error::Result<Option<i64>> {
        if !self.are_available() || TRUSTED.get() == Some(&false) {
            return Ok(None);
        }
        let Some(last) = self.last.or_else(|| number(session)) else { return Ok(None) };
        if !count_up(session).await? {
            return Ok(None);
        }
        let is_trusted = *TRUSTED.get_or_init(|| number(session) == Some(last + 1));
        self.last = is_trusted.then_some(last + 1);
        Ok(self.last)
    }
}

/// Whether the driver counts as this module assumes; tested once in a process.
static TRUSTED: OnceLock<bool> = OnceLock::new();

/// Lets the driver add one to its count; `false` where there are no transactions, as on a
/// standalone server.
async fn count_up(session: &mut ClientSession) -> mongodb::error::Result<bool> {
    match session.start_transaction().await {
        Ok(()) => session.abort_transaction().await.map(|()| true),
        Err(error) if matches!(*error.kind, ErrorKind::Transaction { .. }) => Ok(false),
        Err(error) => Err(error),
    }
}

fn number(session: &ClientSession) -> Option<i64> {
    read(&shown(session, "client")).map(|told| told.number)
}

/// The debug output up to a field of this name. What comes after it may be long: all sessions of a
/// pool.
fn shown(value: &impl fmt::Debug, end: &'static str) -> String {
    let mut head = Head { text: String::with_capacity(4096), end };
    // An error is the way to end the output.
    let _ = write!(head, "{value:?}");
    head.text
}

struct Head {
    text: String,
    end: &'static str,
}

impl fmt::Write for Head {
    fn write_str(&mut self, part: &str) -> fmt::Result {
        self.text.push_str(part);
        if part == self.end { Err(fmt::Error) } else { Ok(()) }
    }
}

fn read(text: &str) -> Option<Told> {
    // The session comes before its client, whose options may contain any text.
    let number = values(text, "txn_number: ").next()?;
    let versions = values(text, "max_wire_version: Some(").map(i32::try_from);
    Some(Told {
        number,
        retries_writes: !text.contains("retry_writes: Some(false)"),
        wire_version: versions.map(Result::unwrap_or_default).min(),
    })
}

/// The numbers that follow a name.
fn values<'a>(text: &'a str, name: &'a str) -> impl Iterator<Item = i64> + 'a {
    text.split(name).skip(1).filter_map(|rest| {
        let end = rest.find(|digit: char| !digit.is_ascii_digit())?;
        rest[..end].parse().ok()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_without_a_number_is_not_used() {
        assert_eq!(read("ClientSession { server_session: ServerSession { txn_count: 5 } }"), None);
        assert_eq!(read("txn_number: x"), None);
        assert_eq!(read("txn_number: 5"), None);
    }

    #[test]
    fn the_first_number_and_the_oldest_server_count() {
        let text = "ServerSession { txn_number: 12 } ClientOptions { app_name: \"txn_number: 7,\", \
                    retry_writes: None } max_wire_version: Some(25), max_wire_version: Some(17), ";
        let told = Told { number: 12, retries_writes: true, wire_version: Some(17) };
        assert_eq!(read(text), Some(told));
        assert!(!Numbers { told: read(text), last: None }.has_bulk_write());
    }

    #[test]
    fn the_debug_output_ends_at_a_field() {
        #[derive(Debug)]
        #[expect(dead_code, reason = "only shown")]
        struct Session {
            txn_number: i64,
            client: [i64; 3],
        }
        let session = Session { txn_number: 7, client: [1, 2, 3] };
        assert_eq!(shown(&session, "client"), "Session { txn_number: 7, client");
        assert_eq!(shown(&session, "other"), format!("{session:?}"));
        assert_eq!(read(&shown(&session, "client")).map(|told| told.number), Some(7));
    }

    #[test]
    fn a_client_without_retried_writes_has_no_numbers() {
        let told = read("txn_number: 0, retry_writes: Some(false), max_wire_version: Some(25)) ");
        let numbers = Numbers { told, last: None };
        assert!(!numbers.are_available());
        assert!(numbers.has_bulk_write());
    }
}
