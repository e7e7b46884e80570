//! Removing documents.

use std::{fmt, marker::PhantomData};

use futures::future::{BoxFuture, FutureExt};
use mongodb::bson::Document;

use crate::{
    codec::Encoder,
    command::{FindAndModify, Kind, Single},
    common_options::{CommandOptions, CommonOptions, setters},
    error::{Access, Error, Result},
    executor::{Executor, Purpose, Target},
    filter::{Condition, Filter, FilterClosure, on_documents},
    model::{Model, Versioned},
    path::{Field, Fields, Filtering, Handle, IntoValue, Path},
    sort::{Sort, SortOrder, check_text_score},
    update::{Filtered, HasFilter, check_not_by_version},
};

use super::{
    Deleted, Operations,
    condition::check_condition,
    find::decode_written,
    stale::{as_loaded, check_matched},
};

/// The removal of documents.
#[must_use = "nothing is removed until a verb runs it: `.one(…)`, `.many(…)` or `.fetch(…)`"]
pub struct Delete<M, F> {
    filter: Filter<M>,
    /// Whether every document is meant if the filter has no condition.
    is_on_all: bool,
    /// Only the version that was loaded is meant: if nothing matches, it is stale.
    is_by_version: bool,
    sort: Sort<M>,
    options: CommonOptions,
    state: PhantomData<fn() -> F>,
}

impl<M: Model> Delete<M, crate::update::Unfiltered> {
    pub(super) fn new() -> Self {
        Self {
            filter: Filter::all(),
            is_on_all: false,
            is_by_version: false,
            sort: Sort::none(),
            options: CommonOptions::default(),
            state: PhantomData,
        }
    }
}

impl<M: Field, F> Delete<M, F> {
    /// Only documents that meet the condition; of several conditions, all.
    ///
    /// # Errors
    ///
    /// `Invalid` if the filter has no condition in the end, as of `None`: only
    /// [`all_documents`](Self::all_documents) says that every document is meant.
    pub fn filter<C: Condition<M>>(
        self,
        condition: impl FilterClosure<M, C>,
    ) -> Delete<M, Filtered> {
        let condition = on_documents(condition);
        self.with_filter(|filter| filter & condition)
    }

    /// Only documents that also meet a condition written by hand, with stored names.
    pub fn raw(self, condition: Document) -> Delete<M, Filtered> {
        self.with_filter(|filter| filter & Filter::raw(condition))
    }

    /// Every document of the collection, or every one that a filter leaves: a filter without a
    /// condition is no mistake then.
    pub fn all_documents(mut self) -> Delete<M, Filtered> {
        self.is_on_all = true;
        self.with_filter(|filter| filter)
    }

    /// Which document comes first, for [`fetch`](Self::fetch). `sort` has no effect with `one` and
    /// `many`, so they refuse it.
    pub fn sort<O: SortOrder<M>>(mut self, order: impl FnOnce(Fields<M, Filtering>) -> O) -> Self {
        self.sort = self.sort.then(order(Handle::from_path(Path::root())).into_sort());
        self
    }
}

impl<M: Model, F> Delete<M, F> {
    /// Only the document with this `_id`; the same as `.filter(|m| m.id().eq(id))`.
    pub fn by_id(self, id: impl IntoValue<M::Id>) -> Delete<M, Filtered> {
        self.filter(|_| M::by_id(id))
    }

    /// Only the document that was loaded, and only if it still has the version that was loaded.
    /// Otherwise nothing is removed, and the error is of the kind `Stale`. See
    /// [`Update::by`](crate::update::Update::by).
    ///
    /// # Errors
    ///
    /// Of the verb: `Stale`, with the outcome `NotApplied`; `Invalid` in a bulk.
    pub fn by(mut self, loaded: &M) -> Delete<M, Filtered>
    where
        M: Versioned,
    {
        self.is_by_version = true;
        self.with_filter(|filter| filter & as_loaded(loaded))
    }

    /// The statement that is sent: `q` and options, as in the
    /// [`delete` command](https://www.mongodb.com/docs/manual/reference/command/delete/).
    ///
    /// # Errors
    ///
    /// The first mistake in the chain.
    pub fn as_document(&self) -> Result<Document> {
        self.options.shown(|out| {
            out.field("q", &self.condition()?.elements()?);
            self.append_order(out)?;
            self.options.statement.append_to(out)
        })
    }

    /// Removes the first document that matches. One round trip, and a second attempt if
    /// the connection fails.
    ///
    /// # Errors
    ///
    /// `Server`; the chain's first mistake before anything is sent.
    pub fn one(self, executor: &impl Executor<M>) -> BoxFuture<'static, Result<Deleted>>
    where
        F: HasFilter,
    {
        self.run(executor.target(), Access::Write)
    }

    /// Removes all documents that match. One round trip, never retried.
    ///
    /// # Errors
    ///
    /// As [`one`](Self::one); documents may have been removed before the failure.
    pub fn many(self, executor: &impl Executor<M>) -> BoxFuture<'static, Result<Deleted>>
    where
        F: HasFilter,
    {
        self.run(executor.target(), Access::ManyWrites)
    }

