//! The last changes, numbered, for any number of pages.
//!
//! ```text
//!            evicted │ ring: the last `buffer` changes │ next
//!   … 93  94  95  96 │ 97  98  99  100  101  102  103  │
//!                 ▲              ▲                 ▲
//!              floor             a page that        the page that
//!                                has seen 99        has seen all
//! ```
//!
//! A page is no more than the number up to which it has seen everything: it asks for what comes
//! after. So a new page, one that reconnects and one that is slow are the same, there is nothing
//! between "history" and "live" to lose or to repeat, and a page that is slow costs nobody memory:
//! what it has not fetched when it leaves the ring is a gap.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use axum::extract::ws::Utf8Bytes;
use odm::{ResumeToken, bson::Timestamp, change_stream::StreamStatus};
use serde_json::{Map, json};
use tokio::sync::watch;

use crate::{describe::Description, message::Row};

/// A page is given no more at a time.
const MOST_AT_A_TIME: usize = 64;
/// The ring is no larger, however few changes that is; the last one always stays.
const MOST_BYTES: usize = 32 << 20;

/// A number, and where the change stream goes on after the change of that number.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Mark {
    pub(crate) seq: u64,
    pub(crate) token: Option<ResumeToken>,
}

/// Where to go on after a restart.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Place {
    /// Numbers of different series have nothing to do with each other.
    pub(crate) series: String,
    /// Before the ring, to fill it again: the same changes get the same numbers.
    pub(crate) floor: Mark,
    /// After all that was told.
    pub(crate) last: Mark,
}

/// How the stream is.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum State {
    Live,
    Resuming { attempt: u32, error: String },
    Ended { error: String },
}

pub(crate) struct Hub {
    most: usize,
    ring: Mutex<Ring>,
    /// The number of the last change.
    latest: watch::Sender<u64>,
    state: watch::Sender<State>,
    pages: watch::Sender<usize>,
}

struct Ring {
    place: Place,
    entries: VecDeque<Arc<Entry>>,
    bytes: usize,
    /// The number of the last one that is not in the ring any more.
    evicted: u64,
    token_came: Instant,
    lag: Option<Duration>,
}

/// A change or a gap.
pub(crate) struct Entry {
    pub(crate) row: Row,
    pub(crate) message: Utf8Bytes,
    after: Mark,
    is_gap: bool,
}

/// What a page has not seen yet.
pub(crate) struct News {
    /// How many it will never see.
    pub(crate) missed: u64,
    pub(crate) entries: Vec<Arc<Entry>>,
}

/// For `/healthz`.
pub(crate) struct Health {
    pub(crate) state: State,
    pub(crate) pages: usize,
    pub(crate) seq: u64,
    pub(crate) token_age: Duration,
    pub(crate) lag: Option<Duration>,
}

impl Hub {
    pub(crate) fn new(most: usize) -> Self {
        let start = Mark { seq: 0, token: None };
        let place = Place { series: new_series(), floor: start.clone(), last: start };
        Self {
            most,
            ring: Mutex::new(Ring::new(place)),
            latest: watch::Sender::new(0),
            state: watch::Sender::new(State::Live),
            pages: watch::Sender::new(0),
        }
    }

    /// Numbers begin after this place; nothing is in the ring.
    pub(crate) fn start_at(&self, place: Place) {
        self.latest.send_replace(place.last.seq);
        *self.ring() = Ring::new(place);
    }

    /// Tells all pages of a change.
    pub(crate) fn publish(&self, told: Description, time: Option<Timestamp>, event: &ResumeToken) {
        self.push(event, |seq, id| (Row::change(seq, id, told), false));
        self.ring().lag = time.map(since);
    }

    /// Tells all pages that changes are missing here.
    pub(crate) fn publish_gap(&self, reason: &str, event: &ResumeToken) {
        self.push(event, |seq, id| (Row::gap(seq, format!("gap-{id}"), reason, Map::new()), true));
    }

    fn push(
        &self,
        event: &ResumeToken,
        make: impl FnOnce(u64, String) -> ((Row, Utf8Bytes), bool),
    ) {
        let mut ring = self.ring();
        let seq = ring.place.last.seq + 1;
        let ((row, message), is_gap) = make(seq, event.to_string());
        let after = Mark { seq, token: Some(event.clone()) };
        ring.push(Entry { row, message, after, is_gap }, self.most);
        drop(ring);
        self.latest.send_replace(seq);
    }

    /// Everything that was given out before this token has been told.
    pub(crate) fn reached(&self, token: Option<ResumeToken>) {
        let mut ring = self.ring();
        if token != ring.place.last.token {
            ring.token_came = Instant::now();
            ring.place.last.token = token;
        }
    }

    pub(crate) fn place(&self) -> Place {
        self.ring().place.clone()
    }

