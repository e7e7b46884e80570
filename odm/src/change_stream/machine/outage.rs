//! A time without replies, and the pauses between the attempts to end it.

use std::time::Duration;

use tokio::time::Instant;

use crate::executor::Pauses;

/// The pause before the second attempt to resume; the first attempt does not wait.
const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// A time without replies.
pub(super) struct Outage {
    since: Instant,
    attempts: u32,
    pauses: Pauses,
}

impl Outage {
    pub(super) fn now() -> Self {
        let pauses = Pauses::new(FIRST_PAUSE, LONGEST_PAUSE);
        Self { since: Instant::now(), attempts: 0, pauses }
    }

    /// For how long there have been no replies.
    pub(super) fn elapsed(&self) -> Duration {
        self.since.elapsed()
    }

    /// Counts one more attempt to resume.
    pub(super) fn attempt(&mut self) -> u32 {
        self.attempts += 1;
        self.attempts
    }

    /// The pause before this attempt; the first one follows at once.
    pub(super) fn pause(&mut self) -> Duration {
        if self.attempts == 1 { Duration::ZERO } else { self.pauses.next() }
    }
}
