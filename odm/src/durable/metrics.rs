//! What a consumer does, for dashboards and tests.

use std::{
    fmt,
    time::{Duration, SystemTime},
};

use mongodb::bson::RawDocument;
use tokio::sync::watch;

use crate::error::Error;

/// What a durable consumer does and did; clones are cheap and show the same consumer.
///
/// [`Durable::metrics`](super::Durable::metrics) gives it before `run`.
#[derive(Clone)]
pub struct Metrics(watch::Receiver<Figures>);

/// The figures of one moment. Counts are those of this process, since `run`.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Figures {
    /// Events that the handler has taken.
    pub handled: u64,
    /// Attempts that were made because the one before had failed.
    pub retried: u64,
    /// Events that were put among the dead letters.
    pub skipped: u64,
    /// Tokens that were saved, including the token of the start.
    pub checkpoints: u64,
    /// Whether this process has the lease.
    pub is_leader: bool,
    /// When the last event's change was made, by the server's clock. The event was handled or
    /// skipped.
    pub last_change: Option<SystemTime>,
    /// When that event was finished, by our clock.
    pub last_done: Option<SystemTime>,
    /// The last failure of the handler or of the database, also if a later attempt succeeded.
    pub last_error: Option<String>,
}

impl Figures {
    /// How long ago the change that was handled last was made. While nothing changes, it grows,
    /// although nothing is missed.
    pub fn lag(&self) -> Option<Duration> {
        self.last_change.map(|change| change.elapsed().unwrap_or_default())
    }

    /// How long after its change the last event was finished.
    pub fn delay(&self) -> Option<Duration> {
        let (change, done) = self.last_change.zip(self.last_done)?;
        Some(done.duration_since(change).unwrap_or_default())
    }
}

impl Metrics {
    /// The figures of this moment.
    pub fn figures(&self) -> Figures {
        self.0.borrow().clone()
    }

    /// Events that the handler has taken.
    pub fn handled(&self) -> u64 {
        self.0.borrow().handled
    }

    /// Attempts that were made because the one before had failed.
    pub fn retried(&self) -> u64 {
        self.0.borrow().retried
    }

    /// Events that were put among the dead letters.
    pub fn skipped(&self) -> u64 {
        self.0.borrow().skipped
    }

    /// Tokens that were saved.
    pub fn checkpoints(&self) -> u64 {
        self.0.borrow().checkpoints
    }

    /// How long ago the change that was handled last was made; see [`Figures::lag`].
    pub fn lag(&self) -> Option<Duration> {
        self.0.borrow().lag()
    }

    /// Whether this process has the lease.
    pub fn is_leader(&self) -> bool {
        self.0.borrow().is_leader
    }

    /// The last failure, also if a later attempt succeeded.
    pub fn last_error(&self) -> Option<String> {
        self.0.borrow().last_error.clone()
    }

    /// Waits until the figures meet the condition, and returns them. `None` if the consumer ends
    /// before.
    pub async fn wait_for(&self, wanted: impl FnMut(&Figures) -> bool) -> Option<Figures> {
        self.0.clone().wait_for(wanted).await.ok().map(|figures| figures.clone())
    }
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.borrow().fmt(f)
    }
}

/// The side of the consumer.
#[derive(Clone)]
pub(super) struct Recorder(watch::Sender<Figures>);

impl Recorder {
    pub(super) fn new() -> Self {
        Self(watch::Sender::default())
    }

    pub(super) fn metrics(&self) -> Metrics {
        Metrics(self.0.subscribe())
    }

    pub(super) fn handled(&self, event: &RawDocument) {
        self.done(event, |figures| figures.handled += 1);
    }

    pub(super) fn skipped(&self, event: &RawDocument) {
        self.done(event, |figures| figures.skipped += 1);
    }

    pub(super) fn retried(&self) {
        self.0.send_modify(|figures| figures.retried += 1);
    }

    pub(super) fn saved(&self) {
        self.0.send_modify(|figures| figures.checkpoints += 1);
    }

    pub(super) fn is_leader(&self, is_leader: bool) {
        self.0.send_if_modified(|figures| {
            std::mem::replace(&mut figures.is_leader, is_leader) != is_leader
        });
    }

    pub(super) fn failed(&self, error: &Error) {
        self.refused(&error.to_string());
    }

    pub(super) fn refused(&self, error: &str) {
        self.0.send_modify(|figures| figures.last_error = Some(error.to_owned()));
    }

    fn done(&self, event: &RawDocument, count: impl FnOnce(&mut Figures)) {
        self.0.send_modify(|figures| {
            count(figures);
            figures.last_change = changed_at(event).or(figures.last_change);
            figures.last_done = Some(SystemTime::now());
        });
    }
}

/// The server's wall clock. Older servers do not send it; then the second of the cluster time.
fn changed_at(event: &RawDocument) -> Option<SystemTime> {
    match event.get_datetime("wallTime") {
        Ok(time) => Some(time.to_system_time()),
        Err(_) => {
            let time = event.get_timestamp("clusterTime").ok()?;
            Some(SystemTime::UNIX_EPOCH + Duration::from_secs(time.time.into()))
        }
    }
}
