//! How the commands of a bulk are sent: in one session, one after the other, each at most twice.
//!
//! ```text
//! number ──► attempt ──┬─ reply, or refusal ──────────────────────────► that
//!                      └─ connection lost, or `RetryableWriteError` ──► attempt, same number
//!                              ├─ reply: the server did at most once what was asked twice
//!                              ├─ no server: the first error
//!                              └─ failed again: unknown, if the first may have been done
//! ```
//!
//! Without a number there is one attempt: statements on many documents, transactions, clients with
//! `retryWrites=false`, standalone servers.

use std::time::Duration;

use mongodb::{
    ClientSession, Database,
    bson::{Document, RawDocumentBuf, Timestamp},
    error::{
        Error as DriverError, ErrorKind as Driver, NO_WRITES_PERFORMED, RETRYABLE_WRITE_ERROR,
        SYSTEM_OVERLOADED_ERROR,
    },
};

use crate::{
    error::{Access, Error, Outcome, Result, UNACKNOWLEDGED},
    executor::{Call, RawCollection},
    options::{WriteConcern, is_unacknowledged},
};

use super::{
    assemble::{Sending, assemble},
    number::Numbers,
    plan::Group,
    reply::labels,
    run::Work,
};

pub(super) struct Lane<'a> {
    call: &'a mut Call,
    /// A session for this bulk alone, if the caller gave none.
    own: Option<ClientSession>,
    /// `None` in a transaction.
    numbers: Option<Numbers>,
    collection: RawCollection,
    database: Database,
}

impl<'a> Lane<'a> {
    pub(super) async fn open(call: &'a mut Call, work: &Work) -> Result<Self> {
        let collection = call.collection();
        let client = collection.client().clone();
        let database = client.database(&collection.namespace().db);
        let own = match call.session() {
            Some(_) => None,
            None => Some(client.start_session().causal_consistency(false).await?),
        };
        let mut lane = Self { call, own, numbers: None, collection, database };
        let collections = 0..work.concerns.len().max(1);
        if collections
            .filter_map(|at| lane.write_concern(work, at))
            .any(|it| is_unacknowledged(&it))
        {
            return Err(Error::invalid(UNACKNOWLEDGED));
        }
        if !lane.call.is_in_transaction() {
            lane.numbers = Some(Numbers::of(lane.session()));
        }
        Ok(lane)
    }

    pub(super) fn session(&mut self) -> &mut ClientSession {
        match &mut self.own {
            Some(own) => own,
            None => self.call.session().expect("a call without a session was given one"),
        }
    }

    pub(super) fn collection(&self, name: &str) -> RawCollection {
        match name == self.collection.name() {
            true => self.collection.clone(),
            false => self.database.collection(name),
        }
    }

    pub(super) fn is_in_transaction(&self) -> bool {
        self.call.is_in_transaction()
    }

    /// Whether a command can be repeated safely.
    pub(super) fn has_numbers(&self) -> bool {
        self.numbers.as_ref().is_some_and(Numbers::are_available)
    }

    /// Whether every server has the command `bulkWrite`.
    pub(super) fn has_bulk_write(&self) -> bool {
        self.numbers.as_ref().is_some_and(Numbers::has_bulk_write)
    }

    pub(super) fn has_deadline(&self) -> bool {
        self.call.max_time().is_some()
    }

    /// Whether the time is up.
    pub(super) fn is_late(&self) -> bool {
        self.call.max_time().is_some_and(|left| left <= Duration::from_millis(1))
    }

    /// The driver has sent a write of its own in the session.
    pub(super) fn driver_has_written(&mut self) {
        if let Some(numbers) = &mut self.numbers {
            numbers.forget();
        }
    }

    /// The concern of the bulk, otherwise of the collection. A transaction has its own.
    pub(super) fn write_concern(&self, work: &Work, collection: usize) -> Option<WriteConcern> {
        let bulk = work.options.write_concern.as_ref();
        let concern = bulk.or_else(|| match work.concerns.get(collection) {
            Some(concern) => concern.as_ref(),
            None => self.collection.write_concern(),
        });
        concern.filter(|_| !self.is_in_transaction()).cloned()
    }

    /// Sends a command and returns the server's reply to it.
    ///
    /// # Errors
    ///
    /// If there is no reply. The outcome is `Unknown` if some of it may have been applied, and
    /// otherwise `NotSent` or `NotApplied`.
    pub(super) async fn send(&mut self, work: &Work, group: &Group) -> Result<Document> {
        let mut sending = Sending {
            number: self.number(group).await?,
            after: self.operation_time(),
            write_concern: self.write_concern(work, group.collection),
            max_time: None,
        };
        let first = self.attempt(work, group, &mut sending).await?;
        if sending.number.is_none() || !asks_again(&first) || self.is_late() {
            return first.map_err(unanswered);
        }
        let second = self.attempt(work, group, &mut sending).await?;
        latest(first, second)
    }

