//! What an error of a commit says about the writes.

use mongodb::{
    ClientSession,
    bson::RawDocumentBuf,
    error::{
        Error as DriverError, ErrorKind as Driver, TRANSIENT_TRANSACTION_ERROR,
        UNKNOWN_TRANSACTION_COMMIT_RESULT, WriteFailure,
    },
};

use crate::{
    error::{Outcome, code},
    support::driver_text,
};

/// What became of the writes when the commit ended with this error. `NotApplied` is said only if
/// that is proven.
///
/// | error | first commit | a commit was sent before |
/// | --- | --- | --- |
/// | write concern not met | applied | applied |
/// | label `TransientTransactionError` | not applied | not applied |
/// | no answer, or an interruption | unknown | unknown |
/// | any other refusal | not applied | unknown |
///
/// The server gives the label to a commit of a transaction that it does not have only if a majority
/// says so, too; and the driver repeats a commit with the write concern `majority`. So the label
/// proves, also in the answer to a repetition, that nothing was and nothing will be applied.
pub(super) fn of_commit(error: &DriverError, was_sent_before: bool) -> Outcome {
    match &*error.kind {
        Driver::Write(WriteFailure::WriteConcernError(_)) => Outcome::Applied,
        _ if error.contains_label(TRANSIENT_TRANSACTION_ERROR) => Outcome::NotApplied,
        _ if error.contains_label(UNKNOWN_TRANSACTION_COMMIT_RESULT) => Outcome::Unknown,
        _ if was_sent_before => Outcome::Unknown,
        Driver::Command(command) if may_follow_a_commit(command.code) => Outcome::Unknown,
        Driver::Command(_) if is_beside_a_concern(error) => Outcome::Unknown,
        Driver::Command(_) | Driver::InvalidArgument { .. } => Outcome::NotApplied,
        _ => Outcome::Unknown,
    }
}

/// Errors of a server that works on a commit, or waits for its write concern.
fn may_follow_a_commit(code: i32) -> bool {
    matches!(
        code,
        code::MAX_TIME_MS_EXPIRED
            | code::WRITE_CONCERN_FAILED
            | code::UNKNOWN_REPL_WRITE_CONCERN
            | code::SHUTDOWN_IN_PROGRESS
            | code::UNSATISFIABLE_WRITE_CONCERN
            | code::PRIMARY_STEPPED_DOWN
            | code::EXCEEDED_TIME_LIMIT
            | code::TRANSACTION_EXCEEDED_LIFETIME_LIMIT_SECONDS
            | code::INTERRUPTED_AT_SHUTDOWN
            | code::INTERRUPTED
            | code::INTERRUPTED_DUE_TO_REPL_STATE_CHANGE
    )
}

/// Whether the server could not tell what a majority has.
fn is_beside_a_concern(error: &DriverError) -> bool {
    let has_concern = |reply: &RawDocumentBuf| !matches!(reply.get("writeConcernError"), Ok(None));
    error.server_response().is_some_and(has_concern)
}

/// Whether a connection of the session broke: the driver repeats a commit whose connection breaks,
/// and then its error is that of the repetition. If the driver does not tell, that counts as broken.
pub(super) fn has_lost_a_connection(session: &ClientSession) -> bool {
    driver_text::is_dirty(session).unwrap_or(true)
}
