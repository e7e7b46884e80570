//! Reading documents.

use std::{fmt, marker::PhantomData};

use mongodb::{
    bson::{Document, RawDocumentBuf, doc},
    options::{CountOptions, FindOneOptions, FindOptions},
};

use crate::{
    codec::{Decode, decode_document},
    common_options::{CommonOptions, append_options, setters},
    cursor::{Command, Documents, Reader},
    error::{Access, Error, ErrorKind, Outcome, Result},
    executor::{Call, Purpose, ReadExecutor, Target, in_session},
    filter::{Condition, Filter, FilterClosure, on_documents},
    model::{Model, Narrowed},
    path::{Field, Fields, Filtering, Handle, IntoValue, Path},
    sort::{Sort, SortOrder, check_text_score},
};

use super::{Operations, limits::check_numbers};

/// A query.
///
/// ```no_run
/// use odm::prelude::*;
///
/// #[derive(Model)]
/// #[model(collection = "users")]
/// struct User {
///     #[model(id)]
///     id: i64,
///     name: String,
///     age: u32,
/// }
///
/// # async fn run(db: odm::Database) -> odm::Result<()> {
/// let adults = User::find()
///     .filter(|u| u.age().gte(18))
///     .sort(|u| u.name().asc())
///     .limit(10)
///     .all(&db)
///     .await?;
/// # Ok(())
/// # }
/// ```
///
/// Manual: [`find`](https://www.mongodb.com/docs/manual/reference/command/find/).
#[must_use = "nothing is read until a verb runs it: `.all(…)`, `.first(…)`, `.get(…)`, `.stream(…)`, `.page_and_total(…)`, `.count(…)` or `.exists(…)`"]
pub struct Find<M> {
    pub(super) filter: Filter<M>,
    pub(super) sort: Sort<M>,
    /// What only a find has.
    pub(super) options: FindOptions,
    pub(super) common: CommonOptions,
    pub(super) fault: Option<Error>,
    pub(super) narrowed: Narrowed,
    model: PhantomData<fn() -> M>,
}

impl<M: Field> Find<M> {
    pub(super) fn new() -> Self {
        Self {
            filter: Filter::all(),
            sort: Sort::none(),
            options: FindOptions::default(),
            common: CommonOptions::default(),
            fault: None,
            narrowed: Narrowed::default(),
            model: PhantomData,
        }
    }

    /// Only documents that meet the condition; of several conditions, all.
    pub fn filter<C: Condition<M>>(mut self, condition: impl FilterClosure<M, C>) -> Self {
        self.filter &= on_documents(condition);
        self
    }

    /// Only documents that also meet a condition written by hand, with stored names.
    pub fn raw(mut self, condition: Document) -> Self {
        self.filter &= Filter::raw(condition);
        self
    }

    /// Orders the documents. A second order applies to those that are equal by the first.
    pub fn sort<O: SortOrder<M>>(mut self, order: impl FnOnce(Fields<M, Filtering>) -> O) -> Self {
        self.sort = self.sort.then(order(Handle::from_path(Path::root())).into_sort());
        self
    }
}

impl<M: Model> Find<M> {
    /// Only the document with this `_id`; the same as `.filter(|m| m.id().eq(id))`.
    pub fn by_id(self, id: impl IntoValue<M::Id>) -> Self {
        self.filter(|_| M::by_id(id))
    }

    /// The command that is sent, without the driver's own fields.
    ///
    /// # Errors
    ///
    /// The first mistake in the chain.
    pub fn as_document(&self) -> Result<Document> {
        let (filter, sort) = self.checked()?;
        let mut command = doc! { "find": M::COLLECTION, "filter": filter };
        if !sort.is_empty() {
            command.insert("sort", sort);
        }
        append_options(&mut command, &self.driver_options())?;
        Ok(command)
    }

    /// Reads all documents. One round trip, and one more for every batch after the first.
    ///
    /// # Errors
    ///
    /// `Decode` if a document does not have the model's shape.
    pub async fn all(self, executor: &impl ReadExecutor<M>) -> Result<Vec<M>> {
        self.into_query()?.all(executor.target(), decode_document).await
    }