    async fn attempt(
        &mut self,
        work: &Work,
        group: &Group,
        sending: &mut Sending,
    ) -> Result<mongodb::error::Result<Document>> {
        sending.max_time = self.call.max_time();
        let command = assemble(&work.statements, group, (&work.options, sending))?;
        let command = RawDocumentBuf::from_bytes(command);
        let command = command.map_err(|error| Error::invalid(error.to_string()))?;
        let database = self.database.clone();
        Ok(database.run_raw_command(command).session(self.session()).await)
    }

    async fn number(&mut self, group: &Group) -> Result<Option<i64>> {
        let Self { call, own, numbers, .. } = self;
        let session = own.as_mut().or_else(|| call.session());
        match (numbers, session) {
            (Some(numbers), Some(session)) if !group.has_multi => {
                numbers.next(session).await.map_err(unanswered)
            }
            _ => Ok(None),
        }
    }

    /// What a causally consistent session has seen. The driver adds it to its own commands only.
    fn operation_time(&mut self) -> Option<Timestamp> {
        let is_ordered = self.call.is_causal() && !self.call.is_in_transaction();
        self.call.session().filter(|_| is_ordered)?.operation_time()
    }
}

/// Whether the command should be sent again. If an overloaded server refused it, the driver has
/// sent it again already.
fn asks_again(result: &mongodb::error::Result<Document>) -> bool {
    match result {
        Ok(reply) => labels(reply).any(|label| label == RETRYABLE_WRITE_ERROR),
        Err(error) if error.contains_label(SYSTEM_OVERLOADED_ERROR) => false,
        Err(error) => is_lost(error) || error.contains_label(RETRYABLE_WRITE_ERROR),
    }
}

fn is_lost(error: &DriverError) -> bool {
    matches!(*error.kind, Driver::Io(_) | Driver::ConnectionPoolCleared { .. })
}

/// The result that tells more.
fn latest(
    first: mongodb::error::Result<Document>,
    second: mongodb::error::Result<Document>,
) -> Result<Document> {
    let (first, second) = match (first, second) {
        (_, Ok(reply)) | (Ok(reply), Err(_)) => return Ok(reply),
        (Err(first), Err(second)) => (first, second),
    };
    let was_not_done = matches!(*second.kind, Driver::ServerSelection { .. })
        || second.contains_label(NO_WRITES_PERFORMED);
    let (first, second) = (unanswered(first), unanswered(second));
    match first.outcome() {
        _ if was_not_done => Err(first),
        Outcome::Unknown => Err(second.with_outcome(Outcome::Unknown)),
        _ => Err(second),
    }
}

/// An error instead of a reply, and what became of the command.
pub(super) fn unanswered(error: DriverError) -> Error {
    let error = Error::from_driver(error, Access::ManyWrites);
    let outcome = match error.outcome() {
        // The server refused a command: before its first statement, or between two.
        Outcome::Partial if error.code().is_some_and(is_refusal) => Outcome::NotApplied,
        Outcome::NotSent => Outcome::NotSent,
        Outcome::NotApplied => Outcome::NotApplied,
        _ => Outcome::Unknown,
    };
    error.with_outcome(outcome)
}

/// Errors that the server finds before it executes the first statement.
fn is_refusal(code: i32) -> bool {
    matches!(code, 2 | 9 | 13 | 14 | 16 | 18 | 20 | 59 | 72 | 73 | 166 | 225 | 251 | 256 | 263)
        || matches!(code, 10334 | 40353 | 40413..=40415)
}

#[cfg(test)]
mod tests {
    use mongodb::bson::doc;

    use super::*;

    fn lost() -> DriverError {
        std::io::Error::from(std::io::ErrorKind::ConnectionReset).into()
    }

    #[test]
    fn a_lost_connection_and_a_label_ask_for_a_second_attempt() {
        assert!(asks_again(&Err(lost())));
        assert!(asks_again(&Ok(doc! { "ok": 1, "errorLabels": [RETRYABLE_WRITE_ERROR] })));
        assert!(!asks_again(&Ok(doc! { "ok": 1, "errorLabels": ["Other"] })));
        assert!(!asks_again(&Err(DriverError::custom("other"))));
    }

    #[test]
    fn after_two_failures_what_the_first_may_have_done_is_unknown() {
        let error = latest(Err(lost()), Err(lost())).unwrap_err();
        assert_eq!(error.outcome(), Outcome::Unknown);
        let error = latest(Err(lost()), Err(DriverError::custom("other"))).unwrap_err();
        assert_eq!(error.outcome(), Outcome::Unknown);
    }

    #[test]
    fn a_reply_is_worth_more_than_an_error() {
        let reply = latest(Err(lost()), Ok(doc! { "n": 1 })).unwrap();
        assert_eq!(reply, doc! { "n": 1 });
        let reply = latest(Ok(doc! { "n": 1 }), Err(lost())).unwrap();
        assert_eq!(reply, doc! { "n": 1 });
    }
}
