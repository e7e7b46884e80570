//! Sorting the failures of change streams.

use mongodb::error::{ErrorKind as Driver, RESUMABLE_CHANGE_STREAM_ERROR, RETRYABLE_ERROR};

use crate::error::{ChangeStreamFailure, Error, ErrorKind, Outcome, code};

/// What a failure means for the stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Failure {
    /// The server, or the connection to it, has failed: the stream is opened again.
    Resumable,
    /// What comes after the token is not there any more.
    HistoryLost,
    Other(Option<ChangeStreamFailure>),
}

impl Failure {
    pub(super) fn of(error: &Error) -> Self {
        use ChangeStreamFailure as Kind;
        match error.code() {
            // The first under a cursor, the second when it is opened.
            Some(code::CAPPED_POSITION_LOST | code::CHANGE_STREAM_HISTORY_LOST) => {
                Self::HistoryLost
            }
            Some(code::CHANGE_STREAM_FATAL_ERROR) if takes_token_away(error) => {
                Self::Other(Some(Kind::MissingToken))
            }
            Some(code::CHANGE_STREAM_FATAL_ERROR) => Self::HistoryLost,
            Some(code::INVALID_RESUME_TOKEN) => Self::Other(Some(Kind::InvalidToken)),
            Some(code::NO_MATCHING_DOCUMENT) => Self::Other(Some(Kind::MissingImage)),
            Some(code::BSON_OBJECT_TOO_LARGE) => Self::Other(Some(Kind::TooLarge)),
            Some(code) if is_outage(code) || is_labelled(error) => Self::Resumable,
            Some(_) => Self::Other(None),
            None if is_network(error) => Self::Resumable,
            None => Self::Other(None),
        }
    }

    /// The error as the user sees it.
    pub(super) fn describe(self, error: Error) -> Error {
        let kind = match self {
            Self::HistoryLost => ChangeStreamFailure::HistoryLost,
            Self::Other(Some(kind)) => kind,
            Self::Resumable | Self::Other(None) => return error,
        };
        let reason = error.kind().to_string();
        error.with_kind(ErrorKind::ChangeStream { failure: kind, reason }, Outcome::NotApplied)
    }
}

/// The server has one code for a pipeline that changes the `_id` of events, and for a token that
/// it does not find.
fn takes_token_away(error: &Error) -> bool {
    error.server_message().is_some_and(|text| text.contains("_id field"))
}

fn is_labelled(error: &Error) -> bool {
    error.has_label(RESUMABLE_CHANGE_STREAM_ERROR) || error.has_label(RETRYABLE_ERROR)
}

/// Members that step down, shut down or cannot be reached, and cursors that were lost.
fn is_outage(code: i32) -> bool {
    matches!(
        code,
        code::HOST_UNREACHABLE
            | code::HOST_NOT_FOUND
            | code::CURSOR_NOT_FOUND
            | code::STALE_SHARD_VERSION
            | code::NETWORK_TIMEOUT
            | code::SHUTDOWN_IN_PROGRESS
            | code::FAILED_TO_SATISFY_READ_PREFERENCE
            | code::READ_CONCERN_MAJORITY_NOT_AVAILABLE_YET
            | code::STALE_EPOCH
            | code::PRIMARY_STEPPED_DOWN
            | code::RETRY_CHANGE_STREAM
            | code::CURSOR_KILLED
            | code::EXCEEDED_TIME_LIMIT
            | code::SOCKET_EXCEPTION
            | code::NOT_WRITABLE_PRIMARY
            | code::INTERRUPTED_AT_SHUTDOWN
            | code::INTERRUPTED_DUE_TO_REPL_STATE_CHANGE
            | code::STALE_CONFIG
            | code::NOT_PRIMARY_NO_SECONDARY_OK
            | code::NOT_PRIMARY_OR_SECONDARY
    )
}

fn is_network(error: &Error) -> bool {
    let kind = error.as_driver().map(|error| &*error.kind);
    matches!(
        kind,
        Some(
            Driver::Io(_)
                | Driver::ConnectionPoolCleared { .. }
                | Driver::ServerSelection { .. }
                | Driver::DnsResolve { .. }
                | Driver::InvalidResponse { .. }
        )
    )
}
