//! Inserting several documents.

use std::{fmt, marker::PhantomData, sync::Arc, time::Duration};

use mongodb::bson::{Bson, Document, doc};

use crate::{
    command::{self, Work},
    error::{Access, Error, Result},
    executor::{Call, Executor, Purpose, Target},
    model::Model,
    options::WriteConcern,
};

use super::{
    insert::encode_with_id,
    results::{InsertedMany, id_of_document},
};

/// The insertion of several documents.
///
/// All documents are encoded before the first is sent. If one cannot be encoded, nothing is sent.
#[must_use = "nothing is inserted until `.run(…)`"]
pub struct InsertMany<M> {
    work: Result<Work>,
    timeout: Option<Duration>,
    model: PhantomData<fn() -> M>,
}

impl<M: Model> InsertMany<M> {
    pub(super) fn new<'a>(documents: impl IntoIterator<Item = &'a M>) -> Self
    where
        M: 'a,
    {
        let mut work = Work { is_insertion: true, ..Work::default() };
        let mut encode = |document: &'a M| {
            let pushed = encode_with_id(document)
                .and_then(|bytes| work.statements.push_insert(M::COLLECTION, &bytes));
            let index = work.statements.len();
            pushed.map_err(|error| error.during("insert", &format!("document {index}")))
        };
        let encoded = documents.into_iter().try_for_each(&mut encode);
        Self { work: encoded.map(|()| work), timeout: None, model: PhantomData }
    }

    /// `true` (the default): the first failure stops the insertion. `false`: all other documents
    /// are still inserted.
    pub fn ordered(self, ordered: bool) -> Self {
        self.with(|work| work.options.is_unordered = !ordered)
    }

    /// The acknowledgement that the insert waits for, in place of the collection's.
    pub fn write_concern(self, concern: WriteConcern) -> Self {
        self.with(|work| work.options.write_concern = Some(concern))
    }

    /// A comment for the server's logs and profiler.
    pub fn comment(self, comment: impl Into<Bson>) -> Self {
        self.with(|work| work.options.comment = Some(comment.into()))
    }

    /// Skips the collection's validation rules.
    pub fn bypass_document_validation(self) -> Self {
        self.with(|work| work.options.bypass_validation = true)
    }

    /// How long the insertion may take, waiting for a server and for its session included. The
    /// error says which documents were inserted until then.
    pub fn timeout(mut self, limit: Duration) -> Self {
        self.timeout = Some(limit);
        self
    }

    fn with(mut self, change: impl FnOnce(&mut Work)) -> Self {
        if let Ok(work) = &mut self.work {
            change(work);
        }
        self
    }

    /// The documents that are sent, and the options.
    ///
    /// # Errors
    ///
    /// `Encode` if BSON cannot hold a value, `Invalid` if an `_id` is missing and cannot be made.
    pub fn as_document(&self) -> Result<Document> {
        let work = self.work.as_ref().map_err(Error::clone)?;
        let mut commands = command::preview(work)?;
        let Some(mut first) = (!commands.is_empty()).then(|| commands.remove(0)) else {
            return Ok(doc! { "documents": [], "ordered": !work.options.is_unordered });
        };
        first.remove("insert");
        if let Ok(documents) = first.get_array_mut("documents") {
            for command in &commands {
                documents.extend(command.get_array("documents").into_iter().flatten().cloned());
            }
        }
        Ok(first)
    }

    /// Sends the documents, in as few commands as 100,000 documents or 48 MB each allow (16 MB with
    /// a time limit); each command is sent once more if the connection fails. Without documents,
    /// nothing is sent.
    ///
    /// # Errors
    ///
    /// `InsertMany` with the documents that were inserted and those that were not, by index;
    /// `Encode` and `Invalid` before anything is sent. If all documents have the same error, that
    /// error itself: `Unavailable`, `Timeout`, `Unauthorized`.
    pub async fn run(self, executor: &impl Executor<M>) -> Result<InsertedMany<M>> {
        let mut work = self.work?;
        let statements = &mut work.statements;
        let ids = statements.inserts().map(|index| id_of_document::<M>(statements.get(index)));
        let ids = ids.collect::<Result<Vec<_>>>()?;
        if !ids.is_empty() {
            let target = executor.target();
            statements.rename_collection(target.collection.name());
            insert_many(target, work, self.timeout).await?;
        }
        Ok(InsertedMany { ids })
    }
}

impl<M> Clone for InsertMany<M> {
    fn clone(&self) -> Self {
        Self { work: self.work.clone(), timeout: self.timeout, model: PhantomData }
    }
}

impl<M: Model> fmt::Debug for InsertMany<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.work {
            Ok(work) => write!(f, "InsertMany({} documents)", work.statements.len()),
            Err(error) => write!(f, "InsertMany({error})"),
        }
    }
}

async fn insert_many(target: Target, work: Work, timeout: Option<Duration>) -> Result<()> {
    let purpose = Purpose { timeout, ..Purpose::new(Access::ManyWrites, "insert into") };
    let call = Call::begin(target, purpose).await?;
    command::run(call, Arc::new(work)).await.map(drop)
}
