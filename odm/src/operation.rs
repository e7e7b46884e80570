//! Operations: what starts at a model and ends with an executor.
//!
//! Knows builders, executors and the driver's actions.
//!
//! # What is retried
//!
//! A command that can be repeated safely is sent a second time when the connection breaks or the
//! primary changes. A write carries a number then (`txnNumber`), by which the server recognizes it:
//! it is applied once, and the second answer is that of the first. What has no number is sent once,
//! because a repetition could apply it twice.
//!
//! | operation | retried | why |
//! | --- | --- | --- |
//! | `find`: `all`, `first`, `get`, `exists`, `count`, a page, the start of a `stream` | once | a read |
//! | later batches of a stream | no | the server's cursor would skip one |
//! | `insert` | once | one document |
//! | `insert_many` | once each command | documents, each with its `_id` |
//! | `update`, `update_pipeline`: `one`, `fetch_before`, `fetch_after` | once | one document |
//! | `update`, `update_pipeline`: `many` | no | the server gives no number to many documents |
//! | `replace`: `run`, `fetch_before`, `fetch_after` | once | one document |
//! | `delete`: `one`, `fetch` | once | one document |
//! | `delete`: `many` | no | the server gives no number to many documents |
//! | `bulk`: statements on one document | once each command | numbered by us, as the driver would |
//! | `bulk`: `update_many`, `delete_many` | no | the server gives no number to many documents |
//! | any of these in a transaction | no | the transaction is run again as a whole |
//! | commit and abort of a transaction | once, and a commit of unknown outcome until it is known | they can be repeated |
//! | `aggregate_raw` of a session | once | a read; no with `$out` or `$merge` |
//! | `run_command` of a session, commands of your own on [`as_driver`](crate::Database::as_driver) | no | what they do is not known |
//!
//! With `retryWrites=false` in the URI no write is retried, except commits and aborts. `_id`s are
//! made, and values encoded, before the first attempt: every attempt sends the same bytes.
//!
//! [`Error::outcome`](crate::Error::outcome) tells what became of a write that failed in the end.
//!
//! Manual: [retryable writes](https://www.mongodb.com/docs/manual/core/retryable-writes/),
//! [retryable reads](https://www.mongodb.com/docs/manual/core/retryable-reads/).

mod bulk;
mod condition;
mod delete;
mod find;
mod find_options;
mod insert;
mod insert_many;
mod limits;
mod pages;
mod replace;
mod results;
mod select;
mod update;

pub use self::{
    bulk::{Bulk, BulkWritten, IntoReplacement, MixedBulk, MixedWritten, bulk},
    delete::Delete,
    find::Find,
    insert::Insert,
    insert_many::InsertMany,
    pages::{FindPage, IntoPageCursor, Page, PageCursor},
    replace::Replace,
    results::{Deleted, Inserted, InsertedMany, Updated},
    select::Selected,
};

pub use crate::cursor::Documents;

use std::borrow::Borrow;

use crate::{
    aggregation::{Pipeline, Walk},
    codec::{Encode, RawValue},
    error::Error,
    expression::{Equals, Operand, Truth},
    filter::Filter,
    model::Model,
    path::{Derived, Embedded, Field, Handle, IntoValue, Path, ReadingFields},
    update::{
        IntoStages, Operators, Pipeline as ByPipeline, Stages, Statement, Unfiltered, Update,
    },
};

/// The operations of a model: `Series::find()`, `Series::update()`, ….
///
/// Each builds a command; the verb at the end of the chain takes where it runs and sends it.
///
/// Every type with `#[derive(Model)]` or `#[derive(Embedded)]` has them. Most functions need a [`Model`].
pub trait Operations: Sized {
    /// The condition on the `_id`: `{_id: …}`. Builders have it as a method, as in
    /// `M::update().by_id(id)`.
    fn by_id(id: impl IntoValue<Self::Id>) -> Filter<Self>
    where
        Self: Model,
    {
        let id = RawValue::write("_id", |out| id.into_stored().borrow().encode(out));
        Filter::of_id(id.map_err(Error::from))
    }

    /// The condition that an [expression](crate::expression) is true (`$expr`): fields compared
    /// with fields and with what is computed from them.
    ///
    /// ```
    /// use odm::prelude::*;
    ///
    /// #[derive(Embedded)]
    /// struct Shop { net: i64, tax: i64, total: i64, rating: i32 }
    ///
    /// let filter = Shop::fields().rating().gt(3)
    ///     & Shop::expr(|s| (s.net() + s.tax()).gt(s.total()));
    /// assert_eq!(
    ///     filter.as_document()?,
    ///     doc! {
    ///         "rating": { "$gt": 3 },
    ///         "$expr": { "$gt": [{ "$add": ["$net", "$tax"] }, "$total"] },
    ///     },
    /// );
    /// # Ok::<(), odm::Error>(())
    /// ```
    ///
    /// Manual: [`$expr`](https://www.mongodb.com/docs/manual/reference/operator/query/expr/).
    #[doc(alias = "$expr")]
    fn expr<E>(expression: impl FnOnce(ReadingFields<Self>) -> E) -> Filter<Self>
    where
        Self: Embedded,
        E: Operand<Self>,
        E::Value: Truth,
    {
        Filter::expr(expression(Handle::from_path(Path::root())).into_expr().into_truth())
    }

