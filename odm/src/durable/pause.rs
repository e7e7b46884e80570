//! Pauses between attempts, and how long they go on.

use std::time::Duration;

use tokio::time::Instant;

use crate::{
    change_stream::is_outage,
    error::{Error, ErrorKind, TransactionFailure, code},
    support::Pauses,
};

/// The longest pause between attempts to handle an event.
pub(super) const LONGEST: Duration = Duration::from_secs(30);
/// During an outage of the database the pauses are shorter, so that the consumer goes on soon after
/// it.
const FIRST_OF_OUTAGE: Duration = Duration::from_millis(50);
const LONGEST_OF_OUTAGE: Duration = Duration::from_secs(2);
/// The write is applied, and the members that should acknowledge it are away, or the new primary
/// does not know them yet.
const UNACKNOWLEDGED: [i32; 2] = [code::WRITE_CONCERN_FAILED, code::UNKNOWN_REPL_WRITE_CONCERN];

/// The attempts to reach a database during an outage.
#[derive(Clone, Copy, Debug)]
pub(super) struct Patience {
    pauses: Pauses,
    until: Option<Instant>,
}

impl Patience {
    /// How long the attempts go on; `None`: without end.
    pub(super) fn new(limit: Option<Duration>) -> Self {
        let until = limit.and_then(|limit| Instant::now().checked_add(limit));
        let pauses = Pauses::new(FIRST_OF_OUTAGE, LONGEST_OF_OUTAGE);
        Self { pauses, until }
    }

    /// Waits after a failure that may pass; returns any other failure.
    pub(super) async fn bear(&mut self, error: Error) -> Result<(), Error> {
        let has_time = self.until.is_none_or(|until| Instant::now() < until);
        if !has_time || !may_pass(&error) {
            return Err(error);
        }
        tokio::time::sleep(self.pauses.next()).await;
        Ok(())
    }
}

/// Whether the same operation may succeed a moment later.
pub(super) fn may_pass(error: &Error) -> bool {
    match error.kind() {
        ErrorKind::Timeout | ErrorKind::WriteConflict | ErrorKind::Unavailable(_) => true,
        // Two processes that create one document at the same time.
        ErrorKind::DuplicateKey(_) => true,
        // The handler kept the error to itself.
        ErrorKind::Transaction(TransactionFailure::Failed { error }) => is_of_the_servers(error),
        _ => is_of_the_servers(error),
    }
}

/// Whether servers fail, and not what is asked of them.
fn is_of_the_servers(error: &Error) -> bool {
    let is_unacknowledged = error.code().is_some_and(|code| UNACKNOWLEDGED.contains(&code));
    is_unacknowledged || is_outage(error)
}
