//! The writes of a bulk, for any models, and how they are run.

use std::{fmt, sync::Arc, time::Duration};

use mongodb::bson::Document;

use crate::{
    codec::Encoder,
    command::{self, Kind, Work, Written},
    error::{Access, Error, Result},
    executor::{Call, Purpose, Target},
    model::Model,
    update::Statement,
};

use super::super::{Delete, Replace, insert::encode_with_id};

/// Writes that are statements already, and the first mistake in them.
#[derive(Clone, Debug, Default)]
pub(super) struct Writes {
    pub(super) work: Work,
    pub(super) is_atomic: bool,
    fault: Option<Error>,
}

/// What `.replace(…)` takes: a document, or its [`Replace`] with options.
#[diagnostic::on_unimplemented(
    message = "a bulk on `{M}` cannot replace a document by this",
    label = "this is of type `{Self}`",
    note = "give a `&{M}`, or `{M}::replace(&document)` with its options"
)]
pub trait IntoReplacement<M: Model> {
    /// The replacement itself.
    fn into_replacement(self) -> Replace<M>;
}

#[diagnostic::do_not_recommend]
impl<M: Model> IntoReplacement<M> for &M {
    fn into_replacement(self) -> Replace<M> {
        Replace::new(self)
    }
}

#[diagnostic::do_not_recommend]
impl<M: Model> IntoReplacement<M> for Replace<M> {
    fn into_replacement(self) -> Replace<M> {
        self
    }
}

impl Writes {
    pub(super) fn insert<M: Model>(&mut self, document: &M) {
        if self.fault.is_none() {
            let encoded = encode_with_id(document);
            let statements = &mut self.work.statements;
            let pushed = encoded.and_then(|bytes| statements.push_insert(M::COLLECTION, &bytes));
            self.note(pushed);
        }
    }

    pub(super) fn update(&mut self, collection: &str, statement: &Statement, is_multi: bool) {
        self.push(collection, (Kind::Update, is_multi), |out| {
            statement.append_to_bulk(is_multi, out)
        });
    }

    pub(super) fn replace<M: Model>(&mut self, replace: &Replace<M>) {
        self.push(M::COLLECTION, (Kind::Update, false), |out| replace.append_to_bulk(out));
    }

    pub(super) fn delete<M: Model, F>(&mut self, delete: &Delete<M, F>, is_multi: bool) {
        let kind = (Kind::Delete, is_multi);
        self.push(M::COLLECTION, kind, |out| delete.append_to_bulk(is_multi, out));
    }

    fn push(
        &mut self,
        collection: &str,
        kind: (Kind, bool),
        write: impl FnOnce(&mut Encoder) -> Result<()>,
    ) {
        if self.fault.is_none() {
            let pushed = self.work.statements.push(collection, kind, write);
            self.note(pushed);
        }
    }

    fn note(&mut self, pushed: Result<()>) {
        if let Err(error) = pushed {
            let index = self.work.statements.len();
            self.fault = Some(error.during(&format!("take write {index} into"), "the bulk"));
        }
    }

    /// The work, and whether it must be one transaction.
    pub(super) fn finish(self) -> Result<(Arc<Work>, bool)> {
        self.fault.map_or(Ok((Arc::new(self.work), self.is_atomic)), Err)
    }

    pub(super) fn as_documents(&self) -> Result<Vec<Document>> {
        match &self.fault {
            Some(error) => Err(error.clone()),
            None => command::preview(&self.work),
        }
    }

    pub(super) fn show(&self, name: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.fault, self.work.statements.len()) {
            (Some(error), _) => write!(f, "{name}({error})"),
            (None, count) => write!(f, "{name}({count} writes)"),
        }
    }
}

const BULK: Purpose = Purpose::new(Access::ManyWrites, "write in bulk to");

/// Runs the writes, in a transaction if they must be one.
pub(super) async fn run(target: Target, work: Arc<Work>, is_atomic: bool) -> Result<Written> {
    let timeout = work.options.timeout;
    if work.statements.is_empty() {
        return Ok(Written::default());
    }
    if !is_atomic || target.is_in_transaction() {
        return once(target, work, timeout).await;
    }
    let concern = work.options.command.write_concern.clone();
    let mut run = target.transaction(move |target| once(target, Arc::clone(&work), None));
    if let Some(concern) = concern {
        run = run.write_concern(concern);
    }
    if let Some(timeout) = timeout {
        run = run.timeout(timeout);
    }
    run.await
}

async fn once(target: Target, work: Arc<Work>, timeout: Option<Duration>) -> Result<Written> {
    let call = Call::begin(target, Purpose { timeout, ..BULK }).await?;
    command::run(call, work).await
}
