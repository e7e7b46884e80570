//! A stream of documents, decoded straight from the server's batches.

use std::{
    pin::Pin,
    task::{Context, Poll, ready},
};

use futures::{FutureExt, Stream, StreamExt, future::BoxFuture, future::poll_fn, stream::Next};
use tokio::time::Sleep;

use crate::{
    codec::DecodeError,
    error::{Error, Result},
    executor::{Call, Purpose, Target, within},
};

use super::{Batch, Command, Cursor, Next as Reply, Opened, need_runtime};

/// The documents that a query found: a [`Stream`] of `Result<T>`.
///
/// A document that does not decode is one error with its path and `_id`, and the stream goes on. An
/// error of the server or the network ends the stream. Dropping the stream closes the cursor.
/// Dropping a `next()` that is waiting loses nothing, also in a session.
pub struct Documents<T> {
    batches: Batches,
    batch: Option<Batch>,
    decode: Reader<T>,
}

/// What decodes a document.
pub(crate) type Reader<T> = fn(&[u8]) -> Result<T, DecodeError>;

/// The server's replies, one after the other.
struct Batches {
    state: State,
    target: Target,
    purpose: Purpose,
    /// Runs while a reply is waited for.
    timer: Option<Pin<Box<Sleep>>>,
}

/// Owns what is waited for, so that dropping a waiter loses nothing.
enum State {
    /// The first reply came with the cursor.
    Opened(Opened),
    Idle(Cursor),
    Waiting(BoxFuture<'static, (Option<Cursor>, Reply)>),
    Ended,
}

impl<T> Documents<T> {
    /// Sends a command that opens a cursor; the first batch is there when this returns.
    pub(crate) async fn open(
        (target, purpose): (Target, Purpose),
        decode: Reader<T>,
        command: impl FnOnce(&Call) -> Command,
    ) -> Result<Self> {
        let call = Call::begin(target.clone(), purpose).await?;
        let command = command(&call);
        let opened = call.run(move |call| Cursor::open(call, purpose, command)).await?;
        let batches = Batches { state: State::Opened(opened), target, purpose, timer: None };
        Ok(Self { batches, batch: None, decode })
    }

    /// The same, and reads all documents within the operation's time.
    pub(crate) async fn all(
        (target, purpose): (Target, Purpose),
        decode: Reader<T>,
        command: impl FnOnce(&Call) -> Command,
    ) -> Result<Vec<T>> {
        let deadline = target.deadline(purpose.timeout);
        let all = async {
            let mut documents = Self::open((target.clone(), purpose), decode, command).await?;
            let mut all = Vec::new();
            while documents.append_batch(&mut all).await? {}
            Ok(all)
        };
        within(deadline, all, || purpose.late(&target)).await
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
    async fn append_batch(&mut self, all: &mut Vec<T>) -> Result<bool> {
        let Some(mut batch) = self.next_batch().await? else { return Ok(false) };
        while let Some(document) = batch.next_document() {
            all.push(self.decode(document)?);
        }
        Ok(true)
    }

    /// The next batch, undecoded; `None` at the end.
    pub(crate) async fn next_batch(&mut self) -> Result<Option<Batch>> {
        poll_fn(|context| self.batches.poll_next(context)).await.transpose()
    }

    fn decode(&self, document: Result<&[u8], DecodeError>) -> Result<T> {
        let named = |error| Error::from(error).during("decode", &self.batches.target.namespace());
        document.and_then(self.decode).map_err(named)
    }
}

impl<T> Stream for Documents<T> {
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
    /// The next reply; an error is the last. The session is free when the server has no more.
    fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Batch>>> {
        let reply = match self.poll_reply(context) {
            Poll::Ready(reply) => reply,
            Poll::Pending => Some(Err(ready!(self.poll_timer(context)))),
        };
        self.timer = None;
        let described =
            |error: Error| error.during(self.purpose.operation, &self.target.namespace());
        let batch = reply.map(|reply| reply.and_then(Batch::new).map_err(described));
        if !matches!(&batch, Some(Ok(batch)) if batch.has_more()) {
            self.state = State::Ended;
        }
        Poll::Ready(batch)
    }

    fn poll_reply(&mut self, context: &mut Context<'_>) -> Poll<Reply> {
        if let State::Waiting(waiting) = &mut self.state {
            let (cursor, reply) = ready!(waiting.poll_unpin(context));
            self.state = cursor.map_or(State::Ended, State::Idle);
            return Poll::Ready(reply);
        }
        match std::mem::replace(&mut self.state, State::Ended) {
            State::Opened((cursor, reply)) => {
                self.state = State::Idle(cursor);
                Poll::Ready(Some(Ok(reply)))
            }
            State::Idle(cursor) => {
                if let Err(error) = need_runtime() {
                    return Poll::Ready(Some(Err(error)));
                }
                self.state = State::Waiting(cursor.next());
                self.poll_reply(context)
            }
            State::Waiting(_) | State::Ended => Poll::Ready(None),
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
