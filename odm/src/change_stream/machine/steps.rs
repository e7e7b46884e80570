//! What a reply, an end and a failure change.

use std::sync::Arc;

use futures::FutureExt;
use tokio::time::Instant;

use crate::{
    cursor::{Batch, Cursor, Next, Opened},
    error::{Error, Result},
};

use super::{
    super::{
        StreamStatus,
        failure::Failure,
        feed,
        fragments::Fragments,
        plan::{Position, Reply},
    },
    Backoff, Handled, Machine, State,
    first::{history_lost, named},
};

impl Machine {
    pub(super) fn reopen(&mut self) {
        let (plan, position) = (Arc::clone(&self.plan), self.position.clone());
        self.patience.opening();
        self.state = State::Opening(async move { feed::open(&plan, &position).await }.boxed());
    }

    pub(super) fn opened(&mut self, (cursor, reply): Opened) -> Result<()> {
        self.arrived(cursor, Batch::new(reply)?, false)
    }

    /// A `getMore` was answered, or has failed.
    pub(super) fn answered(&mut self, cursor: Option<Cursor>, next: Next) -> Result<()> {
        match (cursor, next) {
            (Some(cursor), Some(Ok(reply))) => {
                self.patience.answered();
                self.arrived(cursor, Batch::new(reply)?, true)
            }
            (_, Some(Err(error))) => self.failed(error),
            (_, _) => self.at_the_end(),
        }
    }

    fn arrived(&mut self, cursor: Cursor, reply: Batch, is_answer: bool) -> Result<()> {
        self.status.send_if_modified(|status| {
            !matches!(std::mem::replace(status, StreamStatus::Live), StreamStatus::Live)
        });
        let (has_events, has_more) = (!reply.is_read(), reply.has_more());
        let before = self.position.token().cloned();
        self.state = State::Idle(Box::new(cursor));
        self.accept(reply);
        if has_events {
            self.patience.answered();
        }
        if has_events || is_answer && self.position.token() != before.as_ref() {
            self.backoff = Backoff::new();
        }
        if has_more { Ok(()) } else { self.at_the_end() }
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
        self.patience.answered();
        match self.position.token() {
            Some(token) if self.plan.policy.goes_past_invalidate => {
                self.position = Position::StartAfter(token.clone());
                self.pause();
            }
            _ => {
                self.state = State::Ended;
                self.status.send_replace(StreamStatus::Ended);
            }
        }
        Ok(())
    }

    pub(super) fn failed(&mut self, error: Error) -> Result<()> {
        self.state = State::Ended;
        match Failure::of(&error) {
            Failure::Resumable if self.patience.failed(&error) => {
                self.pause();
                let attempt = self.backoff.attempts();
                self.status
                    .send_replace(StreamStatus::Resuming { attempt, error: Box::new(error) });
                Ok(())
            }
            Failure::HistoryLost if self.plan.policy.restarts_from_now && self.lost.is_none() => {
                self.patience.answered();
                self.fragments = Fragments::default();
                self.position = Position::Now;
                self.lost = Some(error);
                self.pause();
                Ok(())
            }
            _ => Err(self.ended_by(error)),
        }
    }

    /// The time without an answer is up.
    pub(super) fn give_up(&mut self) -> Error {
        let error = self.patience.take_error();
        self.ended_by(error)
    }

    fn ended_by(&mut self, error: Error) -> Error {
        self.state = State::Ended;
        self.status.send_replace(StreamStatus::Ended);
        named(&self.plan, error)
    }

    fn pause(&mut self) {
        self.state = State::Pausing(Instant::now().checked_add(self.backoff.next()));
    }
}
