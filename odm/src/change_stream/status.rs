//! How a stream is.

use crate::error::Error;

/// How a change stream is, see [`ChangeStream::status`](super::ChangeStream::status).
#[derive(Clone, Debug)]
pub enum StreamStatus {
    /// The last request was answered.
    Live,
    /// The server cannot be reached or is out of order; the stream goes on when it is back.
    Resuming {
        /// How often it was tried since the last answer.
        attempt: u32,
        /// The last failure.
        error: Box<Error>,
    },
    /// Nothing more will come: what was watched is gone, or an error was final.
    Ended,
}
