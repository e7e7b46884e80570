//! One command and its reply: sent once, or twice, and what is known of it in the end.
//!
//! ```text
//! number ──► attempt ──┬─ reply, or refusal ──────────────────────────► that
//!                      └─ connection lost, or `RetryableWriteError` ──► attempt, same number
//!                              ├─ reply: the server did at most once what was asked twice
//!                              ├─ not sent: the first error
//!                              └─ failed again: unknown, unless the first was not done
//! ```
//!
//! Without a number there is one attempt: statements on many documents, transactions, clients with
//! `retryWrites=false`, standalone servers.
//!
//! | first attempt | second attempt | told |
//! | --- | --- | --- |
//! | not sent, or refused before anything was done | not sent | the first error and its outcome |
//! | | refused | the second error, not applied |
//! | | lost | the second error, unknown |
//! | lost, or refused half-way | any reply | the reply: it tells of both attempts |
//! | | not sent, or [`NO_WRITES_PERFORMED`] | the first error, unknown |
//! | | refused, or lost | the second error, unknown: the refusal is one of the repetition only |

use mongodb::{
    bson::{Document, RawDocumentBuf},
    error::{
        Error as DriverError, ErrorKind as Driver, NO_WRITES_PERFORMED, RETRYABLE_WRITE_ERROR,
        SYSTEM_OVERLOADED_ERROR,
    },
};

use crate::{
    error::{Access, Error, Outcome, Result, code},
    executor::Watched,
};

use super::{assemble::Added, lane::Lane, reply::labels};

/// A command without what is added when it is sent.
pub(super) struct Draft<'a> {
    /// The whole command, with what is added.
    pub(super) assemble: &'a (dyn Fn(&Added) -> Result<Vec<u8>> + Sync),
    /// What it is told of the write concern.
    pub(super) added: Added,
    /// Whether the server recognizes a repetition, if it has a number.
    pub(super) is_repeatable: bool,
    /// Whether it changes one document, or many.
    pub(super) access: Access,
}

/// Sends a command and returns the server's reply to it.
///
/// # Errors
///
/// If there is no reply. The outcome is `Unknown` if some of it may have been applied, and otherwise
/// `NotSent` or `NotApplied`.
pub(super) async fn exchange(lane: &mut Lane<'_>, mut draft: Draft<'_>) -> Result<Document> {
    lane.next_command();
    draft.added.after = lane.operation_time();
    draft.added.number = lane.number(draft.is_repeatable).await?;
    let mut first = attempt(lane, &mut draft).await;
    if draft.added.number.is_some() && takes_no_number(&first) {
        lane.has_no_numbers();
        draft.added.number = None;
        first = attempt(lane, &mut draft).await;
    }
    if draft.added.number.is_none() || !asks_again(&first) || lane.is_late() {
        return first;
    }
    let second = attempt(lane, &mut draft).await;
    latest(first, second)
}

async fn attempt(lane: &mut Lane<'_>, draft: &mut Draft<'_>) -> Result<Document> {
    if lane.is_late() {
        return Err(lane.too_late());
    }
    draft.added.max_time = lane.max_time();
    let command = RawDocumentBuf::from_bytes((draft.assemble)(&draft.added)?);
    let command = command.map_err(|error| Error::invalid(error.to_string()))?;
    let Watched { output, is_sent } = lane.run_command(command).await?;
    output.map_err(|error| {
        let is_labelled = draft.added.number.is_some() && is_lost(&error);
        let error = Error::of_attempt(error, is_sent, draft.access);
        match is_labelled {
            true => error.with_label(RETRYABLE_WRITE_ERROR),
            false => error,
        }
    })
}

