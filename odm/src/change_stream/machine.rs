//! The resume state machine.

mod first;
mod outage;

use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use futures::{FutureExt, future::BoxFuture};
use mongodb::bson::{RawDocument, RawDocumentBuf};
use tokio::{sync::watch, time::Sleep};

use crate::{
    error::{Error, Result},
    operation::Batch,
};

use self::{
    first::{close_first, first_feed, history_lost, named},
    outage::Outage,
};
use super::{
    ResumeToken, StreamStatus,
    failure::Failure,
    feed::{Feed, Handle, Next},
    fragments::{Fragments, Pushed},
    plan::{Plan, Position, Reply, token_of},
};

/// A change stream without types, which resumes by itself.
///
/// ```text
///             ┌────────────────────────────────────────────┐
///             ▼                                            │ a reply: its events, its token
///  opening ──► idle ──► waiting (getMore) ─────────────────┤
///     ▲                    │ error                         │
///     │                    ▼                               │ an invalidate
///     │        can it be resumed? ── no ──► ended ◄────────┤  (or the end of the cursor)
///     │            │ yes          (history lost: from now, │
///     │            ▼               if the user said so)    │
///     └──────── pausing ◄──────────────────────────────────┘  past it, if the user said so
/// ```
///
/// The state owns what is waited for, so dropping a waiter loses nothing. The position moves with
/// every reply, also with an empty one. Every attempt to open begins there. The number of failures
/// goes back to 0 when a `getMore` is answered or an event comes, but not when a cursor is opened:
/// otherwise a server that opens cursors and fails each of them would be asked in a hot loop.
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
    outage: Option<Outage>,
    /// Why there is a gap, until it is reported.
    lost: Option<Error>,
    replies: u64,
    has_ended: bool,
    status: watch::Sender<StreamStatus>,
}

enum State {
    Opening(BoxFuture<'static, Result<Feed>>),
    Idle(Feed),
    Waiting(BoxFuture<'static, (Feed, Next)>, Handle),
    Pausing(Pin<Box<Sleep>>),
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
        let (feed, position, lost) = first_feed(&plan, position).await?;
        let handled = Handled { before: position.token().cloned(), whole: None };
        let mut machine = Self {
            plan: Arc::new(plan),
            state: State::Ended,
            batch: None,
            notice: None,
            fragments: Fragments::default(),
            position,
            handled,
            outage: None,
            lost,
            replies: 0,
            has_ended: false,
            status: watch::Sender::new(StreamStatus::Live),
        };
        // The first reply came with the cursor: this does not wait for the server.
        let (feed, next) = feed.next().await;
        machine.arrived(feed, next)?;
        Ok(machine)
    }

    pub(super) fn status(&self) -> watch::Receiver<StreamStatus> {
        self.status.subscribe()
    }

    /// The token up to which the user has been given everything.
    pub(super) fn resume_token(&self) -> Option<ResumeToken> {
        let Some(batch) = &self.batch else { return self.handled.before.clone() };
        let is_between = self.fragments.is_incomplete();
        let last = batch.last_document().filter(|_| !self.plan.policy.joins_fragments);
        let given = last.and_then(|last| token_of(RawDocument::from_bytes(last).ok()?));
        let whole = self.handled.whole.clone().filter(|_| self.is_read() && !is_between);
        whole.or(given).or_else(|| self.handled.before.clone())
    }

    fn is_read(&self) -> bool {
        self.notice.is_none() && self.batch.as_ref().is_none_or(Batch::is_read)
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
            if matches!(self.state, State::Ended) {
                self.has_ended = true;
            } else if let Err(error) = ready!(self.poll_step(context)) {
                self.has_ended = true;
                return Poll::Ready(Some(Err(error)));
            }
        }
    }