    /// Removes the first document that matches, and returns it. One round trip, and a
    /// second attempt if the connection fails.
    ///
    /// # Errors
    ///
    /// As [`one`](Self::one); `Decode` if the document does not have the model's shape (it has
    /// been removed all the same).
    pub fn fetch<'a>(self, executor: &impl Executor<M>) -> BoxFuture<'a, Result<Option<M>>>
    where
        F: HasFilter,
        M: 'a,
    {
        fetched(executor.target(), self.is_by_version, self.into_fetch()).boxed()
    }

    fn run(mut self, target: Target, access: Access) -> BoxFuture<'static, Result<Deleted>> {
        let is_multi = access == Access::ManyWrites;
        let (command, purpose) = self.take_options();
        let kind = (Kind::Delete, is_multi);
        let single = Single::new(kind, command, |out| self.append_to(is_multi, out));
        let is_by_version = self.is_by_version;
        async move {
            let written = single?.run(target.clone(), Purpose { access, ..purpose }).await?;
            check_matched((is_by_version, written.deleted > 0), DELETE.operation, &target)?;
            Ok(Deleted { deleted: written.deleted })
        }
        .boxed()
    }

    fn into_fetch(mut self) -> Result<(FindAndModify, Purpose)> {
        let (command, purpose) = self.take_options();
        let fetch = FindAndModify::new(command, |out| {
            out.field("query", &self.condition()?.elements()?);
            self.append_order(out)?;
            out.field("remove", &true);
            self.options.statement.append_to(out)
        });
        Ok((fetch?, purpose))
    }

    /// The options that are not part of the statement, taken out.
    fn take_options(&mut self) -> (CommandOptions, Purpose) {
        let (command, timeout) = self.options.take_whole();
        (command, Purpose { timeout, ..DELETE })
    }

    /// Appends `q`, `limit` and options, as the `delete` command of a bulk has them.
    pub(super) fn append_to_bulk(&self, is_multi: bool, out: &mut Encoder) -> Result<()> {
        self.options.check_in_bulk()?;
        check_not_by_version(self.is_by_version)?;
        self.append_to(is_multi, out)
    }

    fn append_to(&self, is_multi: bool, out: &mut Encoder) -> Result<()> {
        self.check_order()?;
        out.field("q", &self.condition()?.elements()?);
        out.field("limit", if is_multi { &0 } else { &1 });
        self.options.statement.append_to(out)
    }

    /// Appends the order, if the server takes it.
    fn append_order(&self, out: &mut Encoder) -> Result<()> {
        let sort = self.sort.as_document()?;
        if !sort.is_empty() {
            check_text_score(&sort, &self.condition()?.as_document()?)?;
            out.field("sort", &sort);
        }
        Ok(())
    }

    /// The filter, which has a condition unless every document is meant.
    fn condition(&self) -> Result<&Filter<M>> {
        check_condition(&self.filter, self.is_on_all)?;
        Ok(&self.filter)
    }

    fn check_order(&self) -> Result<()> {
        match self.sort.as_document()?.is_empty() {
            true => Ok(()),
            false => Err(Error::invalid("`sort` has an effect only with `fetch`")),
        }
    }
}

setters!(impl[M, F] Delete<M, F> {
    hint, collation, comment, let_vars, write_concern, timeout,
});

impl<M, F> Delete<M, F> {
    fn common_options(&mut self) -> &mut CommonOptions {
        &mut self.options
    }

    fn with_filter(self, change: impl FnOnce(Filter<M>) -> Filter<M>) -> Delete<M, Filtered> {
        Delete {
            filter: change(self.filter),
            is_on_all: self.is_on_all,
            is_by_version: self.is_by_version,
            sort: self.sort,
            options: self.options,
            state: PhantomData,
        }
    }
}

impl<M, F> Clone for Delete<M, F> {
    fn clone(&self) -> Self {
        Self {
            filter: self.filter.clone(),
            is_on_all: self.is_on_all,
            is_by_version: self.is_by_version,
            sort: self.sort.clone(),
            options: self.options.clone(),
            state: PhantomData,
        }
    }
}

impl<M: Model, F> fmt::Debug for Delete<M, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.as_document() {
            Ok(document) => write!(f, "Delete({document})"),
            Err(error) => write!(f, "Delete({error})"),
        }
    }
}

const DELETE: Purpose = Purpose::new(Access::Write, "delete from");

async fn fetched<M: Model>(
    target: Target,
    is_by_version: bool,
    fetch: Result<(FindAndModify, Purpose)>,
) -> Result<Option<M>> {
    let (fetch, purpose) = fetch?;
    let found = fetch.run(target.clone(), purpose).await?;
    check_matched((is_by_version, found.is_some()), DELETE.operation, &target)?;
    match found {
        Some(document) => decode_written(&document, &target).map(Some),
        None => Ok(None),
    }
}
