//! The resume state machine.

mod backoff;
mod first;
mod patience;
mod reading;
mod steps;

use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
    time::Duration,
};

use futures::{FutureExt, future::BoxFuture};
use mongodb::bson::{RawDocument, RawDocumentBuf};
use tokio::{
    sync::watch,
    time::{Instant, Sleep, sleep_until},
};

use crate::{
    cursor::{Batch, Cursor, Handle, Next, Opened, need_runtime},
    error::{Error, Result},
};

use self::{backoff::Backoff, first::first, patience::Patience};
use super::{
    ResumeToken, StreamStatus,
    fragments::Fragments,
    plan::{Plan, Position},
};

/// A change stream without types, which resumes by itself.
///
/// ```text
///                           a reply: its events, its token
///                 ┌─────────────────────────────────────────┐
///                 ▼                                         │
///  opening ────► idle ─────────────────────────► waiting ───┤
///   ▲  │  a reply         getMore                 │         │ the cursor is closed: an invalidate
///   │  │ error                                    │ error   ▼
///   │  └────────────────────┬─────────────────────┘   go past it? ── no ──► ended
///   │                       ▼                             │ yes
///   │            can it be resumed? ── no ──► ended       │
///   │                       │ yes (history lost: from     │
///   │                       ▼  now, if the user said so)  │
///   └─────────────────── pausing ◄────────────────────────┘
///
///  opening, waiting, pausing ── no answer for as long as the user waits ──► ended
/// ```
///
/// The state owns what is waited for, so dropping a waiter loses nothing. The position moves with
/// every reply, also with an empty one. Every attempt to open begins there.
///
/// The first pause is none, and then they grow, until the stream moves on: an event comes, or a
/// `getMore` is answered with another token. An opened cursor is not enough, nor an answer alone:
/// otherwise a server that loses every cursor would be asked in a hot loop.
pub(super) struct Machine {
    plan: Arc<Plan>,
    state: State,
    batch: Option<Batch>,
    /// An event of our own, which comes before those of the batch.
    notice: Option<RawDocumentBuf>,
    fragments: Fragments,
    /// Where the next cursor begins.
    position: Position,
    handled: Handled,
    backoff: Backoff,
    patience: Patience,
    /// Wakes the waiter at the end of a pause, or of patience.
    alarm: Option<Pin<Box<Sleep>>>,
    /// Why there is a gap, until it is reported.
    lost: Option<Error>,
    replies: u64,
    has_ended: bool,
    status: watch::Sender<StreamStatus>,
}

/// How long the closing of a stream waits for a cursor that is being opened. After that the cursor
/// is closed in the background.
const LONGEST_OPENING: Duration = Duration::from_secs(1);

enum State {
    Opening(BoxFuture<'static, Result<Opened>>),
    Idle(Box<Cursor>),
    Waiting(BoxFuture<'static, (Option<Cursor>, Next)>, Handle),
    /// Until then.
    Pausing(Option<Instant>),
    Ended,
}

/// Up to where the user has been given everything.
#[derive(Default)]
struct Handled {
    /// To the end of the reply before, or to the last event that was joined from fragments.
    before: Option<ResumeToken>,
    /// To the end of this reply, once all of it is read.
    whole: Option<ResumeToken>,
}

impl Machine {
    /// Opens the stream: when this returns, the cursor exists.
    pub(super) async fn open(plan: Plan, position: Position) -> Result<Self> {
        let (opened, position, lost) = first(&plan, position).await?;
        let handled = Handled { before: position.token().cloned(), whole: None };
        let mut machine = Self {
            state: State::Ended,
            batch: None,
            notice: None,
            fragments: Fragments::default(),
            position,
            handled,
            backoff: Backoff::new(),
            patience: Patience::new(plan.policy.give_up_after),
            alarm: None,
            lost,
            replies: 0,
            has_ended: false,
            status: watch::Sender::new(StreamStatus::Live),
            plan: Arc::new(plan),
        };
        machine.opened(opened)?;
        Ok(machine)
    }

    pub(super) fn status(&self) -> watch::Receiver<StreamStatus> {
        self.status.subscribe()
    }

    /// Gives the next event to `read`, and waits until there is one. `None` is the end, also after
    /// an error. With a limit, `None` also means that this many replies have come in all.
    pub(super) fn poll_event<T>(
        &mut self,
        context: &mut Context<'_>,
        read: impl Fn(&RawDocument) -> Result<T>,
        limit: Option<u64>,
    ) -> Poll<Option<Result<T>>> {
        loop {
            if let Some(event) = self.read(&read) {
                return Poll::Ready(Some(event));
            }
            if self.has_ended || limit.is_some_and(|limit| self.replies >= limit) {
                return Poll::Ready(None);
            }
            let error = match self.poll_step(context) {
                Poll::Ready(Ok(())) => continue,
                Poll::Ready(Err(error)) => error,
                Poll::Pending if self.patience.is_over() => self.give_up(),
                Poll::Pending => {
                    ready!(self.poll_alarm(context));
                    continue;
                }
            };
            self.has_ended = true;
            return Poll::Ready(Some(Err(error)));
        }
    }

    /// Whether the end, or an error, has been given out.
    pub(super) fn has_ended(&self) -> bool {
        self.has_ended
    }

    /// How many replies have come.
    pub(super) fn replies(&self) -> u64 {
        self.replies
    }

    /// One step of the drawing above.
    fn poll_step(&mut self, context: &mut Context<'_>) -> Poll<Result<()>> {
        need_runtime()?;
        match &mut self.state {
            State::Opening(opening) => match ready!(opening.poll_unpin(context)) {
                Ok(opened) => self.opened(opened)?,
                Err(error) => self.failed(error)?,
            },
            State::Idle(_) => {
                if let State::Idle(cursor) = std::mem::replace(&mut self.state, State::Ended) {
                    let handle = cursor.handle();
                    self.patience.reading();
                    self.state = State::Waiting(cursor.next(), handle);
                }
            }
            State::Waiting(waiting, _) => {
                let (cursor, next) = ready!(waiting.poll_unpin(context));
                self.answered(cursor, next)?;
            }
            State::Pausing(until) if until.is_some_and(|until| Instant::now() < until) => {
                return Poll::Pending;
            }
            State::Pausing(_) => self.reopen(),
            State::Ended => self.has_ended = true,
        }
        Poll::Ready(Ok(()))
    }

    /// The alarm is set anew each time: the runtime may be another one.
    fn poll_alarm(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let pause = match self.state {
            State::Pausing(until) => until,
            _ => None,
        };
        let Some(next) = pause.into_iter().chain(self.patience.until()).min() else {
            return Poll::Pending;
        };
        self.alarm.insert(Box::pin(sleep_until(next))).poll_unpin(context)
    }

    /// Closes the cursor, and waits until that is done.
    pub(super) async fn close(mut self) {
        match std::mem::replace(&mut self.state, State::Ended) {
            State::Idle(cursor) => cursor.close().await,
            State::Waiting(reply, handle) => {
                // Nobody reads this reply: the server ends a `getMore` when its cursor is closed.
                drop(reply);
                handle.close().await;
            }
            State::Opening(opening) => {
                let opened = tokio::time::timeout(LONGEST_OPENING, opening).await;
                if let Ok(Ok((cursor, _))) = opened {
                    cursor.close().await;
                }
            }
            State::Pausing(_) | State::Ended => {}
        }
    }
}
