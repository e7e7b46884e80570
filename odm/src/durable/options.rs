//! How a durable consumer works.

use std::time::Duration;

/// What is done with an event whose handler fails again and again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum OnFailure {
    /// `run` returns the handler's error. The token stays before the event, so the event comes
    /// again next time.
    #[default]
    Stop,
    /// The event is put into the collection of this name, in the database of the documents, and
    /// the consumer goes on. An event that is larger than 16 MB cannot be sent by the server: it is
    /// put there by the key of its document, and the handler does not get it.
    DeadLetter(String),
}

/// The options, without types.
#[derive(Clone, Debug)]
pub(super) struct Options {
    pub(super) lease: Duration,
    /// Further attempts after the first.
    pub(super) retries: u32,
    pub(super) first_pause: Duration,
    pub(super) on_failure: OnFailure,
    pub(super) refuses_undecodable: bool,
    pub(super) checkpoint_events: u64,
    pub(super) checkpoint_after: Duration,
    pub(super) idle_checkpoint_after: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            lease: Duration::from_secs(30),
            retries: 3,
            first_pause: Duration::from_millis(100),
            on_failure: OnFailure::Stop,
            refuses_undecodable: false,
            checkpoint_events: 100,
            checkpoint_after: Duration::from_secs(1),
            idle_checkpoint_after: Duration::from_secs(10),
        }
    }
}