    /// What a page that has seen everything up to a number has not seen.
    pub(crate) fn after(&self, seen: u64) -> News {
        let ring = self.ring();
        let missed = ring.evicted.saturating_sub(seen);
        let first = ring.entries.partition_point(|entry| entry.row.seq <= seen);
        let entries = ring.entries.iter().skip(first).take(MOST_AT_A_TIME);
        News { missed, entries: entries.cloned().collect() }
    }

    /// The same, as soon as there is something.
    pub(crate) async fn news(&self, seen: u64) -> News {
        let mut latest = self.latest.subscribe();
        loop {
            latest.borrow_and_update();
            let news = self.after(seen);
            if news.missed > 0 || !news.entries.is_empty() {
                return news;
            }
            // It fails only when there is no sender, and we hold one.
            drop(latest.changed().await);
        }
    }

    /// The last rows, and the number up to which they show everything.
    pub(crate) fn last(&self, count: usize) -> (Vec<Arc<Entry>>, u64) {
        let ring = self.ring();
        let skipped = ring.entries.len().saturating_sub(count);
        (ring.entries.iter().skip(skipped).cloned().collect(), ring.place.last.seq)
    }

    /// The number of the last change that is not kept any more.
    pub(crate) fn evicted(&self) -> u64 {
        self.ring().evicted
    }

    pub(crate) fn series(&self) -> String {
        self.ring().place.series.clone()
    }

    pub(crate) fn set_state(&self, state: State) {
        self.state.send_if_modified(|old| std::mem::replace(old, state.clone()) != state);
    }

    pub(crate) fn state(&self) -> watch::Receiver<State> {
        self.state.subscribe()
    }

    /// Counts a page as long as the result lives.
    pub(crate) fn enter(self: &Arc<Self>) -> Visit {
        self.pages.send_modify(|pages| *pages += 1);
        Visit(Arc::clone(self))
    }

    /// Waits until no page is left.
    pub(crate) async fn emptied(&self) {
        drop(self.pages.subscribe().wait_for(|pages| *pages == 0).await);
    }

    pub(crate) fn health(&self) -> Health {
        let ring = self.ring();
        Health {
            state: self.state.borrow().clone(),
            pages: *self.pages.borrow(),
            seq: ring.place.last.seq,
            token_age: ring.token_came.elapsed(),
            lag: ring.lag,
        }
    }

    /// What is guarded stays whole on a panic.
    fn ring(&self) -> MutexGuard<'_, Ring> {
        self.ring.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Ring {
    fn new(place: Place) -> Self {
        let evicted = place.last.seq;
        Self {
            place,
            entries: VecDeque::new(),
            bytes: 0,
            evicted,
            token_came: Instant::now(),
            lag: None,
        }
    }

    fn push(&mut self, entry: Entry, most: usize) {
        self.bytes += entry.message.len();
        self.token_came = Instant::now();
        self.place.last = entry.after.clone();
        if entry.is_gap {
            // What was before cannot be read again.
            self.place.floor = entry.after.clone();
        }
        self.entries.push_back(Arc::new(entry));
        while self.entries.len() > most || (self.bytes > MOST_BYTES && self.entries.len() > 1) {
            self.evict();
        }
    }

    fn evict(&mut self) {
        let Some(entry) = self.entries.pop_front() else { return };
        self.bytes -= entry.message.len();
        self.evicted = entry.row.seq;
        if entry.row.seq > self.place.floor.seq {
            self.place.floor = entry.after.clone();
        }
    }
}

impl State {
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Resuming { .. } => "resuming",
            Self::Ended { .. } => "ended",
        }
    }
}

impl From<&StreamStatus> for State {
    fn from(status: &StreamStatus) -> Self {
        match status {
            StreamStatus::Live => Self::Live,
            StreamStatus::Resuming { attempt, error } => {
                Self::Resuming { attempt: *attempt, error: error.to_string() }
            }
            StreamStatus::Ended => Self::Ended { error: "the stream has ended".into() },
        }
    }
}

/// A page that is connected.
pub(crate) struct Visit(Arc<Hub>);

impl Drop for Visit {
    fn drop(&mut self) {
        self.0.pages.send_modify(|pages| *pages -= 1);
    }
}

/// From a change until now, to the second.
fn since(time: Timestamp) -> Duration {
    let then = UNIX_EPOCH + Duration::from_secs(time.time.into());
    SystemTime::now().duration_since(then).unwrap_or_default()
}

/// A name that no series had before.
fn new_series() -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    format!("{:x}", now.as_micros())
}

/// What is told of a page's gap: the page was slow, or away for too long.
pub(crate) fn missed(seen: u64, missed: u64) -> (Row, Utf8Bytes) {
    let seq = seen + missed;
    let reason = format!(
        "{missed} changes came faster than this page could read them, or while it was away"
    );
    let about = Map::from_iter([("missed".to_owned(), json!(missed))]);
    Row::gap(seq, format!("gap-{seq}"), &reason, about)
}
