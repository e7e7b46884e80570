//! The typed stream.

use std::{
    fmt,
    marker::PhantomData,
    pin::Pin,
    task::{Context, Poll, ready},
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
/// It resumes by itself when the connection breaks or the primary changes, and misses nothing: see
/// the drawing at [`change_stream`](super). An error is the end, and says what cannot be mended. An
/// event that does not have the model's shape is none: it is [`ChangeEvent::Undecodable`].
///
/// Dropping a `next()` that is waiting loses nothing. Dropping the stream closes its cursor, on
/// the member where it lives.
pub struct ChangeStream<M> {
    machine: Machine,
    has_ended: bool,
    model: PhantomData<fn() -> M>,
}

impl<M: Model> ChangeStream<M> {
    pub(super) fn new(machine: Machine) -> Self {
        Self { machine, has_ended: false, model: PhantomData }
    }

    /// The next event; waits until there is one. `None` is the end.
    ///
    /// # Errors
    ///
    /// `ChangeStream` if history is lost, an image is missing or an event is too large; others of
    /// the server's, and `Unavailable` when resuming was given up.
    #[allow(clippy::should_implement_trait)]
    pub fn next(&mut self) -> Next<'_, Self> {
        StreamExt::next(self)
    }

    /// The next event if there is one: asks the server at most once, which waits for one as long
    /// as [`max_await_time`](super::Watch::max_await_time) says.
    ///
    /// # Errors
    ///
    /// As [`next`](Self::next).
    pub async fn next_if_any(&mut self) -> Result<Option<ChangeEvent<M>>> {
        let replies = self.machine.replies();
        poll_fn(|context| {
            loop {
                if let Some(event) = self.machine.read(ChangeEvent::decode) {
                    return Poll::Ready(event.and_then(|event| event).map(Some));
                }
                if self.has_ended || self.machine.replies() != replies {
                    return Poll::Ready(Ok(None));
                }
                match ready!(self.machine.poll_reply(context, replies)) {
                    Some(Ok(())) => {}
                    Some(Err(error)) => {
                        self.has_ended = true;
                        return Poll::Ready(Err(error));
                    }
                    None => self.has_ended = true,
                }
            }
        })
        .await
    }

    /// The token up to which everything has been given out: a stream that starts after it sees
    /// what this one has not given. It moves on while nothing happens, too. `None` only before the
    /// first reply of a server older than 4.0.7.
    pub fn resume_token(&self) -> Option<ResumeToken> {
        self.machine.resume_token()
    }

    /// How the stream is, from now on; for a display, or an alarm.
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
        let this = self.get_mut();
        loop {
            if let Some(event) = this.machine.read(ChangeEvent::decode) {
                return Poll::Ready(Some(event.and_then(|event| event)));
            }
            if this.has_ended {
                return Poll::Ready(None);
            }
            match ready!(this.machine.poll_fill(context)) {
                Some(Ok(())) => {}
                Some(Err(error)) => {
                    this.has_ended = true;
                    return Poll::Ready(Some(Err(error)));
                }
                None => this.has_ended = true,
            }
        }
    }
}

impl<M: Model> FusedStream for ChangeStream<M> {
    fn is_terminated(&self) -> bool {
        self.has_ended
    }
}

impl<M> fmt::Debug for ChangeStream<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ChangeStream").field("resume_token", &self.machine.resume_token()).finish()
    }
}
