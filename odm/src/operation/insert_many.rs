//! Inserting several documents.

use std::{fmt, marker::PhantomData, sync::Arc};

use mongodb::bson::{DateTime, Document, doc};

use crate::{
    command::{self, Work},
    common_options::{CommonOptions, setters},
    error::{Access, Error, Result},
    executor::{Call, Executor, Purpose, Target},
    model::Model,
};

use super::{
    insert::encode_at,
    results::{InsertedMany, id_of_document},
};

/// The insertion of several documents.
///
/// All documents are encoded before the first is sent. If one cannot be encoded, nothing is sent.
#[must_use = "nothing is inserted until `.run(…)`"]
pub struct InsertMany<M> {
    work: Work,
    fault: Option<Error>,
    model: PhantomData<fn() -> M>,
}

impl<M: Model> InsertMany<M> {
    pub(super) fn new<'a>(documents: impl IntoIterator<Item = &'a M>) -> Self
    where
        M: 'a,
    {
        let mut work = Work { is_insertion: true, ..Work::default() };
        let now = DateTime::now();
        let mut encode = |document: &'a M| {
            let pushed = encode_at(document, now)
                .and_then(|bytes| work.statements.push_insert(M::COLLECTION, &bytes));
            let index = work.statements.len();
            pushed.map_err(|error| error.during("insert", &format!("document {index}")))
        };
        let fault = documents.into_iter().try_for_each(&mut encode).err();
        Self { work, fault, model: PhantomData }
    }

    /// `true` (the default): the first failure stops the insertion. `false`: all other documents
    /// are still inserted.
    pub fn ordered(mut self, ordered: bool) -> Self {
        self.work.options.command.is_unordered = !ordered;
        self
    }

    /// The documents that are sent, and the options.
    ///
    /// # Errors
    ///
    /// `Encode` if BSON cannot hold a value, `Invalid` if an `_id` is missing and cannot be made.
    pub fn as_document(&self) -> Result<Document> {
        if let Some(fault) = &self.fault {
            return Err(fault.clone());
        }
        let mut commands = command::preview(&self.work)?;
        let Some(mut first) = (!commands.is_empty()).then(|| commands.remove(0)) else {
            return Ok(
                doc! { "documents": [], "ordered": !self.work.options.command.is_unordered },
            );
        };
        first.remove("insert");
        if let Ok(documents) = first.get_array_mut("documents") {
            for command in &commands {
                documents.extend(command.get_array("documents").into_iter().flatten().cloned());
            }
        }
        Ok(first)
    }

    /// Sends the documents, in as few commands as 100,000 documents or 16 MB each allow; each command
    /// is sent once more if the connection fails. Without documents, nothing is sent.
    ///
    /// # Errors
    ///
    /// `InsertMany` with the documents that were inserted and those that were not, by index;
    /// `Encode` and `Invalid` before anything is sent. If all documents have the same error, that
    /// error itself: `Unavailable`, `Timeout`, `Unauthorized`.
    pub async fn run(self, executor: &impl Executor<M>) -> Result<InsertedMany<M>> {
        if let Some(fault) = self.fault {
            return Err(fault);
        }
        let mut work = self.work;
        let statements = &mut work.statements;
        let ids = statements.inserts().map(|index| id_of_document::<M>(statements.get(index)));
        let ids = ids.collect::<Result<Vec<_>>>()?;
        if !ids.is_empty() {
            let target = executor.target();
            statements.rename_collection(target.name());
            insert_many(target, work).await?;
        }
        Ok(InsertedMany { ids })
    }
}

impl<M> InsertMany<M> {
    fn common_options(&mut self) -> &mut CommonOptions {
        &mut self.work.options
    }
}

setters!(impl[M] InsertMany<M> { write_concern, comment, bypass_document_validation, timeout });

impl<M> Clone for InsertMany<M> {
    fn clone(&self) -> Self {
        Self { work: self.work.clone(), fault: self.fault.clone(), model: PhantomData }
    }
}

impl<M: Model> fmt::Debug for InsertMany<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.fault {
            None => write!(f, "InsertMany({} documents)", self.work.statements.len()),
            Some(error) => write!(f, "InsertMany({error})"),
        }
    }
}

async fn insert_many(target: Target, work: Work) -> Result<()> {
    let timeout = work.options.timeout;
    let purpose = Purpose { timeout, ..Purpose::new(Access::ManyWrites, "insert into") };
    let call = Call::begin(target, purpose).await?;
    command::run(call, Arc::new(work)).await.map(drop)
}
