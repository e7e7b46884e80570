//! Inserting one document.

use std::{fmt, marker::PhantomData};

use mongodb::bson::{DateTime, Document, RawDocument};

use crate::{
    codec::{Encode, Fragment, RawValue, encode_document},
    command::Single,
    common_options::{CommonOptions, setters},
    error::{Access, Error, Result},
    executor::{Executor, Purpose},
    model::Model,
    path::Field,
};

use super::results::{Inserted, id_element, id_of_document};

/// The insertion of a document.
///
/// The document is encoded at once, and gets an `_id` if it has none. So a retried insert sends the
/// same document.
#[must_use = "nothing is inserted until `.run(…)`"]
pub struct Insert<M> {
    document: Result<Vec<u8>>,
    options: CommonOptions,
    model: PhantomData<fn() -> M>,
}

impl<M: Model> Insert<M> {
    pub(super) fn new(document: &M) -> Self {
        let document = encode_with_id(document);
        Self { document, options: CommonOptions::default(), model: PhantomData }
    }

    /// The document that is sent.
    ///
    /// # Errors
    ///
    /// `Encode` if BSON cannot hold a value, `Invalid` if the `_id` is missing and cannot be made.
    pub fn as_document(&self) -> Result<Document> {
        let document = self.document.as_ref().map_err(Error::clone)?;
        let shown = RawDocument::from_bytes(document).and_then(Document::try_from);
        shown.map_err(|error| Error::invalid(error.to_string()))
    }

    /// Sends the insert: one round trip, and a second attempt if the connection fails.
    ///
    /// # Errors
    ///
    /// `DuplicateKey`, `Validation`; `Encode` and `Invalid` before anything is sent.
    pub async fn run(self, executor: &impl Executor<M>) -> Result<Inserted<M>> {
        let document = self.document?;
        let id = id_of_document::<M>(&document)?;
        let CommonOptions { command, timeout, .. } = self.options;
        let single = Single::of_insert(document, command)?;
        single.run(executor.target(), Purpose { timeout, ..INSERT }).await?;
        Ok(Inserted { id })
    }
}

impl<M> Insert<M> {
    fn common_options(&mut self) -> &mut CommonOptions {
        &mut self.options
    }
}

setters!(impl[M] Insert<M> { write_concern, comment, bypass_document_validation, timeout });

impl<M> Clone for Insert<M> {
    fn clone(&self) -> Self {
        Self { document: self.document.clone(), options: self.options.clone(), model: PhantomData }
    }
}

impl<M: Model> fmt::Debug for Insert<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.as_document() {
            Ok(document) => write!(f, "Insert({document})"),
            Err(error) => write!(f, "Insert({error})"),
        }
    }
}

pub(super) const INSERT: Purpose = Purpose::new(Access::Write, "insert into");

/// The document as it is sent; an `_id` that is not set is made and put first.
pub(super) fn encode_with_id<M: Model>(document: &M) -> Result<Vec<u8>> {
    encode_at(document, DateTime::now())
}

/// The same with the time of the insertion, which documents of one operation share.
pub(super) fn encode_at<M: Model>(document: &M, now: DateTime) -> Result<Vec<u8>> {
    let mut bytes = encode_document(document)?;
    if !M::UPKEEP.is_none() {
        bytes = M::UPKEEP.stamped(bytes, now);
    }
    if document.document_id().is_some() || id_element(&bytes).is_some() {
        return Ok(bytes);
    }
    match M::Id::generate() {
        Some(id) => prepend(&id, &bytes),
        None => Err(Error::invalid(
            "the document has no `_id`, and only an `ObjectId` is made when it is missing",
        )),
    }
}

fn prepend<T: Encode>(id: &T, document: &[u8]) -> Result<Vec<u8>> {
    let id = RawValue::write("_id", |out| id.encode(out))?;
    let mut elements = Fragment::one("_id", &id);
    elements.append(&Fragment::of_document(document));
    Ok(elements.framed())
}
