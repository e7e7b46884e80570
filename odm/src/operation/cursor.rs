//! A stream of documents, decoded straight from the server's batches.

use std::{
    marker::PhantomData,
    pin::Pin,
    task::{Context, Poll, ready},
};

use futures::{FutureExt, Stream, StreamExt, future::poll_fn, stream::Next};
use mongodb::raw_batch_cursor::{RawBatch, RawBatchCursor, SessionRawBatchCursor};
use tokio::{task::JoinHandle, time::Sleep};

use crate::{
    codec::{Decode, DecodeError, decode_document},
    error::{Access, Error, Result},
    executor::{Call, Purpose, Target},
};

use super::batch::Batch;

/// The documents that a query found: a [`Stream`] of `Result<T>`.
///
/// A document that does not decode is one error with its path and `_id`, and the stream goes on. An
/// error of the server or the network ends the stream. Dropping the stream closes the cursor.
/// Dropping a `next()` that is waiting loses nothing, also in a session.
pub struct Documents<T> {
    batches: Batches,
    batch: Option<Batch>,
    row: PhantomData<fn() -> T>,
}

/// The server's replies, one after the other.
struct Batches {
    source: Source,
    target: Target,
    purpose: Purpose,
    /// Runs while a reply is waited for.
    timer: Option<Pin<Box<Sleep>>>,
    is_done: bool,
}

/// The driver's cursor, which in a session cannot move by itself.
pub(super) enum Source {
    Free(Box<RawBatchCursor>),
    InSession(Option<Box<SessionRawBatchCursor>>),
    /// A task of its own does the step, and owns cursor and session until it is done: a caller who
    /// stops waiting neither interrupts it nor blocks the session.
    Stepping(JoinHandle<(Box<SessionRawBatchCursor>, Reply)>),
}

type Reply = Option<Result<RawBatch>>;

impl Source {
    pub(super) fn free(cursor: RawBatchCursor) -> Self {
        Self::Free(Box::new(cursor))
    }

    pub(super) fn in_session(cursor: SessionRawBatchCursor) -> Self {
        Self::InSession(Some(Box::new(cursor)))
    }
}

impl<T: Decode> Documents<T> {
    pub(super) fn new(source: Source, target: Target, purpose: Purpose) -> Self {
        let batches = Batches { source, target, purpose, timer: None, is_done: false };
        Self { batches, batch: None, row: PhantomData }
    }

    /// The next document; waits until there is one. `None` is the end.
    ///
    /// Dropping the future loses nothing.
    ///
    /// # Errors
    ///
    /// `Decode` if the document does not have the model's shape, and the stream goes on; an error of
    /// the server or the network is the last.
    #[allow(clippy::should_implement_trait)]
    pub fn next(&mut self) -> Next<'_, Self> {
        StreamExt::next(self)
    }

    /// Appends the next batch; `false` at the end.
    pub(super) async fn append_batch(&mut self, all: &mut Vec<T>) -> Result<bool> {
        let next = poll_fn(|context| self.batches.poll_next(context)).await;
        let Some(mut batch) = next.transpose()? else { return Ok(false) };
        while let Some(document) = batch.next_document() {
            all.push(self.decode(document)?);
        }
        Ok(true)
    }

    fn decode(&self, document: Result<&[u8], DecodeError>) -> Result<T> {
        let named = |error| Error::from(error).during("decode", &self.batches.target.namespace());
        document.and_then(decode_document).map_err(named)
    }
}

impl<T: Decode> Stream for Documents<T> {
    type Item = Result<T>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<T>>> {
        let this = self.get_mut();
        loop {
            if let Some(mut batch) = this.batch.take()
                && let Some(document) = batch.next_document()
            {
                let decoded = this.decode(document);
                this.batch = Some(batch);
                return Poll::Ready(Some(decoded));
            }
            match ready!(this.batches.poll_next(context)) {
                Some(Ok(batch)) => this.batch = Some(batch),
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => return Poll::Ready(None),
            }
        }
    }
}

impl Batches {
    /// The next reply; an error is the last.
    fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Batch>>> {
        if self.is_done {
            return Poll::Ready(None);
        }
        let reply = match self.poll_reply(context) {
            Poll::Ready(reply) => reply,
            Poll::Pending => Some(Err(ready!(self.poll_timer(context)))),
        };
        self.timer = None;
        let batch = reply.map(|reply| reply.and_then(Batch::new));
        self.is_done = !matches!(batch, Some(Ok(_)));
        Poll::Ready(batch)
    }

    fn poll_reply(&mut self, context: &mut Context<'_>) -> Poll<Reply> {
        loop {
            match &mut self.source {
                Source::Free(cursor) => {
                    let reply = ready!(cursor.poll_next_unpin(context));
                    let described = |error| {
                        Error::from_driver(error, Access::Read)
                            .during(self.purpose.operation, &self.target.namespace())
                    };
                    return Poll::Ready(reply.map(|reply| reply.map_err(described)));
                }
                Source::InSession(cursor) => {
                    let Some(cursor) = cursor.take() else { return Poll::Ready(None) };
                    let step = step(cursor, self.target.clone(), self.purpose);
                    self.source = Source::Stepping(tokio::spawn(step));
                }
                Source::Stepping(step) => {
                    let (cursor, reply) = match ready!(step.poll_unpin(context)) {
                        Ok((cursor, reply)) => (Some(cursor), reply),
                        Err(_) => (None, Some(Err(self.purpose.late(&self.target)))),
                    };
                    self.source = Source::InSession(cursor);
                    return Poll::Ready(reply);
                }
            }
        }
    }

    /// Ready with an error when the time for this reply is up.
    fn poll_timer(&mut self, context: &mut Context<'_>) -> Poll<Error> {
        let deadline = || self.target.deadline(self.purpose.timeout);
        if self.timer.is_none()
            && let Some(deadline) = deadline()
        {
            self.timer = Some(Box::pin(tokio::time::sleep_until(deadline)));
        }
        let Some(timer) = &mut self.timer else { return Poll::Pending };
        timer.poll_unpin(context).map(|()| self.purpose.late(&self.target))
    }
}

/// One reply of a cursor in a session.
async fn step(
    mut cursor: Box<SessionRawBatchCursor>,
    target: Target,
    purpose: Purpose,
) -> (Box<SessionRawBatchCursor>, Reply) {
    let begun = Call::begin(target, Purpose { timeout: None, ..purpose }).await;
    let mut call = match begun {
        Ok(call) => call,
        Err(error) => return (cursor, Some(Err(error))),
    };
    let next = match call.session() {
        Some(session) => cursor.stream(session).next().await,
        None => None,
    };
    (cursor, next.map(|reply| call.settle(reply)))
}
