//! The state of a stream.

use crate::error::Error;

/// The state of a change stream, see [`ChangeStream::status`](super::ChangeStream::status).
#[derive(Clone, Debug)]
pub enum StreamStatus {
    /// The last request was answered.
    Live,
    /// The server cannot be reached, or has failed. The stream goes on when it is back.
    Resuming {
        /// The number of attempts since the stream has last moved on: since an event, or an answer
        /// with another token.
        attempt: u32,
        /// The last failure.
        error: Box<Error>,
    },
    /// Nothing more will come: what was watched is gone, or an error was final.
    Ended,
}
