//! A stream of documents, decoded straight from the server's batches.

use std::{
    marker::PhantomData,
    pin::Pin,
    task::{Context, Poll, ready},
};

use futures::{Stream, StreamExt};
use mongodb::raw_batch_cursor::{RawBatch, RawBatchCursor};

use crate::{
    codec::{DecodeError, Elements, decode_document},
    error::{Access, Error, Result},
    executor::Target,
    model::Model,
};

use super::checked;

/// The documents that a query found: a [`Stream`] of `Result<M>`.
///
/// A document that does not decode is one error with its path and `_id`; the stream goes on. An
/// error of the server or the network ends it. Dropping the stream closes the cursor; dropping a
/// `next()` that is waiting loses nothing.
pub struct Documents<M> {
    cursor: RawBatchCursor,
    batch: Option<Batch>,
    target: Target,
    is_done: bool,
    model: PhantomData<fn() -> M>,
}

/// A reply of the server, and how far it has been read.
struct Batch {
    reply: RawBatch,
    /// The elements of the array that are left, as positions in the reply.
    at: usize,
    end: usize,
}

impl<M: Model> Documents<M> {
    pub(super) fn new(cursor: RawBatchCursor, target: Target) -> Self {
        Self { cursor, batch: None, target, is_done: false, model: PhantomData }
    }

    /// Appends the next batch; `false` at the end.
    pub(super) async fn append_batch(&mut self, all: &mut Vec<M>) -> Result<bool> {
        let Some(batch) = self.cursor.next().await else { return Ok(false) };
        let mut batch = Batch::new(checked(batch, &self.target, Access::Read, "find in")?)?;
        while let Some(document) = batch.next_document() {
            all.push(self.decode(document)?);
        }
        Ok(true)
    }

    fn decode(&self, document: Result<&[u8], DecodeError>) -> Result<M> {
        document
            .and_then(decode_document)
            .map_err(|error| Error::from(error).during("decode", &self.target.namespace()))
    }
}

impl<M: Model> Stream for Documents<M> {
    type Item = Result<M>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<M>>> {
        let this = self.get_mut();
        while !this.is_done {
            if let Some(mut batch) = this.batch.take()
                && let Some(document) = batch.next_document()
            {
                let decoded = this.decode(document);
                this.batch = Some(batch);
                return Poll::Ready(Some(decoded));
            }
            let next = ready!(this.cursor.poll_next_unpin(context));
            let batch = next.map(|batch| {
                checked(batch, &this.target, Access::Read, "find in").and_then(Batch::new)
            });
            match batch {
                Some(Ok(batch)) => this.batch = Some(batch),
                Some(Err(error)) => {
                    this.is_done = true;
                    return Poll::Ready(Some(Err(error)));
                }
                None => this.is_done = true,
            }
        }
        Poll::Ready(None)
    }
}

impl Batch {
    fn new(reply: RawBatch) -> Result<Self> {
        let whole = reply.as_raw_document().as_bytes().as_ptr() as usize;
        let (start, length) = {
            let array =
                reply.doc_slices().map_err(|error| Error::from_driver(error, Access::Read))?;
            (array.as_bytes().as_ptr() as usize - whole, array.as_bytes().len())
        };
        Ok(Self { reply, at: start + 4, end: start + length - 1 })
    }

    fn next_document(&mut self) -> Option<Result<&[u8], DecodeError>> {
        let bytes = self.reply.as_raw_document().as_bytes();
        let mut elements = Elements::unframed(&bytes[self.at..self.end]);
        let document = elements.next_element();
        self.at = self.end - elements.remaining();
        match document {
            Ok(Some((_, element))) => Some(Ok(element.value())),
            Ok(None) => None,
            Err(error) => {
                self.at = self.end;
                Some(Err(error))
            }
        }
    }
}
