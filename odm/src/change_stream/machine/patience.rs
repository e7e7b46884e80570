//! How long a stream waits for a server that does not answer.

use std::time::Duration;

use tokio::time::Instant;

use crate::error::{Error, ErrorKind, Outcome};

/// A look at the clock that is later than this was not waited for.
const LATE: Duration = Duration::from_millis(100);

/// The time without an answer, and its limit.
///
/// The limit of an opening, and of an error, counts from the first request without an answer: a
/// server that opens cursors and fails each of them is given up. That of a `getMore` counts from
/// the `getMore`, because opening its cursor was an answer too.
#[derive(Default)]
pub(super) struct Patience {
    limit: Option<Duration>,
    /// The first request that was not answered.
    since: Option<Instant>,
    /// When the limit is reached for the request that is waited for.
    until: Option<Instant>,
    has_grace: bool,
    last: Option<Error>,
}

impl Patience {
    pub(super) fn new(limit: Option<Duration>) -> Self {
        Self { limit, ..Self::default() }
    }

    /// A cursor is to be opened.
    pub(super) fn opening(&mut self) {
        let since = *self.since.get_or_insert_with(Instant::now);
        self.until = self.after(since);
    }

    /// The next reply of an open cursor is asked for.
    pub(super) fn reading(&mut self) {
        let now = Instant::now();
        self.since.get_or_insert(now);
        self.until = self.after(now);
    }

    /// An answer or an event has come.
    pub(super) fn answered(&mut self) {
        *self = Self::new(self.limit);
    }

    /// A request has failed. Whether there is time for another one.
    pub(super) fn failed(&mut self, error: &Error) -> bool {
        self.opening();
        self.last = Some(error.clone());
        self.until.is_none_or(|until| Instant::now() < until)
    }

    /// When the time is up.
    pub(super) fn until(&self) -> Option<Instant> {
        self.until
    }

    /// Whether the time is up. Whoever looks late has not waited, and has the time once more: the
    /// answer may be there already, or the request may not even be sent.
    pub(super) fn is_over(&mut self) -> bool {
        let now = Instant::now();
        let Some(until) = self.until.filter(|until| *until <= now) else { return false };
        let is_late = now.duration_since(until) > LATE && !self.has_grace;
        if is_late {
            self.has_grace = true;
            self.until = self.after(now);
        }
        !is_late
    }

    /// Why the stream is given up: the last failure, if there was one.
    pub(super) fn take_error(&mut self) -> Error {
        let limit = self.limit.unwrap_or_default();
        let silence = || ErrorKind::Unavailable(format!("no answer came for {limit:?}"));
        self.last.take().unwrap_or_else(|| Error::new(silence(), Outcome::NotApplied))
    }

    fn after(&self, start: Instant) -> Option<Instant> {
        start.checked_add(self.limit?)
    }
}