    /// The documents one after the other, as batches arrive; the first batch is there when this
    /// returns.
    ///
    /// # Errors
    ///
    /// Those of a find. A document that does not decode is an error of the stream, which goes on.
    pub async fn stream(self, executor: &impl ReadExecutor<M>) -> Result<Documents<M>> {
        self.into_query()?.stream(executor.target(), decode_document).await
    }

    /// The first document, if there is one. One round trip; `limit` has no effect.
    ///
    /// # Errors
    ///
    /// `Decode` if the document does not have the model's shape.
    pub async fn first(self, executor: &impl ReadExecutor<M>) -> Result<Option<M>> {
        self.into_query()?.first(executor.target(), decode_document).await
    }

    /// The first document. One round trip. No document is an error.
    ///
    /// # Errors
    ///
    /// `NotFound` if no document matches, `Decode` if it does not have the model's shape.
    pub async fn get(self, executor: &impl ReadExecutor<M>) -> Result<M> {
        let found = self.first(executor).await?;
        found.ok_or_else(|| not_found(&executor.target()))
    }

    /// How many documents match, within skip and limit. One round trip (an aggregation).
    ///
    /// # Errors
    ///
    /// Those of a find; `Invalid` for `$near` and `$where`, which an aggregation refuses.
    pub async fn count(self, executor: &impl ReadExecutor<M>) -> Result<u64> {
        self.check_match()?;
        let mut query = self.into_query()?;
        query.purpose.operation = "count in";
        count(executor.target(), query).await
    }

    /// Whether a document matches. One round trip, which reads one `_id`.
    ///
    /// # Errors
    ///
    /// Those of a find.
    pub async fn exists(self, executor: &impl ReadExecutor<M>) -> Result<bool> {
        let mut query = self.into_query()?;
        query.options.projection = Some(doc! { "_id": 1 });
        query.options.sort = None;
        Ok(find_one(executor.target(), query).await?.is_some())
    }

    /// The same query for some fields only.
    pub(super) fn projected(mut self, projection: Result<Document>) -> Self {
        match projection {
            Ok(projection) => self.options.projection = Some(projection),
            Err(error) => self.fault = self.fault.or(Some(error)),
        }
        self
    }

    /// Refuses what the server refuses in a `$match` stage.
    pub(super) fn check_match(&self) -> Result<()> {
        self.filter.check_match()
    }

    pub(super) fn into_query(self) -> Result<Query> {
        let (filter, sort) = self.checked()?;
        let mut options = self.driver_options();
        options.sort = (!sort.is_empty()).then_some(sort);
        let purpose = Purpose { timeout: self.common.timeout, ..FIND };
        Ok(Query { filter, options, purpose })
    }

    /// All options, as the driver has them.
    fn driver_options(&self) -> FindOptions {
        let CommonOptions { statement, command, .. } = self.common.clone();
        let mut options = self.options.clone();
        options.hint = statement.hint;
        options.collation = statement.collation;
        options.comment = command.comment;
        options.let_vars = command.let_vars;
        options
    }

    /// Filter and sort, without what the server would refuse.
    fn checked(&self) -> Result<(Document, Document)> {
        if let Some(fault) = &self.fault {
            return Err(fault.clone());
        }
        let (filter, sort) = (self.filter.as_document()?, self.sort.as_document()?);
        check_numbers(&self.options)?;
        self.common.command.check_let()?;
        check_text_score(&sort, &filter)?;
        Ok((filter, sort))
    }
}

impl<M> Find<M> {
    pub(super) fn common_options(&mut self) -> &mut CommonOptions {
        &mut self.common
    }
}

setters!(impl[M] Find<M> { hint, collation, comment, let_vars, timeout });

impl<M> Clone for Find<M> {
    fn clone(&self) -> Self {
        Self {
            filter: self.filter.clone(),
            sort: self.sort.clone(),
            options: self.options.clone(),
            common: self.common.clone(),
            fault: self.fault.clone(),
            narrowed: Narrowed::default(),
            model: PhantomData,
        }
    }
}

impl<M: Model> fmt::Debug for Find<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.as_document() {
            Ok(document) => write!(f, "Find({document})"),
            Err(error) => write!(f, "Find({error})"),
        }
    }
}

pub(super) const FIND: Purpose = Purpose::new(Access::Read, "find in");