/// Whether the server says that it takes no numbers: nothing was done. The code alone has other
/// reasons, too; the driver has a text of its own for this one.
fn takes_no_number(result: &Result<Document>) -> bool {
    let driver = result.as_ref().err().and_then(Error::as_driver);
    driver.is_some_and(|error| match &*error.kind {
        Driver::Command(refusal) => {
            let names = |text| refusal.message.contains(text);
            refusal.code == code::ILLEGAL_OPERATION
                && (names("Transaction numbers") || names("retryable writes"))
        }
        _ => false,
    })
}

/// Whether the command should be sent again. If an overloaded server refused it, the driver has
/// sent it again already.
fn asks_again(result: &Result<Document>) -> bool {
    match result {
        Ok(reply) => labels(reply).any(|label| label == RETRYABLE_WRITE_ERROR),
        Err(error) if error.has_label(SYSTEM_OVERLOADED_ERROR) => false,
        Err(error) => {
            error.has_label(RETRYABLE_WRITE_ERROR) || error.as_driver().is_some_and(is_lost)
        }
    }
}

fn is_lost(error: &DriverError) -> bool {
    matches!(*error.kind, Driver::Io(_) | Driver::ConnectionPoolCleared { .. })
}

/// What two attempts tell; see the table above.
fn latest(first: Result<Document>, second: Result<Document>) -> Result<Document> {
    let (first, second) = match (first, second) {
        (_, Ok(reply)) | (Ok(reply), Err(_)) => return Ok(reply),
        (Err(first), Err(second)) => (first, second),
    };
    if second.outcome() == Outcome::NotSent || second.has_label(NO_WRITES_PERFORMED) {
        return Err(first);
    }
    Err(match first.outcome() {
        Outcome::NotSent | Outcome::NotApplied => second,
        _ => second.with_outcome(Outcome::Unknown),
    })
}

#[cfg(test)]
mod tests {
    use mongodb::bson::doc;

    use super::*;

    fn lost() -> DriverError {
        std::io::Error::from(std::io::ErrorKind::ConnectionReset).into()
    }

    fn error(outcome: Outcome) -> Result<Document> {
        Err(Error::of_attempt(lost(), true, Access::Write).with_outcome(outcome))
    }

    fn told(first: Outcome, second: Outcome) -> Outcome {
        latest(error(first), error(second)).unwrap_err().outcome()
    }

    #[test]
    fn a_lost_connection_and_a_label_ask_for_a_second_attempt() {
        assert!(asks_again(&error(Outcome::Unknown)));
        assert!(asks_again(&Ok(doc! { "ok": 1, "errorLabels": [RETRYABLE_WRITE_ERROR] })));
        assert!(!asks_again(&Ok(doc! { "ok": 1, "errorLabels": ["Other"] })));
        let other = Error::of_attempt(DriverError::custom("other"), true, Access::Write);
        assert!(!asks_again(&Err(other.clone())));
        assert!(asks_again(&Err(other.with_label(RETRYABLE_WRITE_ERROR))));
    }

    #[test]
    fn what_the_first_attempt_may_have_done_stays_unknown() {
        for second in [Outcome::NotSent, Outcome::NotApplied, Outcome::Unknown] {
            assert_eq!(told(Outcome::Unknown, second), Outcome::Unknown, "{second:?}");
        }
        assert_eq!(told(Outcome::NotApplied, Outcome::NotApplied), Outcome::NotApplied);
        assert_eq!(told(Outcome::NotApplied, Outcome::NotSent), Outcome::NotApplied);
        assert_eq!(told(Outcome::NotApplied, Outcome::Unknown), Outcome::Unknown);
        assert_eq!(told(Outcome::NotSent, Outcome::NotSent), Outcome::NotSent);
    }

    #[test]
    fn a_reply_is_worth_more_than_an_error() {
        let reply = latest(error(Outcome::Unknown), Ok(doc! { "n": 1 })).unwrap();
        assert_eq!(reply, doc! { "n": 1 });
        let reply = latest(Ok(doc! { "n": 1 }), error(Outcome::Unknown)).unwrap();
        assert_eq!(reply, doc! { "n": 1 });
    }
}
