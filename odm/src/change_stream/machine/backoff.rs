//! The pauses between attempts that get nowhere.

use std::time::Duration;

use crate::support::Pauses;

/// The pause before the second attempt; the first attempt does not wait.
const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// The attempts since the stream has last moved on.
pub(super) struct Backoff {
    attempts: u32,
    pauses: Pauses,
}

impl Backoff {
    pub(super) fn new() -> Self {
        Self { attempts: 0, pauses: Pauses::new(FIRST_PAUSE, LONGEST_PAUSE) }
    }

    /// How many attempts there were.
    pub(super) fn attempts(&self) -> u32 {
        self.attempts
    }

    /// Counts one more attempt. The pause before it; the first one follows at once.
    pub(super) fn next(&mut self) -> Duration {
        self.attempts = self.attempts.saturating_add(1);
        if self.attempts == 1 { Duration::ZERO } else { self.pauses.next() }
    }
}
