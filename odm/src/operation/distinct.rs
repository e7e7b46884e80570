//! The values of a field, each once, and the number of documents as the server keeps it.

use std::marker::PhantomData;

use mongodb::{
    bson::{Bson, doc},
    options::DistinctOptions,
};

use crate::{
    codec::{Decode, Encode, RawValue},
    error::{Access, Error, Result},
    executor::{Call, Purpose, ReadExecutor, Target, in_session},
    explain::{Explain, explain, number},
    expression::element_path,
    model::Model,
    path::{Field, Handle, NaturallyStored, Path, Reading, ReadingFields},
    row::fields_of,
};

use super::{Find, find::Query};

const DISTINCT: &str = "list values in";
const ESTIMATE: Purpose = Purpose::new(Access::Read, "count in");

/// A query for the values of one field; made by [`distinct`](Find::distinct).
#[derive(Debug)]
#[must_use = "nothing is read before `.all(…)`"]
pub struct Distinct<M: Model, T> {
    find: Find<M>,
    path: Path,
    value: PhantomData<fn() -> T>,
}

impl<M: Model> Find<M> {
    /// The values of a field, each once, in no order (`distinct`). Documents without the field, and
    /// null, give no value. Below [`each`](crate::path::Array::each) these are the values of all
    /// elements.
    ///
    /// ```no_run
    /// use odm::prelude::*;
    ///
    /// #[derive(Model)]
    /// #[model(collection = "orders")]
    /// struct Order { #[model(id)] id: i64, city: Option<String>, tags: Vec<String> }
    ///
    /// # async fn run(db: odm::Database) -> odm::Result<()> {
    /// let cities: Vec<String> = Order::find().distinct(|o| o.city()).all(&db).await?;
    /// let tags: Vec<String> = Order::find().distinct(|o| o.tags().each()).all(&db).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// An array as a whole: the server gives its elements. All values together are at most 16 MiB.
    ///
    /// Manual: [`distinct`](https://www.mongodb.com/docs/manual/reference/command/distinct/).
    pub fn distinct<H>(
        self,
        path: impl FnOnce(ReadingFields<M>) -> H,
    ) -> Distinct<M, <H::Value as Field>::Inner>
    where
        H: Handle<Root = M, Value: Field, Spec: NaturallyStored>,
    {
        let path = path(fields_of::<M, Reading>()).as_path().clone();
        Distinct { find: self, path, value: PhantomData }
    }

    /// How the server answers the query: the indexes that it uses, and how much it reads. The query
    /// runs, and its documents are thrown away.
    ///
    /// # Errors
    ///
    /// Those of a find; `Invalid` in a transaction.
    ///
    /// Manual: [`explain`](https://www.mongodb.com/docs/manual/reference/command/explain/).
    pub async fn explain(self, executor: &impl ReadExecutor<M>) -> Result<Explain> {
        explain(executor.target(), self.as_document()?).await
    }
}

impl<M: Model, T: Field> Distinct<M, T> {
    /// Reads the values. One round trip.
    ///
    /// # Errors
    ///
    /// `Decode` if a value does not have the field's type.
    pub async fn all(self, executor: &impl ReadExecutor<M>) -> Result<Vec<T>> {
        let target = executor.target();
        let name = name(&self.path)?;
        let mut query = self.find.into_query()?;
        query.purpose.operation = DISTINCT;
        let values = distinct(target.clone(), name, query).await?;
        values.iter().filter_map(|value| decoded(value, &target).transpose()).collect()
    }
}

/// The field as the command names it.
fn name(path: &Path) -> Result<String> {
    let name = element_path(path)?;
    match path.ends_at_array() {
        true => Err(Error::invalid(format!(
            "`{name}` is an array, of which `distinct` gives the elements: name them with `.each()`"
        ))),
        false => Ok(name),
    }
}

async fn distinct(target: Target, name: String, query: Query) -> Result<Vec<Bson>> {
    let call = Call::begin(target, query.purpose).await?;
    let Query { filter, options, .. } = query.limited(&call);
    let mut chosen = DistinctOptions::default();
    chosen.max_time = options.max_time;
    chosen.collation = options.collation;
    chosen.comment = options.comment;
    chosen.hint = options.hint;
    chosen.read_concern = options.read_concern;
    chosen.selection_criteria = options.selection_criteria;
    call.run(|mut call| async move {
        let collection = call.collection();
        let action = collection.distinct(name, filter).with_options(chosen);
        let found = in_session!(call, action);
        call.settle(found)
    })
    .await
}

/// A value that is there.
fn decoded<T: Field>(value: &Bson, target: &Target) -> Result<Option<T>> {
    let raw = RawValue::write("", |out| value.encode(out))?;
    let decoded = Option::<T>::decode(raw.as_element());
    decoded.map_err(|error| Error::from(error).during(DISTINCT, &target.namespace()))
}

/// The number of documents as the server keeps it.
pub(super) async fn estimated_count(target: Target) -> Result<u64> {
    let reason = "the server estimates no count in a transaction: use `find().count(…)`";
    target.check_no_transaction(reason, &ESTIMATE)?;
    let call = Call::begin(target, ESTIMATE).await?;
    call.run(|mut call| async move {
        let collection = call.collection();
        let counted = match call.session() {
            None => collection.estimated_document_count().await,
            Some(session) => {
                let command = doc! { "count": collection.name() };
                let database = collection.client().database(&collection.namespace().db);
                let counted = database.run_command(command).session(session).await;
                counted.map(|reply| number(&reply, "n"))
            }
        };
        call.settle(counted)
    })
    .await
}
