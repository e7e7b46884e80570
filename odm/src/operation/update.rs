//! Running updates.
//!
//! The verbs return boxed futures rather than being `async`: so a bound that is not met is one
//! error of rustc. An `async fn` would repeat the error at the `.await`.

use futures::future::{BoxFuture, FutureExt};
use mongodb::{
    bson::{Document, RawDocumentBuf},
    options::{FindOneAndUpdateOptions, ReturnDocument, UpdateModifications, UpdateOptions},
};

use crate::{
    codec::{Encoder, Fragment},
    command::Kind,
    error::{Access, Error, Result},
    executor::{Call, Executor, Purpose, Target, in_session},
    model::Model,
    path::IntoValue,
    update::{Change, Filtered, HasFilter, NO_SORT, Rendered, Statement, Update},
};

use super::{
    Operations,
    find::decode_written,
    limits::check_order,
    results::{Changed, Updated},
    timed,
};

impl<M: Model, F, K> Update<M, F, K> {
    /// Only the document with this `_id`; the same as `.filter(|m| m.id().eq(id))`.
    pub fn by_id(self, id: impl IntoValue<M::Id>) -> Update<M, Filtered, K> {
        self.filter(|_| M::by_id(id))
    }

    /// Changes the first document that matches. One round trip, retried once by the driver if the
    /// connection fails.
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

    /// Changes the first document that matches, and returns it as it was before. One round trip,
    /// retried once by the driver if the connection fails.
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
        fetched(executor.target(), self.statement, ReturnDocument::Before).boxed()
    }

    /// Changes the first document that matches, and returns it as it is after. One round trip,
    /// retried once by the driver if the connection fails.
    ///
    /// # Errors
    ///
    /// As [`fetch_before`](Self::fetch_before).
    pub fn fetch_after<'a>(self, executor: &impl Executor<M>) -> BoxFuture<'a, Result<Option<M>>>
    where
        F: HasFilter,
        M: 'a,
    {
        fetched(executor.target(), self.statement, ReturnDocument::After).boxed()
    }
}

async fn changed<M: Model>(target: Target, statement: Statement, many: Many) -> Result<Updated<M>> {
    let changed = update(target.clone(), statement, many).await?;
    Updated::of(changed, &target)
}

async fn fetched<M: Model>(
    target: Target,
    statement: Statement,
    which: ReturnDocument,
) -> Result<Option<M>> {
    match find_one_and_update(&target, statement, which).await? {
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

async fn update(target: Target, statement: Statement, many: Many) -> Result<Changed> {
    let timeout = statement.timeout();
    if timed::is_limited(&target, timeout) {
        return timed_update(target, statement, many).await;
    }
    let rendered = statement.rendered()?;
    let (filter, change) = (rendered.filter.to_document()?, modifications(&rendered)?);
    let options = options(statement, &rendered)?;
    if many == Many::Yes && options.sort.is_some() {
        return Err(Error::invalid(NO_SORT));
    }
    check_order(options.sort.as_ref(), &filter)?;
    let access = if many == Many::Yes { Access::ManyWrites } else { Access::Write };
    let call = Call::begin(target, Purpose { access, timeout, ..UPDATE }).await?;
    call.run(move |mut call| async move {
        let collection = call.collection();
        let result = match many {
            Many::No => {
                in_session!(call, collection.update_one(filter, change).with_options(options))
            }
            Many::Yes => {
                in_session!(call, collection.update_many(filter, change).with_options(options))
            }
        };
        call.settle(result).map(Changed::from)
    })
    .await
}

async fn timed_update(target: Target, mut statement: Statement, many: Many) -> Result<Changed> {
    let is_multi = many == Many::Yes;
    let access = if is_multi { Access::ManyWrites } else { Access::Write };
    let purpose = Purpose { access, timeout: statement.timeout(), ..UPDATE };
    let options = statement.take_whole().into();
    let write = |out: &mut Encoder| statement.append_to(is_multi, out);
    let written = timed::run((target, purpose), (Kind::Update, is_multi), options, write);
    written.await.map(Changed::from)
}

async fn find_one_and_update(
    target: &Target,
    statement: Statement,
    which: ReturnDocument,
) -> Result<Option<RawDocumentBuf>> {
    let rendered = statement.rendered()?;
    let (filter, change) = (rendered.filter.to_document()?, modifications(&rendered)?);
    let timeout = statement.timeout();
    let mut options = fetch_options(statement, &rendered, which)?;
    check_order(options.sort.as_ref(), &filter)?;
    let call = Call::begin(target.clone(), Purpose { timeout, ..UPDATE }).await?;
    options.max_time = call.max_time();
    call.run(|mut call| async move {
        let collection = call.collection();
        let action = collection.find_one_and_update(filter, change).with_options(options);
        let found = in_session!(call, action);
        call.settle(found)
    })
    .await
}

fn modifications(rendered: &Rendered) -> Result<UpdateModifications> {
    Ok(match &rendered.change {
        Change::Operators(operators) => UpdateModifications::Document(operators.to_document()?),
        Change::Pipeline(stages) => UpdateModifications::Pipeline(stages.clone()),
    })
}

fn array_filters(rendered: &Rendered) -> Result<Option<Vec<Document>>> {
    let filters = rendered.array_filters.iter().map(Fragment::to_document);
    let filters = filters.collect::<Result<Vec<_>>>()?;
    Ok((!filters.is_empty()).then_some(filters))
}

fn options(statement: Statement, rendered: &Rendered) -> Result<UpdateOptions> {
    let mut options = UpdateOptions::default();
    options.array_filters = array_filters(rendered)?;
    let statement = statement.into_options();
    options.upsert = statement.upsert.map(|_| true);
    options.hint = statement.hint;
    options.collation = statement.collation;
    options.comment = statement.comment;
    options.let_vars = statement.let_vars;
    options.write_concern = statement.write_concern;
    options.bypass_document_validation = statement.bypass_validation.then_some(true);
    options.sort = statement.sort.map(|sort| sort.as_document()).transpose()?;
    Ok(options)
}

fn fetch_options(
    statement: Statement,
    rendered: &Rendered,
    which: ReturnDocument,
) -> Result<FindOneAndUpdateOptions> {
    let mut options = FindOneAndUpdateOptions::default();
    options.array_filters = array_filters(rendered)?;
    let statement = statement.into_options();
    options.upsert = statement.upsert.map(|_| true);
    options.hint = statement.hint;
    options.collation = statement.collation;
    options.comment = statement.comment;
    options.let_vars = statement.let_vars;
    options.write_concern = statement.write_concern;
    options.bypass_document_validation = statement.bypass_validation.then_some(true);
    options.sort = statement.sort.map(|sort| sort.as_document()).transpose()?;
    options.return_document = Some(which);
    Ok(options)
}