/// The error when a document that must be there is not.
pub(super) fn not_found(target: &Target) -> Error {
    Error::new(ErrorKind::NotFound, Outcome::NotApplied).during("find in", &target.namespace())
}

/// A query without its type.
pub(super) struct Query {
    pub(super) filter: Document,
    pub(super) options: FindOptions,
    pub(super) purpose: Purpose,
}

impl Query {
    /// The server stops when the time is up, or earlier if it was told so.
    pub(super) fn limited(mut self, call: &Call) -> Self {
        let limits = [self.options.max_time, call.max_time()];
        self.options.max_time = limits.into_iter().flatten().min();
        self
    }
}

impl Query {
    /// The command, within the time that is left for it.
    fn command(self) -> impl FnOnce(&Call) -> Command {
        |call| {
            let Self { filter, options, .. } = self.limited(call);
            Command::Find { filter, options: Box::new(options) }
        }
    }

    /// Reads all documents.
    pub(super) async fn all<T>(self, target: Target, decode: Reader<T>) -> Result<Vec<T>> {
        Documents::all((target, self.purpose), decode, self.command()).await
    }

    /// Reads documents as they arrive.
    pub(super) async fn stream<T>(self, target: Target, decode: Reader<T>) -> Result<Documents<T>> {
        Documents::open((target, self.purpose), decode, self.command()).await
    }

    /// Reads the first document.
    pub(super) async fn first<T>(self, target: Target, decode: Reader<T>) -> Result<Option<T>> {
        match find_one(target.clone(), self).await? {
            Some(document) => decode_by(decode, &document, &target).map(Some),
            None => Ok(None),
        }
    }
}

/// Reads documents as they arrive.
pub(super) async fn find<T: Decode>(target: Target, query: Query) -> Result<Documents<T>> {
    query.stream(target, decode_document).await
}

pub(super) async fn find_one(target: Target, query: Query) -> Result<Option<RawDocumentBuf>> {
    let call = Call::begin(target, query.purpose).await?;
    let Query { filter, options, .. } = query.limited(&call);
    call.run(|mut call| async move {
        let collection = call.collection();
        let action = collection.find_one(filter).with_options(first_of(options));
        let found = in_session!(call, action);
        call.settle(found)
    })
    .await
}

pub(super) async fn count(target: Target, query: Query) -> Result<u64> {
    let call = Call::begin(target, query.purpose).await?;
    let Query { filter, options, .. } = query.limited(&call);
    call.run(|mut call| async move {
        let collection = call.collection();
        let action = collection.count_documents(filter).with_options(counted(options));
        let counted = in_session!(call, action);
        call.settle(counted)
    })
    .await
}

/// Decodes a document; an error names its namespace.
pub(super) fn decode<T: Decode>(document: &RawDocumentBuf, target: &Target) -> Result<T> {
    decode_by(decode_document, document, target)
}

fn decode_by<T>(decode: Reader<T>, document: &RawDocumentBuf, target: &Target) -> Result<T> {
    decode(document.as_bytes())
        .map_err(|error| Error::from(error).during("decode", &target.namespace()))
}

/// Decodes a document that an operation wrote or removed. If it cannot be read, the write stays.
pub(super) fn decode_written<T: Decode>(document: &RawDocumentBuf, target: &Target) -> Result<T> {
    decode(document, target).map_err(|error| error.with_outcome(Outcome::Applied))
}

fn first_of(options: FindOptions) -> FindOneOptions {
    let mut first = FindOneOptions::default();
    first.collation = options.collation;
    first.comment = options.comment;
    first.hint = options.hint;
    first.let_vars = options.let_vars;
    first.max_time = options.max_time;
    first.projection = options.projection;
    first.read_concern = options.read_concern;
    first.selection_criteria = options.selection_criteria;
    first.skip = options.skip;
    first.sort = options.sort;
    first
}

fn counted(options: FindOptions) -> CountOptions {
    let mut count = CountOptions::default();
    count.collation = options.collation;
    count.comment = options.comment;
    count.hint = options.hint;
    count.limit = options.limit.and_then(|limit| u64::try_from(limit).ok()).filter(|l| *l > 0);
    count.max_time = options.max_time;
    count.read_concern = options.read_concern;
    count.selection_criteria = options.selection_criteria;
    count.skip = options.skip;
    count
}
