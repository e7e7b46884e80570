//! Removing documents.

mod driver;

use std::{fmt, marker::PhantomData, time::Duration};

use futures::future::{BoxFuture, FutureExt};
use mongodb::{
    bson::{Bson, Document, doc},
    options::DeleteOptions,
};

use crate::{
    codec::Encoder,
    command::{CommandOptions, Kind},
    error::{Access, Error, Result},
    executor::{Executor, Purpose, Target},
    filter::{Condition, Filter, FilterClosure, on_documents},
    model::Model,
    options::{Collation, IntoHint, WriteConcern},
    path::{Field, Fields, Filtering, Handle, IntoValue, Path},
    sort::{Sort, SortOrder},
    update::{Filtered, HasFilter, append_option, refuse_whole},
};

use self::driver::{delete, fetch_options, fetched};
use super::{Deleted, Operations, append_options, condition::check_condition, limits, timed};

/// The removal of documents.
#[must_use = "nothing is removed until a verb runs it: `.one(…)`, `.many(…)` or `.fetch(…)`"]
pub struct Delete<M, F> {
    filter: Filter<M>,
    /// Whether every document is meant if the filter has no condition.
    is_on_all: bool,
    sort: Sort<M>,
    options: DeleteOptions,
    timeout: Option<Duration>,
    state: PhantomData<fn() -> F>,
}

impl<M: Model> Delete<M, crate::update::Unfiltered> {
    pub(super) fn new() -> Self {
        Self {
            filter: Filter::all(),
            is_on_all: false,
            sort: Sort::none(),
            options: DeleteOptions::default(),
            timeout: None,
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

    /// The index to use, by name or by key.
    pub fn hint(mut self, hint: impl IntoHint) -> Self {
        self.options.hint = Some(hint.into_hint());
        self
    }

    /// How strings are compared.
    pub fn collation(mut self, collation: Collation) -> Self {
        self.options.collation = Some(collation);
        self
    }

    /// A comment for the server's logs and profiler.
    pub fn comment(mut self, comment: impl Into<Bson>) -> Self {
        self.options.comment = Some(comment.into());
        self
    }

    /// Variables that `$expr` refers to as `$$name`.
    #[doc(alias = "let")]
    pub fn let_vars(mut self, variables: Document) -> Self {
        self.options.let_vars = Some(variables);
        self
    }

    /// The acknowledgement that the operation waits for, in place of the collection's.
    pub fn write_concern(mut self, concern: WriteConcern) -> Self {
        self.options.write_concern = Some(concern);
        self
    }

    /// How long the operation may take, waiting for a server and for its session included. When
    /// the time is up, the error is `Timeout`, and its outcome says what became of the write.
    pub fn timeout(mut self, limit: Duration) -> Self {
        self.timeout = Some(limit);
        self
    }
}

impl<M: Model, F> Delete<M, F> {
    /// Only the document with this `_id`; the same as `.filter(|m| m.id().eq(id))`.
    pub fn by_id(self, id: impl IntoValue<M::Id>) -> Delete<M, Filtered> {
        self.filter(|_| M::by_id(id))
    }

    /// The statement that is sent: `q` and options, as in the
    /// [`delete` command](https://www.mongodb.com/docs/manual/reference/command/delete/).
    ///
    /// # Errors
    ///
    /// The first mistake in the chain.
    pub fn as_document(&self) -> Result<Document> {
        let (filter, sort) = self.checked()?;
        let mut statement = doc! { "q": filter };
        if !sort.is_empty() {
            statement.insert("sort", sort);
        }
        append_options(&mut statement, &self.options)?;
        Ok(statement)
    }

    /// Removes the first document that matches. One round trip, retried once by the driver if the
    /// connection fails.
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

    /// Removes the first document that matches, and returns it. One round trip, retried once by
    /// the driver if the connection fails.
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
        let purpose = self.purpose();
        let found =
            self.checked().map(|(filter, sort)| (filter, fetch_options(self.options, sort)));
        fetched(executor.target(), purpose, found).boxed()
    }

    fn run(self, target: Target, access: Access) -> BoxFuture<'static, Result<Deleted>> {
        let purpose = Purpose { access, ..self.purpose() };
        match timed::is_limited(&target, self.timeout) {
            true => self.run_timed(target, purpose),
            false => delete(target, purpose, self.unsorted(), self.options).boxed(),
        }
    }

    fn run_timed(
        mut self,
        target: Target,
        purpose: Purpose,
    ) -> BoxFuture<'static, Result<Deleted>> {
        self.timeout = None;
        let options = CommandOptions {
            let_vars: self.options.let_vars.take(),
            comment: self.options.comment.take(),
            write_concern: self.options.write_concern.take(),
            ..CommandOptions::default()
        };
        let is_multi = purpose.access == Access::ManyWrites;
        let mut out = Encoder::with_capacity(64);
        let statement = self.append_to(is_multi, &mut out);
        let elements = statement.and_then(|()| Ok(out.finish_elements()?));
        async move {
            let elements = elements?;
            let write = |out: &mut Encoder| {
                out.bytes(&elements);
                Ok(())
            };
            let written = timed::run((target, purpose), (Kind::Delete, is_multi), options, write);
            written.await.map(|written| Deleted { deleted: written.deleted })
        }
        .boxed()
    }

    fn purpose(&self) -> Purpose {
        Purpose { timeout: self.timeout, ..Purpose::new(Access::Write, "delete from") }
    }

    /// Appends `q`, `limit` and options, as the `delete` command has them.
    pub(super) fn append_to(&self, is_multi: bool, out: &mut Encoder) -> Result<()> {
        let DeleteOptions { let_vars, comment, write_concern, .. } = &self.options;
        refuse_whole([
            ("let_vars", let_vars.is_some()),
            ("comment", comment.is_some()),
            ("write_concern", write_concern.is_some()),
            ("timeout", self.timeout.is_some()),
        ])?;
        self.check_order()?;
        let filter = self.condition()?.elements()?;
        out.field("q", &filter);
        out.field("limit", if is_multi { &0 } else { &1 });
        append_option("hint", self.options.hint.as_ref(), out)?;
        append_option("collation", self.options.collation.as_ref(), out)
    }

    /// Filter and sort, without what the server would refuse.
    fn checked(&self) -> Result<(Document, Document)> {
        let (filter, sort) = (self.condition()?.as_document()?, self.sort.as_document()?);
        limits::check_order(Some(&sort), &filter)?;
        Ok((filter, sort))
    }

    /// The filter, for commands without an order.
    fn unsorted(&self) -> Result<Document> {
        self.check_order()?;
        self.condition()?.as_document()
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

impl<M, F> Delete<M, F> {
    fn with_filter(self, change: impl FnOnce(Filter<M>) -> Filter<M>) -> Delete<M, Filtered> {
        Delete {
            filter: change(self.filter),
            is_on_all: self.is_on_all,
            sort: self.sort,
            options: self.options,
            timeout: self.timeout,
            state: PhantomData,
        }
    }
}

impl<M, F> Clone for Delete<M, F> {
    fn clone(&self) -> Self {
        Self {
            filter: self.filter.clone(),
            is_on_all: self.is_on_all,
            sort: self.sort.clone(),
            options: self.options.clone(),
            timeout: self.timeout,
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
