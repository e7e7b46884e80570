//! Inserting one document.

use std::{fmt, marker::PhantomData, time::Duration};

use mongodb::{
    bson::{Bson, Document, RawDocumentBuf},
    options::InsertOneOptions,
};

use crate::{
    codec::{Encode, Fragment, RawValue, encode_document},
    command::CommandOptions,
    error::{Access, Error, Result},
    executor::{Call, Executor, Purpose, Target, in_session},
    model::Model,
    options::WriteConcern,
    path::Field,
};

use super::{
    results::{Inserted, id_element, id_of_document},
    timed,
};

/// The insertion of a document.
///
/// The document is encoded at once, and gets an `_id` if it has none. So a retried insert sends the
/// same document.
#[must_use = "nothing is inserted until `.run(…)`"]
pub struct Insert<M> {
    document: Result<Vec<u8>>,
    options: InsertOneOptions,
    timeout: Option<Duration>,
    model: PhantomData<fn() -> M>,
}

impl<M: Model> Insert<M> {
    pub(super) fn new(document: &M) -> Self {
        let document = encode_with_id(document);
        Self { document, options: InsertOneOptions::default(), timeout: None, model: PhantomData }
    }

    /// The acknowledgement that the insert waits for, in place of the collection's.
    pub fn write_concern(mut self, concern: WriteConcern) -> Self {
        self.options.write_concern = Some(concern);
        self
    }

    /// A comment for the server's logs and profiler.
    pub fn comment(mut self, comment: impl Into<Bson>) -> Self {
        self.options.comment = Some(comment.into());
        self
    }

    /// Skips the collection's validation rules.
    pub fn bypass_document_validation(mut self) -> Self {
        self.options.bypass_document_validation = Some(true);
        self
    }

    /// How long the operation may take, waiting for a server and for its session included. When
    /// the time is up, the error is `Timeout`, and its outcome says what became of the write.
    pub fn timeout(mut self, limit: Duration) -> Self {
        self.timeout = Some(limit);
        self
    }

    /// The document that is sent.
    ///
    /// # Errors
    ///
    /// `Encode` if BSON cannot hold a value, `Invalid` if the `_id` is missing and cannot be made.
    pub fn as_document(&self) -> Result<Document> {
        let raw = raw(self.document.clone()?)?;
        Document::try_from(raw).map_err(|error| Error::invalid(error.to_string()))
    }

    /// Sends the insert: one round trip, retried once by the driver if the connection fails.
    ///
    /// # Errors
    ///
    /// `DuplicateKey`, `Validation`; `Encode` and `Invalid` before anything is sent.
    pub async fn run(self, executor: &impl Executor<M>) -> Result<Inserted<M>> {
        let document = self.document?;
        let id = id_of_document::<M>(&document)?;
        let purpose = Purpose { timeout: self.timeout, ..INSERT };
        let target = executor.target();
        match timed::is_limited(&target, self.timeout) {
            true => timed::insert(target, purpose, &document, whole(self.options)).await?,
            false => insert(target, purpose, raw(document)?, self.options).await?,
        }
        Ok(Inserted { id })
    }
}

impl<M> Clone for Insert<M> {
    fn clone(&self) -> Self {
        Self {
            document: self.document.clone(),
            options: self.options.clone(),
            timeout: self.timeout,
            model: PhantomData,
        }
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

async fn insert(
    target: Target,
    purpose: Purpose,
    document: RawDocumentBuf,
    options: InsertOneOptions,
) -> Result<()> {
    let call = Call::begin(target, purpose).await?;
    call.run(|mut call| async move {
        let collection = call.collection();
        let inserted = in_session!(call, collection.insert_one(document).with_options(options));
        call.settle(inserted.map(drop))
    })
    .await
}

fn whole(options: InsertOneOptions) -> CommandOptions {
    CommandOptions {
        is_unordered: false,
        bypass_validation: options.bypass_document_validation == Some(true),
        let_vars: None,
        comment: options.comment,
        write_concern: options.write_concern,
    }
}

pub(super) fn raw(document: Vec<u8>) -> Result<RawDocumentBuf> {
    RawDocumentBuf::from_bytes(document).map_err(|error| Error::invalid(error.to_string()))
}

/// The document as it is sent; an `_id` that is not set is made and put first.
pub(super) fn encode_with_id<M: Model>(document: &M) -> Result<Vec<u8>> {
    let bytes = encode_document(document)?;
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