    /// Inserts a document. Ends with [`run`](Insert::run).
    fn insert(document: &Self) -> Insert<Self>
    where
        Self: Model,
    {
        Insert::new(document)
    }

    /// Inserts several documents. Ends with [`run`](InsertMany::run).
    fn insert_many<'a>(documents: impl IntoIterator<Item = &'a Self>) -> InsertMany<Self>
    where
        Self: Model + 'a,
    {
        InsertMany::new(documents)
    }

    /// Reads documents. Ends with [`all`](Find::all), [`first`](Find::first),
    /// [`get`](Find::get), [`stream`](Find::stream), [`count`](Find::count) or
    /// [`exists`](Find::exists).
    fn find() -> Find<Self>
    where
        Self: Model,
    {
        Find::new()
    }

    /// Reads the document with an `_id`: a [`find`](Self::find) with that condition.
    ///
    /// ```no_run
    /// use odm::prelude::*;
    ///
    /// #[derive(Model)]
    /// #[model(collection = "orders")]
    /// struct Order {
    ///     #[model(id)]
    ///     id: i64,
    /// }
    ///
    /// # async fn run(db: odm::Database) -> odm::Result<()> {
    /// let order: Order = Order::find_by_id(7).get(&db).await?;
    /// let perhaps: Option<Order> = Order::find_by_id(8).first(&db).await?;
    /// # Ok(())
    /// # }
    /// ```
    fn find_by_id(id: impl IntoValue<Self::Id>) -> Find<Self>
    where
        Self: Model,
    {
        Find::new().by_id(id)
    }

    /// The stages of an aggregation over all documents. Ends with
    /// [`all`](Pipeline::all), [`first`](Pipeline::first), [`stream`](Pipeline::stream) or
    /// [`count`](Pipeline::count).
    fn aggregate() -> Pipeline<Self, Self>
    where
        Self: Model,
    {
        Pipeline::new()
    }

    /// What a [`graph_lookup`](Pipeline::graph_lookup) follows: from the first field of one document
    /// to the documents whose second field equals it.
    #[doc(alias = "$graphLookup")]
    fn walk<A, B>(
        from: impl FnOnce(ReadingFields<Self>) -> A,
        to: impl FnOnce(ReadingFields<Self>) -> B,
    ) -> Walk<Self, B::Value>
    where
        Self: Model,
        A: Handle<Root = Self, Value: Field>,
        B: Handle<Root = Self, Value: Field>,
        <A::Value as Field>::Class: Equals<<B::Value as Field>::Class, B::Value, A::Value>,
    {
        Walk::new(from, to)
    }

    /// Changes documents by operators. Ends with `one`, `many`, `fetch_before` or `fetch_after`.
    fn update() -> Update<Self, Unfiltered, Operators>
    where
        Self: Model,
    {
        Update::from_statement(Statement::default())
    }

    /// The typed stages of a pipeline update; empty at first.
    fn stages() -> Stages<Self>
    where
        Self: Embedded,
    {
        Stages::new()
    }

    /// Changes documents by an aggregation pipeline: [`stages`](Self::stages), or documents
    /// written by hand.
    ///
    /// A pipeline takes no array filters, so the result has no operators.
    fn update_pipeline(stages: impl IntoStages<Self>) -> Update<Self, Unfiltered, ByPipeline>
    where
        Self: Model,
    {
        Update::from_statement(Statement::of_pipeline(stages.into_stages()))
    }

    /// Replaces the document with the same `_id`, or with [`filter`](Replace::filter) another one.
    /// Ends with [`run`](Replace::run),
    /// [`fetch_before`](Replace::fetch_before) or [`fetch_after`](Replace::fetch_after).
    fn replace(document: &Self) -> Replace<Self>
    where
        Self: Model,
    {
        Replace::new(document)
    }

    /// Removes documents. Ends with `one`, `many` or `fetch`.
    fn delete() -> Delete<Self, Unfiltered>
    where
        Self: Model,
    {
        Delete::new()
    }

    /// Many writes in few commands: inserts, updates, replacements and deletes. Ends with
    /// [`run`](Bulk::run).
    fn bulk() -> Bulk<Self>
    where
        Self: Model,
    {
        Bulk::new()
    }
}

impl<T: Derived> Operations for T {}
