//! A find that also reads what its documents refer to.

use std::{fmt, marker::PhantomData};

use futures::future::{BoxFuture, FutureExt};
use mongodb::bson::Document;

use crate::{
    error::{Error, Result},
    executor::ReadExecutor,
    model::Model,
    operation::find::{Find, decode, not_found},
    path::{Field, Handle, NaturallyStored, Path, ReadingFields, reading_root},
    reference::References,
};

use super::{Loads, LoadsOn, Room, several::Several};

/// The model that the references at a path are to.
type TargetOf<H> =
    <<<H as Handle>::Value as Field>::Kind as References<<H as Handle>::Value>>::Model;

/// A query, and one more for each path to references: the documents that they name.
///
/// Made by [`Find::with`]. `L` is the tuple of the models that are read too.
#[must_use = "nothing is read until a verb runs it: `.all(…)`, `.first(…)` or `.get(…)`"]
pub struct FindWith<M, L> {
    pub(super) find: Find<M>,
    paths: Vec<Path>,
    models: PhantomData<fn() -> L>,
}

impl<M: Model> Find<M> {
    /// Reads the documents too that the references at a path name: the result grows by a
    /// [`Loaded`](super::Loaded) for each `.with(…)`, at most 6.
    ///
    /// The path may go through nested documents and options, and through arrays with `.each()`.
    /// There is one query for each `.with(…)`, however many references there are up to 10,000, and
    /// none if there are no references. What is not there is no error.
    ///
    /// ```no_run
    /// use odm::prelude::*;
    ///
    /// #[derive(Model)]
    /// struct Customer {
    ///     #[model(id)]
    ///     id: i64,
    ///     name: String,
    /// }
    ///
    /// #[derive(Model)]
    /// struct Product {
    ///     #[model(id)]
    ///     id: i64,
    /// }
    ///
    /// #[derive(Model)]
    /// struct Order {
    ///     #[model(id)]
    ///     id: i64,
    ///     customer: Ref<Customer>,
    ///     lines: Vec<Line>,
    /// }
    ///
    /// #[derive(Embedded)]
    /// struct Line {
    ///     product: Ref<Product>,
    /// }
    ///
    /// # async fn run(db: odm::Database) -> odm::Result<()> {
    /// let (orders, customers, products) = Order::find()
    ///     .limit(50)
    ///     .with(|o| o.customer())
    ///     .with(|o| o.lines().each().product())
    ///     .all(&db)
    ///     .await?;
    /// for order in &orders {
    ///     println!("{}", customers[&order.customer].name);
    ///     let first = order.lines.first().and_then(|line| products.get(&line.product));
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// The queries are read one after the other, so only in a transaction or in a session with
    /// snapshots do they see one moment. The find's time limit is one for all of them; they have its
    /// comment, read preference and read concern.
    pub fn with<H>(self, path: impl FnOnce(ReadingFields<M>) -> H) -> FindWith<M, (TargetOf<H>,)>
    where
        H: Handle<Root = M>,
        H::Value: Field,
        H::Spec: NaturallyStored,
        <H::Value as Field>::Kind: References<H::Value>,
    {
        let paths = vec![path(reading_root::<M>()).as_path().clone()];
        FindWith { find: self, paths, models: PhantomData }
    }
}

impl<M: Model, L: Loads> FindWith<M, L> {
    /// Reads the documents too that the references at another path name, see [`Find::with`].
    pub fn with<H>(
        mut self,
        path: impl FnOnce(ReadingFields<M>) -> H,
    ) -> FindWith<M, L::With<TargetOf<H>>>
    where
        L: Room,
        H: Handle<Root = M>,
        H::Value: Field,
        H::Spec: NaturallyStored,
        <H::Value as Field>::Kind: References<H::Value>,
    {
        self.paths.push(path(reading_root::<M>()).as_path().clone());
        FindWith { find: self.find, paths: self.paths, models: PhantomData }
    }

    /// The command of the find that is sent, without the driver's own fields.
    ///
    /// # Errors
    ///
    /// The first mistake in the chain.
    pub fn as_document(&self) -> Result<Document> {
        check(&self.paths)?;
        self.find.as_document()
    }

    /// Reads all documents, and what they refer to. One round trip for the find and one for each
    /// path, and one more for every batch of the find after the first.
    ///
    /// # Errors
    ///
    /// `Decode` if a document does not have its model's shape.
    pub fn all<'a, E>(self, executor: &E) -> BoxFuture<'a, Result<L::After<Vec<M>>>>
    where
        E: ReadExecutor<M>,
        L: LoadsOn<E>,
        M: 'a,
        L: 'a,
    {
        let several = self.several(executor);
        let read = async move { several?.all().await };
        read.map(|read| read.and_then(|(first, more)| L::after(first.decode()?, more))).boxed()
    }

    /// The first document, if there is one, and what it refers to. One round trip for the find and
    /// one for each path; `limit` has no effect.
    ///
    /// # Errors
    ///
    /// `Decode` if a document does not have its model's shape.
    pub fn first<'a, E>(self, executor: &E) -> BoxFuture<'a, Result<Option<L::After<M>>>>
    where
        E: ReadExecutor<M>,
        L: LoadsOn<E>,
        M: 'a,
        L: 'a,
    {
        let (several, target) = (self.several(executor), ReadExecutor::<M>::target(executor));
        let read = async move { several?.first().await };
        let found = move |(first, more)| L::after(decode::<M>(&first, &target)?, more);
        read.map(|read| read?.map(found).transpose()).boxed()
    }

    /// The first document, and what it refers to. Round trips as for [`first`](Self::first). No
    /// document is an error.
    ///
    /// # Errors
    ///
    /// `NotFound` if no document matches, `Decode` if one does not have its model's shape.
    pub fn get<'a, E>(self, executor: &E) -> BoxFuture<'a, Result<L::After<M>>>
    where
        E: ReadExecutor<M>,
        L: LoadsOn<E>,
        M: 'a,
        L: 'a,
    {
        let target = ReadExecutor::<M>::target(executor);
        self.first(executor).map(move |found| found?.ok_or_else(|| not_found(&target))).boxed()
    }

    fn several<E>(self, executor: &E) -> Result<Several>
    where
        E: ReadExecutor<M>,
        L: LoadsOn<E>,
    {
        check(&self.paths)?;
        let more = self.paths.into_iter().zip(L::targets(executor)).collect();
        Ok(Several { target: executor.target(), query: self.find.into_query()?, more })
    }
}

/// Refuses a path that cannot be used.
fn check(paths: &[Path]) -> Result<()> {
    let fault = paths.iter().find_map(Path::fault);
    fault.map_or(Ok(()), |fault| Err(Error::invalid(fault)))
}

impl<M, L> FindWith<M, L> {
    pub(super) fn with_find(self, change: impl FnOnce(Find<M>) -> Find<M>) -> Self {
        Self { find: change(self.find), ..self }
    }
}

impl<M, L> Clone for FindWith<M, L> {
    fn clone(&self) -> Self {
        Self { find: self.find.clone(), paths: self.paths.clone(), models: PhantomData }
    }
}

impl<M: Model, L: Loads> fmt::Debug for FindWith<M, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let paths: Vec<_> = self.paths.iter().map(Path::to_string).collect();
        match self.as_document() {
            Ok(document) => write!(f, "FindWith({document}, {})", paths.join(", ")),
            Err(error) => write!(f, "FindWith({error})"),
        }
    }
}
