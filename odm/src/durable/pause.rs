//! Pauses between attempts, and the end of patience.

use std::time::Duration;

use tokio::time::Instant;

use crate::{
    change_stream::is_outage,
    error::{Error, ErrorKind},
    executor::random_share,
};

/// The longest pause, whatever the first one was.
const LONGEST: Duration = Duration::from_secs(30);
/// While a server is out of order it is asked more often, to be soon back.
const FIRST_OF_OUTAGE: Duration = Duration::from_millis(50);
const LONGEST_OF_OUTAGE: Duration = Duration::from_secs(2);

/// Pauses that double, each random within its upper half.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pauses {
    next: Duration,
    longest: Duration,
}

impl Pauses {
    pub(super) fn from(first: Duration) -> Self {
        Self { next: first, longest: LONGEST }
    }

    /// How long to wait before the next attempt.
    pub(super) fn next(&mut self) -> Duration {
        let pause = self.next.min(self.longest);
        self.next = pause.saturating_mul(2);
        pause.mul_f64(0.5 + random_share() / 2.0)
    }
}

/// The attempts to reach a database that is out of order.
#[derive(Clone, Copy, Debug)]
pub(super) struct Patience {
    pauses: Pauses,
    until: Option<Instant>,
}

impl Patience {
    /// For so long, or for ever.
    pub(super) fn new(limit: Option<Duration>) -> Self {
        let until = limit.and_then(|limit| Instant::now().checked_add(limit));
        let pauses = Pauses { next: FIRST_OF_OUTAGE, longest: LONGEST_OF_OUTAGE };
        Self { pauses, until }
    }

    /// Waits after a failure that may pass; returns the others.
    pub(super) async fn bear(&mut self, error: Error) -> Result<(), Error> {
        let has_time = self.until.is_none_or(|until| Instant::now() < until);
        if !has_time || !may_pass(&error) {
            return Err(error);
        }
        tokio::time::sleep(self.pauses.next()).await;
        Ok(())
    }
}

/// Whether the same may succeed a moment later.
pub(super) fn may_pass(error: &Error) -> bool {
    let passes = matches!(
        error.kind(),
        ErrorKind::Timeout
            | ErrorKind::WriteConflict
            | ErrorKind::Unavailable(_)
            // Two that create one document at the same time.
            | ErrorKind::DuplicateKey(_)
    );
    passes || is_outage(error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_the_longest() {
        let mut pauses = Pauses::from(Duration::from_secs(1));
        for whole in [1, 2, 4, 8, 16, 30, 30] {
            let (whole, pause) = (Duration::from_secs(whole), pauses.next());
            assert!(whole / 2 <= pause && pause <= whole, "{pause:?} of {whole:?}");
        }
    }
}
