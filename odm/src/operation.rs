//! Operations: what starts at a model and ends with an executor.
//!
//! Knows builders, executors and the driver's actions.

mod cursor;
mod delete;
mod find;
mod find_options;
mod insert;
mod insert_many;
mod replace;
mod results;
mod update;

pub use self::{
    cursor::Documents,
    delete::Delete,
    find::Find,
    insert::Insert,
    insert_many::InsertMany,
    replace::Replace,
    results::{Deleted, Inserted, InsertedMany, Updated},
};

use std::borrow::Borrow;

use mongodb::bson::{Bson, Document};

use crate::{
    codec::Encoder,
    error::{Error, Result},
    filter::Filter,
    model::Model,
    path::{Embedded, IntoValue},
    update::{IntoStages, Operators, Pipeline, Stages, Statement, Unfiltered, Update},
};

/// The operations of a model: `Series::find()`, `Series::update()`, ….
///
/// Each builds a command; the verb at the end of the chain takes where it runs and sends it.
pub trait Operations: Embedded {
    /// The condition on the `_id`, for code that knows no more of a model:
    /// `M::find().filter(|_| M::by_id(id))`.
    fn by_id(id: impl IntoValue<Self::Id>) -> Filter<Self>
    where
        Self: Model,
    {
        let mut out = Encoder::with_capacity(32);
        out.field("_id", id.into_stored().borrow());
        Filter::from_elements(out.finish_elements().map_err(Error::from))
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

    /// Changes documents by operators. Ends with `one`, `many`, `fetch_before` or `fetch_after`.
    fn update() -> Update<Self, Unfiltered, Operators>
    where
        Self: Model,
    {
        Update::from_statement(Statement::default())
    }

    /// The typed stages of a pipeline update, none yet.
    fn stages() -> Stages<Self> {
        Stages::new()
    }

    /// Changes documents by an aggregation pipeline: [`stages`](Self::stages), or documents
    /// written by hand.
    ///
    /// Array filters do not go with a pipeline, so there are no operators on the result.
    fn update_pipeline(stages: impl IntoStages<Self>) -> Update<Self, Unfiltered, Pipeline>
    where
        Self: Model,
    {
        Update::from_statement(Statement::of_pipeline(stages.into_stages()))
    }

    /// Replaces the document with the same `_id`. Ends with [`run`](Replace::run),
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
}

impl<T: Embedded> Operations for T {}

/// Adds options to a statement that is shown, as the server knows them.
fn append_options(statement: &mut Document, options: &impl serde::Serialize) -> Result<()> {
    let options = mongodb::bson::serialize_to_document(options)
        .map_err(|error| Error::invalid(error.to_string()))?;
    statement.extend(options.into_iter().filter(|(_, value)| *value != Bson::Null));
    Ok(())
}
