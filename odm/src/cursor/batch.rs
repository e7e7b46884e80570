//! One reply of a cursor, read document by document without copies.

use std::ops::Range;

use mongodb::{bson::RawDocument, raw_batch_cursor::RawBatch};

use crate::{
    codec::{DecodeError, Elements},
    error::{Access, Error, Result},
};

/// A reply of the server, and how far it has been read.
pub(crate) struct Batch {
    reply: RawBatch,
    /// The elements of the array that are left, as positions in the reply.
    at: usize,
    end: usize,
    /// The document that was read last.
    last: Range<usize>,
}

impl Batch {
    pub(crate) fn new(reply: RawBatch) -> Result<Self> {
        let whole = reply.as_raw_document().as_bytes().as_ptr() as usize;
        let (start, length) = {
            let array =
                reply.doc_slices().map_err(|error| Error::from_driver(error, Access::Read))?;
            (array.as_bytes().as_ptr() as usize - whole, array.as_bytes().len())
        };
        Ok(Self { reply, at: start + 4, end: start + length - 1, last: 0..0 })
    }

    /// The server's reply as a whole.
    pub(crate) fn reply(&self) -> &RawDocument {
        self.reply.as_raw_document()
    }

    /// Whether the server has more: the cursor is open.
    pub(crate) fn has_more(&self) -> bool {
        has_more(self.reply())
    }

    /// Whether all documents have been read.
    pub(crate) fn is_read(&self) -> bool {
        self.at >= self.end
    }

    /// The document that was read last.
    pub(crate) fn last_document(&self) -> Option<&[u8]> {
        let last = self.reply().as_bytes().get(self.last.clone())?;
        (!last.is_empty()).then_some(last)
    }

    /// The documents that have not been read, which stay so.
    pub(crate) fn documents(&self) -> impl Iterator<Item = Result<&[u8], DecodeError>> {
        let bytes = self.reply.as_raw_document().as_bytes();
        let mut elements = Elements::unframed(&bytes[self.at..self.end]);
        std::iter::from_fn(move || {
            let document = elements.next_element().transpose()?;
            if document.is_err() {
                elements = Elements::unframed(&[]);
            }
            Some(document.map(|(_, element)| element.value()))
        })
    }

    pub(crate) fn next_document(&mut self) -> Option<Result<&[u8], DecodeError>> {
        let bytes = self.reply.as_raw_document().as_bytes();
        let mut elements = Elements::unframed(&bytes[self.at..self.end]);
        let document = elements.next_element();
        self.at = self.end - elements.remaining();
        match document {
            Ok(Some((_, element))) => {
                self.last = self.at - element.value().len()..self.at;
                Some(Ok(element.value()))
            }
            Ok(None) => None,
            Err(error) => {
                self.at = self.end;
                Some(Err(error))
            }
        }
    }
}

/// Whether a reply says that there is more to come.
pub(super) fn has_more(reply: &RawDocument) -> bool {
    let cursor = reply.get_document("cursor");
    cursor.and_then(|cursor| cursor.get_i64("id")).is_ok_and(|id| id != 0)
}