    /// Gives the next event that is there already to `read`.
    fn read<T>(&mut self, read: impl Fn(&RawDocument) -> Result<T>) -> Option<Result<T>> {
        if let Some(notice) = self.notice.take() {
            return Some(read(&notice));
        }
        loop {
            let event = self.batch.as_mut()?.next_document()?.map_err(Error::from);
            let event = event.and_then(|event| {
                RawDocument::from_bytes(event).map_err(|error| Error::invalid(error.to_string()))
            });
            let event = match event {
                Ok(event) => event,
                Err(error) => return Some(Err(error)),
            };
            if !self.plan.policy.joins_fragments {
                return Some(read(event));
            }
            match self.fragments.push(event) {
                Pushed::Incomplete => {}
                Pushed::Joined(whole) => {
                    self.handled.before = token_of(&whole);
                    return Some(read(&whole));
                }
                Pushed::Fault(error) => return Some(Err(error)),
            }
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
        match &mut self.state {
            State::Opening(opening) => match ready!(opening.poll_unpin(context)) {
                Ok(feed) => self.state = State::Idle(feed),
                Err(error) => self.failed(error)?,
            },
            State::Idle(_) => {
                if let State::Idle(feed) = std::mem::replace(&mut self.state, State::Ended) {
                    let handle = feed.handle();
                    self.state = State::Waiting(feed.next(), handle);
                }
            }
            State::Waiting(waiting, _) => {
                let (feed, next) = ready!(waiting.poll_unpin(context));
                self.arrived(feed, next)?;
            }
            State::Pausing(pause) => {
                ready!(pause.poll_unpin(context));
                self.reopen();
            }
            State::Ended => {}
        }
        Poll::Ready(Ok(()))
    }

    fn reopen(&mut self) {
        let (plan, position) = (Arc::clone(&self.plan), self.position.clone());
        self.state = State::Opening(async move { Feed::open(&plan, &position).await }.boxed());
    }

    fn arrived(&mut self, feed: Feed, next: Next) -> Result<()> {
        let reply = match next {
            Some(Ok(reply)) => Batch::new(reply)?,
            Some(Err(error)) => {
                drop(feed);
                return self.failed(error);
            }
            None => return self.at_the_end(),
        };
        self.status.send_if_modified(|status| {
            !matches!(std::mem::replace(status, StreamStatus::Live), StreamStatus::Live)
        });
        if feed.has_answered() || !reply.is_read() {
            self.outage = None;
        }
        let is_open = feed.is_open();
        self.state = State::Idle(feed);
        self.accept(reply);
        if is_open { Ok(()) } else { self.at_the_end() }
    }

    /// Takes over a reply when everything before it has been read.
    fn accept(&mut self, batch: Batch) {
        self.replies += 1;
        let reply = Reply::of(batch.reply());
        self.handled = Handled { before: self.resume_token(), whole: reply.token.clone() };
        let had_events = !batch.is_read();
        self.position = match (reply.token, reply.operation_time, &self.position) {
            (Some(token), ..) => self.position.after(token, had_events),
            (None, Some(time), Position::Now) => Position::At(time),
            (None, _, position) => position.clone(),
        };
        self.batch = Some(batch);
        if let Some(error) = self.lost.take() {
            self.notice = Some(history_lost(&error, self.position.token()));
        }
    }

    /// The server has closed the cursor: what is watched is gone.
    fn at_the_end(&mut self) -> Result<()> {
        match self.position.token() {
            Some(token) if self.plan.policy.goes_past_invalidate => {
                self.position = Position::StartAfter(token.clone());
                self.reopen();
            }
            _ => {
                self.state = State::Ended;
                self.status.send_replace(StreamStatus::Ended);
            }
        }
        Ok(())
    }

    fn failed(&mut self, error: Error) -> Result<()> {
        self.state = State::Ended;
        match Failure::of(&error) {
            Failure::Resumable if self.has_time() => {
                self.pause(error);
                return Ok(());
            }
            Failure::HistoryLost if self.plan.policy.restarts_from_now && self.lost.is_none() => {
                self.position = Position::Now;
                self.lost = Some(error);
                self.reopen();
                return Ok(());
            }
            _ => {}
        }
        self.status.send_replace(StreamStatus::Ended);
        Err(named(&self.plan, error))
    }

    fn has_time(&self) -> bool {
        let since = self.outage.as_ref().map(|outage| outage.elapsed());
        since.zip(self.plan.policy.give_up_after).is_none_or(|(since, most)| since < most)
    }

    fn pause(&mut self, error: Error) {
        let outage = self.outage.get_or_insert_with(Outage::now);
        let (attempt, pause) = (outage.attempt(), outage.pause());
        self.status.send_replace(StreamStatus::Resuming { attempt, error: Box::new(error) });
        self.state = State::Pausing(Box::pin(tokio::time::sleep(pause)));
    }

    /// Closes the cursor, and waits until that is done.
    pub(super) async fn close(mut self) {
        match std::mem::replace(&mut self.state, State::Ended) {
            State::Idle(feed) => feed.close().await,
            State::Waiting(reply, handle) => match handle.take() {
                // Nobody reads this reply: the server ends a `getMore` when its cursor is closed.
                Some(home) => {
                    drop(reply);
                    home.close().await;
                }
                None => close_first(reply).await,
            },
            State::Opening(opening) => {
                let first = async { Ok::<_, Error>(opening.await?.next().await) };
                close_first(first.map(|first| first.ok())).await;
            }
            State::Pausing(_) | State::Ended => {}
        }
    }
}
