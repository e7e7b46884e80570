//! Sorting the failures of change streams.

use mongodb::error::{ErrorKind as Driver, RESUMABLE_CHANGE_STREAM_ERROR, RETRYABLE_ERROR};

use crate::error::{ChangeStreamFailure, Error, ErrorKind, Outcome};

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
            // CappedPositionLost, under a cursor; ChangeStreamHistoryLost, when it is opened.
            Some(136 | 286) => Self::HistoryLost,
            Some(280) if error.to_string().contains("_id") => Self::Other(Some(Kind::MissingToken)),
            Some(280) => Self::HistoryLost,
            Some(260) => Self::Other(Some(Kind::InvalidToken)),
            Some(47) => Self::Other(Some(Kind::MissingImage)),
            Some(10334) => Self::Other(Some(Kind::TooLarge)),
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
        let reason = match error.kind() {
            ErrorKind::Server(server) => server.message.clone(),
            other => other.to_string(),
        };
        error.with_kind(ErrorKind::ChangeStream { failure: kind, reason }, Outcome::NotApplied)
    }
}

fn is_labelled(error: &Error) -> bool {
    error.has_label(RESUMABLE_CHANGE_STREAM_ERROR) || error.has_label(RETRYABLE_ERROR)
}

/// Members that step down, shut down or cannot be reached, and cursors that were lost.
fn is_outage(code: i32) -> bool {
    const CODES: [i32; 20] = [
        6, 7, 43, 63, 89, 91, 133, 134, 150, 189, 234, 237, 262, 9001, 10107, 11600, 11602, 13388,
        13435, 13436,
    ];
    CODES.contains(&code)
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
