//! The typed stream.

use std::{
    fmt,
    marker::PhantomData,
    pin::Pin,
    task::{Context, Poll},
};

use futures::{
    Stream, StreamExt,
    future::poll_fn,
    stream::{FusedStream, Next},
};
use tokio::sync::watch;

use crate::{error::Result, model::Model};

use super::{ChangeEvent, ResumeToken, StreamStatus, machine::Machine};

/// The changes of a collection, one after the other: a [`Stream`] of
/// `Result<`[`ChangeEvent<M>`](ChangeEvent)`>`.
///
/// It resumes by itself when the connection breaks or the primary changes, and misses nothing. An
/// error is the end of the stream. An event that does not have the model's shape is not an error:
/// it is [`ChangeEvent::Undecodable`].
///
/// Dropping a `next()` that is waiting loses nothing. Dropping the stream closes its cursor, on the
/// member that has it.
pub struct ChangeStream<M> {
    machine: Machine,
    model: PhantomData<fn() -> M>,
}

impl<M: Model> ChangeStream<M> {
    pub(super) fn new(machine: Machine) -> Self {
        Self { machine, model: PhantomData }
    }

    /// The next event; waits until there is one. `None` is the end.
    ///
    /// # Errors
    ///
    /// `ChangeStream` if history is lost, an image is missing or an event is too large;
    /// `Unavailable` when resuming was given up; other errors of the server.
    #[allow(clippy::should_implement_trait)]
    pub fn next(&mut self) -> Next<'_, Self> {
        StreamExt::next(self)
    }

    /// The next event if there is one. Asks the server at most once; the server waits for an event
    /// as long as [`max_await_time`](super::Watch::max_await_time) says.
    ///
    /// # Errors
    ///
    /// As [`next`](Self::next).
    pub async fn next_if_any(&mut self) -> Result<Option<ChangeEvent<M>>> {
        let limit = Some(self.machine.replies() + 1);
        let next = poll_fn(|context| self.machine.poll_event(context, ChangeEvent::decode, limit));
        next.await.transpose()
    }

    /// The token up to which everything has been given out: a stream that starts after it sees what
    /// this one has not given. It also moves on while nothing happens. `None` only before the first
    /// reply of a server older than 4.0.7.
    pub fn resume_token(&self) -> Option<ResumeToken> {
        self.machine.resume_token()
    }

    /// The state of the stream, from now on; for a display or an alarm.
    pub fn status(&self) -> watch::Receiver<StreamStatus> {
        self.machine.status()
    }

    /// Closes the cursor, and waits until that is done.
    pub async fn close(self) {
        self.machine.close().await;
    }
}

impl<M: Model> Stream for ChangeStream<M> {
    type Item = Result<ChangeEvent<M>>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.get_mut().machine.poll_event(context, ChangeEvent::decode, None)
    }
}

impl<M: Model> FusedStream for ChangeStream<M> {
    fn is_terminated(&self) -> bool {
        self.machine.has_ended()
    }
}

impl<M> fmt::Debug for ChangeStream<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ChangeStream").field("resume_token", &self.machine.resume_token()).finish()
    }
}
