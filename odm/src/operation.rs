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
//! | `find`: `all`, `first`, `get`, `exists`, `count`, `page_and_total`, a page, `distinct`, the start of a `stream` | once | a read |
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
//! | `aggregate`, `aggregate_raw` of a session | once | a read; no with `$out` or `$merge` |
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
mod changes;
mod condition;
mod counted;
mod delete;
mod distinct;
mod find;
mod find_options;
mod insert;
mod insert_many;
mod limits;
mod only;
mod pages;
mod references;
mod replace;
mod results;
mod select;
mod stale;
mod update;

pub use self::{
    bulk::{Bulk, BulkWritten, IntoReplacement, MixedBulk, MixedWritten, bulk},
    changes::Changes,
    counted::Counted,
    delete::Delete,
    distinct::Distinct,
    find::Find,
    insert::Insert,
    insert_many::InsertMany,
    only::Only,
    pages::{FindPage, IntoPageCursor, Page, PageCursor},
    references::{
        DeleteReferenced, DeletedReferenced, FindWith, Loaded, Loads, LoadsOn, Room, load,
    },
    replace::Replace,
    results::{Deleted, Inserted, InsertedMany, Updated},
    select::Selected,
};

pub use crate::cursor::Documents;

use std::borrow::Borrow;

use crate::{
    aggregation::{CollStats, IndexStats, Pipeline, Walk},
    codec::{Encode, RawValue},
    error::Error,
    executor::ReadExecutor,
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
        Find::<Self>::new().by_id(id)
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

    /// How often each index of the collection is used, on the member that answers (`$indexStats`).
    ///
    /// Manual: [`$indexStats`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/indexStats/).
    #[doc(alias = "$indexStats")]
    fn index_stats() -> Pipeline<Self, IndexStats>
    where
        Self: Model,
    {
        Pipeline::index_stats()
    }

    /// The size of the collection and of its indexes (`$collStats`).
    ///
    /// Manual: [`$collStats`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/collStats/).
    #[doc(alias = "$collStats")]
    fn coll_stats() -> Pipeline<Self, CollStats>
    where
        Self: Model,
    {
        Pipeline::coll_stats()
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

    /// The number of documents as the server keeps it: fast, and wrong for a while after a crash.
    /// [`find().count(…)`](Find::count) counts. One round trip.
    ///
    /// # Errors
    ///
    /// Those of a read; `Invalid` in a transaction, where the server does not tell it.
    ///
    /// Manual: [`count`](https://www.mongodb.com/docs/manual/reference/command/count/).
    fn estimated_count(
        executor: &impl ReadExecutor<Self>,
    ) -> impl Future<Output = crate::error::Result<u64>> + Send
    where
        Self: Model,
    {
        distinct::estimated_count(executor.target())
    }

    /// Changes documents by operators. Ends with `one`, `many`, `fetch_before` or `fetch_after`.
    fn update() -> Update<Self, Unfiltered, Operators>
    where
        Self: Model,
    {
        Update::from_statement(Statement::of_operators(Self::UPKEEP))
    }

    /// What changed from the document as it was loaded to this one: the smallest update that makes
    /// one the other.
    ///
    /// ```
    /// use odm::prelude::*;
    ///
    /// #[derive(Model, Clone)]
    /// #[model(collection = "orders")]
    /// struct Order { #[model(id)] id: i64, note: Option<String>, items: Vec<Item>, ship: Ship }
    ///
    /// #[derive(Embedded, Clone)]
    /// struct Item { sku: String, qty: i32 }
    ///
    /// #[derive(Embedded, Clone)]
    /// struct Ship { city: String, zip: String }
    ///
    /// let item = |sku: &str| Item { sku: sku.into(), qty: 1 };
    /// let ship = Ship { city: "Rome".into(), zip: "00184".into() };
    /// let loaded = Order { id: 7, note: Some("?".into()), items: vec![item("a"), item("b")], ship };
    /// let mut order = loaded.clone();
    /// order.note = None;
    /// order.items[1].qty = 5;
    /// order.ship.zip = "00186".into();
    ///
    /// let changes = order.changes_from(&loaded);
    /// assert_eq!(
    ///     changes.as_document()?,
    ///     doc! {
    ///         "q": {
    ///             "_id": 7_i64,
    ///             "items.1": { "$type": "object" }, "items.1.sku": "b", "items.1.qty": 1,
    ///             "ship": { "$type": "object" },
    ///         },
    ///         "u": { "$set": { "items.1.qty": 5, "ship.zip": "00186" }, "$unset": { "note": "" } },
    ///     },
    /// );
    /// assert_eq!(changes.races()[0].path(), "items.1");
    /// # Ok::<(), odm::Error>(())
    /// ```
    ///
    /// The stored forms are compared field by field: `$set` for what is new or another, `$unset`
    /// for what is left out. Documents inside are compared in the same way. An array whose elements
    /// are all in their places is written by positions; one that grew, shrank or moved is written as
    /// a whole. So is a variant in place of another one, and a map in which a key changed that no
    /// path can name (with a dot, or with `$` in front). The order of keys in a map does not count.
    /// What odm keeps, a version and times, is no change.
    ///
    /// Others may write the document after it was loaded. What they wrote at other paths stays. The
    /// update's filter asks for what its paths rely on: a parent that is still a document, the
    /// variant by its tag, an element that is still the same. Where one of these does not hold,
    /// nothing is written, and `matched` is 0.
    /// [`races`](Changes::races) names the paths at which a race can be lost: positions, and arrays
    /// that are written as a whole. With `changes.update().by(&loaded)`, for models with a version,
    /// none is.
    ///
    /// # Errors
    ///
    /// Of the verb: `Invalid` if the `_id`s differ, or if a key of a flattened map changed that no
    /// path can name; `Encode` if BSON cannot hold a value.
    #[doc(alias = "diff")]
    fn changes_from(&self, original: &Self) -> Changes<Self>
    where
        Self: Model,
    {
        Changes::between(original, self)
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
        Update::from_statement(Statement::of_pipeline(stages.into_stages(), Self::UPKEEP))
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

    /// Removes a document together with what `#[model(on_delete = "…")]` says of the documents that
    /// refer to it. Ends with [`run`](DeleteReferenced::run), which is one transaction.
    ///
    /// MongoDB does not check references: only this operation does, for the models that it is
    /// given. A reference that another transaction writes at the same time is not seen.
    ///
    /// | `on_delete` | the document with the reference |
    /// | --- | --- |
    /// | `"restrict"` | keeps the other one: the operation is refused |
    /// | `"cascade"` | is removed too, and what refers to it is treated in turn |
    /// | `"set_null"` | has `None` in its `Option<Ref<…>>` |
    ///
    /// ```no_run
    /// use odm::prelude::*;
    ///
    /// #[derive(Model)]
    /// #[model(collection = "customers")]
    /// struct Customer {
    ///     #[model(id)]
    ///     id: i64,
    ///     #[model(on_delete = "set_null")]
    ///     brought_by: Option<Ref<Customer>>,
    /// }
    ///
    /// #[derive(Model)]
    /// #[model(collection = "orders")]
    /// struct Order {
    ///     #[model(id)]
    ///     id: i64,
    ///     #[model(on_delete = "restrict")]
    ///     customer: Ref<Customer>,
    /// }
    ///
    /// # async fn run(db: odm::Database) -> odm::Result<()> {
    /// match Customer::delete_referenced(7).referrer::<Order>().run(&db).await {
    ///     Ok(deleted) => println!("{} lost who brought them", deleted.set_null),
    ///     Err(error) => match error.kind() {
    ///         ErrorKind::Referenced { documents, .. } => println!("has {documents} orders"),
    ///         _ => return Err(error),
    ///     },
    /// }
    /// # Ok(())
    /// # }
    /// ```
    fn delete_referenced(id: impl IntoValue<Self::Id>) -> DeleteReferenced<Self>
    where
        Self: Model,
    {
        DeleteReferenced::new(id)
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
