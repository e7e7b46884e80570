//! Inserting several documents.

use std::{marker::PhantomData, time::Duration};

use mongodb::{
    bson::{Bson, Document, RawDocumentBuf, doc},
    options::InsertManyOptions,
};

use crate::{
    error::{Access, Error, Result},
    executor::{Call, Executor, Purpose, Target, in_session},
    model::Model,
    options::WriteConcern,
};

use super::{
    append_options,
    insert::{encode_with_id, raw},
    results::{InsertedMany, id_of_document},
};

/// The insertion of several documents.
///
/// All are encoded before the first is sent: a document that cannot be encoded stops the whole.
#[must_use = "nothing is inserted until `.run(…)`"]
pub struct InsertMany<M> {
    documents: Result<Vec<RawDocumentBuf>>,
    options: InsertManyOptions,
    timeout: Option<Duration>,
    model: PhantomData<fn() -> M>,
}

impl<M: Model> InsertMany<M> {
    pub(super) fn new<'a>(documents: impl IntoIterator<Item = &'a M>) -> Self
    where
        M: 'a,
    {
        let encode = |(index, document)| {
            encode_with_id::<M>(document)
                .and_then(raw)
                .map_err(|error: Error| error.during("insert", &format!("document {index}")))
        };
        let documents = documents.into_iter().enumerate().map(encode).collect();
        Self { documents, options: InsertManyOptions::default(), timeout: None, model: PhantomData }
    }

    /// Whether the first failure stops the insertion (the default), or all others still go in.
    pub fn ordered(mut self, ordered: bool) -> Self {
        self.options.ordered = Some(ordered);
        self
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

    /// The documents that are sent, and the options.
    ///
    /// # Errors
    ///
    /// `Encode` if BSON cannot hold a value, `Invalid` if an `_id` is missing and cannot be made.
    pub fn as_document(&self) -> Result<Document> {
        let documents = self.documents.as_ref().map_err(Error::clone)?;
        let documents = documents.iter().map(|raw| Document::try_from(raw.as_ref()));
        let documents = documents.collect::<Result<Vec<_>, _>>();
        let documents = documents.map_err(|error| Error::invalid(error.to_string()))?;
        let mut command = doc! { "documents": documents };
        append_options(&mut command, &self.options)?;
        Ok(command)
    }

    /// Sends the documents, in as few commands as 100,000 documents or 48 MB each allow; each
    /// command is retried once by the driver if the connection fails. None is sent for no
    /// documents.
    ///
    /// # Errors
    ///
    /// `InsertMany` with the documents that were refused, by index; `Encode` and `Invalid` before
    /// anything is sent.
    pub async fn run(self, executor: &impl Executor<M>) -> Result<InsertedMany<M>> {
        let documents = self.documents?;
        let ids = documents.iter().map(|document| id_of_document::<M>(document.as_bytes()));
        let ids = ids.collect::<Result<Vec<_>>>()?;
        if !documents.is_empty() {
            let purpose = Purpose::new(Access::ManyWrites, "insert into");
            let purpose = Purpose { timeout: self.timeout, ..purpose };
            insert_many(executor.target(), purpose, documents, self.options).await?;
        }
        Ok(InsertedMany { ids })
    }
}

async fn insert_many(
    target: Target,
    purpose: Purpose,
    documents: Vec<RawDocumentBuf>,
    options: InsertManyOptions,
) -> Result<()> {
    let call = Call::begin(target, purpose).await?;
    call.run(|mut call| async move {
        let collection = call.collection();
        let inserted = in_session!(call, collection.insert_many(documents).with_options(options));
        call.settle(inserted.map(drop))
    })
    .await
}
