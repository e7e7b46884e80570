//! Running updates.
//!
//! The verbs return boxed futures rather than being `async`: so a bound that is not met is one
//! error of rustc. An `async fn` would repeat the error at the `.await`.

use futures::future::{BoxFuture, FutureExt};
use mongodb::bson::RawDocumentBuf;

use crate::{
    command::{FindAndModify, Kind, Single, Written},
    error::{Access, Result},
    executor::{Executor, Purpose, Target},
    model::Model,
    path::IntoValue,
    update::{Fetch, Filtered, HasFilter, Statement, Update},
};

use super::{Operations, find::decode_written, results::Updated, stale::check_matched};

impl<M: Model, F, K> Update<M, F, K> {
    /// Only the document with this `_id`; the same as `.filter(|m| m.id().eq(id))`.
    pub fn by_id(self, id: impl IntoValue<M::Id>) -> Update<M, Filtered, K> {
        self.filter(|_| M::by_id(id))
    }

    /// Changes the first document that matches. One round trip, and a second attempt if
    /// the connection fails.
    ///
    /// # Errors
    ///
    /// `DuplicateKey`, `Validation`, `Server`; the chain's first mistake before anything is sent.
    pub fn one<'a>(self, executor: &impl Executor<M>) -> BoxFuture<'a, Result<Updated<M>>>
    where
        F: HasFilter,
        M: 'a,
    {
        changed(executor.target(), self.statement, Many::No).boxed()
    }

    /// Changes all documents that match. One round trip, never retried: a repetition could change
    /// a document twice.
    ///
    /// # Errors
    ///
    /// As [`one`](Self::one); documents may have been changed before the failure.
    pub fn many<'a>(self, executor: &impl Executor<M>) -> BoxFuture<'a, Result<Updated<M>>>
    where
        F: HasFilter,
        M: 'a,
    {
        changed(executor.target(), self.statement, Many::Yes).boxed()
    }

    /// Changes the first document that matches, and returns it as it was before. One round trip, and
    /// a second attempt if the connection fails.
    ///
    /// # Errors
    ///
    /// As [`one`](Self::one); `Decode` if the document does not have the model's shape (it has
    /// been changed all the same).
    pub fn fetch_before<'a>(self, executor: &impl Executor<M>) -> BoxFuture<'a, Result<Option<M>>>
    where
        F: HasFilter,
        M: 'a,
    {
        fetched(executor.target(), self.statement, Fetch::Before).boxed()
    }

    /// Changes the first document that matches, and returns it as it is after. One round trip, and
    /// a second attempt if the connection fails.
    ///
    /// # Errors
    ///
    /// As [`fetch_before`](Self::fetch_before).
    pub fn fetch_after<'a>(self, executor: &impl Executor<M>) -> BoxFuture<'a, Result<Option<M>>>
    where
        F: HasFilter,
        M: 'a,
    {
        fetched(executor.target(), self.statement, Fetch::After).boxed()
    }
}

async fn changed<M: Model>(target: Target, statement: Statement, many: Many) -> Result<Updated<M>> {
    let is_by_version = statement.is_by_version();
    let written = update(target.clone(), statement, many).await?;
    check_matched((is_by_version, written.matched > 0), UPDATE.operation, &target)?;
    Updated::of(written, &target)
}

async fn fetched<M: Model>(
    target: Target,
    statement: Statement,
    which: Fetch,
) -> Result<Option<M>> {
    let is_by_version = statement.is_by_version();
    let found = find_one_and_update(&target, statement, which).await?;
    check_matched((is_by_version, found.is_some()), UPDATE.operation, &target)?;
    match found {
        Some(document) => decode_written(&document, &target).map(Some),
        None => Ok(None),
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Many {
    No,
    Yes,
}

const UPDATE: Purpose = Purpose::new(Access::Write, "update");

async fn update(target: Target, mut statement: Statement, many: Many) -> Result<Written> {
    let is_multi = many == Many::Yes;
    let access = if is_multi { Access::ManyWrites } else { Access::Write };
    let (command, timeout) = statement.take_options();
    let single =
        Single::new((Kind::Update, is_multi), command, |out| statement.append_to(is_multi, out));
    single?.run(target, Purpose { access, timeout, ..UPDATE }).await
}

async fn find_one_and_update(
    target: &Target,
    mut statement: Statement,
    which: Fetch,
) -> Result<Option<RawDocumentBuf>> {
    let (command, timeout) = statement.take_options();
    let fetch = FindAndModify::new(command, |out| statement.append_fetch(which, out));
    fetch?.run(target.clone(), Purpose { timeout, ..UPDATE }).await
}
