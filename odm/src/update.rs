//! Update statements: a filter, operators and array filters.
//!
//! Knows paths and values. Does not know collections, sessions or the network.

mod array;
mod array_filter;
mod changes;
mod numeric;
mod operators;
mod partial;
mod push;
mod range;
mod stages;
mod statement;
mod target;
mod upkeep;
mod value;

use std::{fmt, marker::PhantomData};

use mongodb::bson::Document;

pub(crate) use self::changes::{Changed, Shape};
pub(crate) use self::statement::{Fetch, Statement, check_not_by_version, no_condition};
pub use self::{
    array::Pop,
    array_filter::{ElementFilter, FilterOf},
    changes::Race,
    numeric::Bit,
    push::{Each, IntoEach, each},
    stages::{IntoStages, StageTarget, Stages},
    target::{BelongsTo, HasFilter, InsertTarget, SameType, TakesOperators, Target, UpdateMode},
    upkeep::Upkeep,
};

use crate::{
    codec::decode_document,
    common_options::{CommonOptions, setters},
    error::Result,
    filter::{Condition, FilterClosure, on_documents},
    path::{Field, Fields, Filtering, Handle, Path},
    sort::SortOrder,
};

/// There is no filter yet, so no verb can run the operation.
#[derive(Debug)]
pub enum Unfiltered {}

/// There is a filter, or a call of `all_documents`.
#[derive(Debug)]
pub enum Filtered {}

/// Changes made by operators: `{$set: …}`.
#[derive(Debug)]
pub enum Operators {}

/// Changes made by an aggregation pipeline: `[{$set: …}]`.
#[derive(Debug)]
pub enum Pipeline {}

/// An update of documents of `M`: which ones, and what is changed.
///
/// Made by [`update`](crate::Operations::update). Operators come in any order; the first mistake
/// is kept and returned by the verb that ends the chain, before anything is sent.
///
/// ```
/// use odm::prelude::*;
///
/// #[derive(Model)]
/// #[model(collection = "series")]
/// struct Series {
///     #[model(id)]
///     id: i64,
///     points: Vec<Point>,
/// }
///
/// #[derive(Embedded)]
/// struct Point { x: i32, y: i32 }
///
/// let i = Point::array_filter("i", |p| p.x().gt(0));
/// let update = Series::update().filter(|s| s.id().eq(1)).set(path!(points[$i].y), 5);
/// assert_eq!(
///     update.as_document()?,
///     doc! {
///         "q": { "_id": 1_i64 },
///         "u": { "$set": { "points.$[i].y": 5 } },
///         "arrayFilters": [{ "i.x": { "$gt": 0 } }],
///     },
/// );
/// # Ok::<(), odm::Error>(())
/// ```
///
/// Manual: [update operators](https://www.mongodb.com/docs/manual/reference/operator/update/).
#[must_use = "an update does nothing until a verb runs it: `.one(…)`, `.many(…)`, `.fetch_before(…)` or `.fetch_after(…)`"]
pub struct Update<M, F = Unfiltered, K = Operators> {
    pub(crate) statement: Statement,
    types: PhantomData<fn() -> (M, F, K)>,
}

impl<M: Field, F, K> Update<M, F, K> {
    pub(crate) fn from_statement(statement: Statement) -> Self {
        Self { statement, types: PhantomData }
    }

    /// Only documents that meet the condition. Of several filters, all must hold.
    ///
    /// # Errors
    ///
    /// `Invalid` if the filter has no condition, as with `None`. If every document is meant, use
    /// [`all_documents`](Self::all_documents).
    pub fn filter<C: Condition<M>>(
        mut self,
        condition: impl FilterClosure<M, C>,
    ) -> Update<M, Filtered, K> {
        self.statement.add_filter(on_documents(condition).cast());
        Update::from_statement(self.statement)
    }

    /// The update is on every document of the collection.
    pub fn all_documents(mut self) -> Update<M, Filtered, K> {
        self.statement.on_all();
        Update::from_statement(self.statement)
    }

    /// If no document matches, inserts one that is made of the filter's equalities and the changes.
    ///
    /// # Errors
    ///
    /// `Invalid` if the model could not read that document: the filter and the operators do not
    /// give a required field; the filter has an equality on `.any()` or `.at(n)`, which the server
    /// takes for a field; or the server would make an ObjectId for an `_id` of another type. A
    /// statement with a part that is written by hand is not checked.
    pub fn upsert(mut self) -> Self {
        self.statement.upsert = Some(|bytes| decode_document::<M>(bytes).map(drop));
        self
    }

    /// Which document comes first, for `fetch_before` and `fetch_after`. `one` takes an order from
    /// MongoDB 8.0 on; older servers refuse it.
    pub fn sort<O: SortOrder<M>>(mut self, order: impl FnOnce(Fields<M, Filtering>) -> O) -> Self {
        let order = order(Handle::from_path(Path::root())).into_sort().cast();
        let options = &mut self.statement.options().statement;
        options.sort = Some(match options.sort.take() {
            Some(before) => before.then(order),
            None => order,
        });
        self
    }

    /// The statement that is sent: `q`, `u`, `arrayFilters` and options, as in the
    /// [`update` command](https://www.mongodb.com/docs/manual/reference/command/update/).
    ///
    /// # Errors
    ///
    /// The first mistake in the chain.
    pub fn as_document(&self) -> Result<Document> {
        self.statement.as_document()
    }
}

impl<M, F, K> Update<M, F, K> {
    fn common_options(&mut self) -> &mut CommonOptions {
        self.statement.options()
    }
}

setters!(impl[M, F, K] Update<M, F, K> {
    hint, collation, comment, let_vars, write_concern, bypass_document_validation, timeout,
});

impl<M, F, K> Clone for Update<M, F, K> {
    fn clone(&self) -> Self {
        Self { statement: self.statement.clone(), types: PhantomData }
    }
}

impl<M, F, K> fmt::Debug for Update<M, F, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.statement.as_document() {
            Ok(document) => write!(f, "Update({document})"),
            Err(error) => write!(f, "Update({error})"),
        }
    }
}
