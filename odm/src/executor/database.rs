//! Databases.

use std::sync::Arc;

use mongodb::{
    bson::RawDocumentBuf,
    options::{CollectionOptions, DatabaseOptions},
};

use crate::{
    error::{Error, Result},
    model::{Model, ModelOptions},
    options::{ReadConcern, ReadPreference, SelectionCriteria, WriteConcern},
};

use super::{
    Collection, Deployment, Executor, Limit, RawCollection, ReadExecutor, StartSession,
    StartTransaction, Target, Transaction, TransactionRun, place::Place,
};

/// A database. It is cheap to clone, and many tasks can share it.
///
/// Read preference, read concern and write concern are looked for in this order: at the operation,
/// at the collection, at the model (`#[model(read_concern = "…")]`), at the database, at the client.
#[derive(Clone, Debug)]
pub struct Database {
    driver: mongodb::Database,
    /// Its options come before those of models.
    is_above_models: bool,
    deployment: Arc<Deployment>,
}

impl Database {
    /// A database of a client of your own.
    ///
    /// [`connect_with`](crate::connect_with) makes a client that tells more: without it, an error
    /// says of some writes that were not sent that they may have been applied.
    pub fn from_driver(driver: mongodb::Database) -> Self {
        Self { driver, is_above_models: false, deployment: Arc::default() }
    }

    /// The driver's database, for all that this crate does not wrap.
    pub fn as_driver(&self) -> &mongodb::Database {
        &self.driver
    }

    /// Another database of the same client, with the same options.
    ///
    /// A session or a transaction goes to it by a collection:
    ///
    /// ```no_run
    /// # use odm::prelude::*;
    /// # #[derive(Model)]
    /// # #[model(collection = "orders")]
    /// # struct Order {
    /// #     #[model(id)]
    /// #     id: i64,
    /// # }
    /// # async fn run(db: odm::Database) -> odm::Result<()> {
    /// let archive = db.sibling("archive").collection::<Order>();
    /// db.transaction(|tx| {
    ///     let archive = archive.with_transaction(&tx);
    ///     async move {
    ///         if let Some(order) = Order::delete().by_id(7).fetch(&tx).await? {
    ///             Order::insert(&order).run(&archive).await?;
    ///         }
    ///         Ok(())
    ///     }
    /// })
    /// .await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn sibling(&self, name: &str) -> Self {
        let driver = self.driver.client().database_with_options(name, self.options());
        Self { driver, ..self.clone() }
    }

    /// The same database, with another read preference.
    pub fn with_read_preference(&self, preference: ReadPreference) -> Self {
        let preference = SelectionCriteria::ReadPreference(preference.into_driver());
        self.with_options(|options| options.selection_criteria = Some(preference))
    }

    /// The same database, with another read concern.
    pub fn with_read_concern(&self, concern: ReadConcern) -> Self {
        self.with_options(|options| options.read_concern = Some(concern))
    }

    /// The same database, with another write concern.
    pub fn with_write_concern(&self, concern: WriteConcern) -> Self {
        self.with_options(|options| options.write_concern = Some(concern))
    }

    fn options(&self) -> DatabaseOptions {
        let mut options = DatabaseOptions::default();
        options.selection_criteria = self.driver.selection_criteria().cloned();
        options.read_concern = self.driver.read_concern().cloned();
        options.write_concern = self.driver.write_concern().cloned();
        options
    }

    fn with_options(&self, change: impl FnOnce(&mut DatabaseOptions)) -> Self {
        let mut options = self.options();
        change(&mut options);
        let driver = self.driver.client().database_with_options(self.name(), options);
        Self { driver, ..self.clone() }
    }

    /// The same database, whose options come before those of models.
    pub(super) fn above_models(self) -> Self {
        Self { is_above_models: true, ..self }
    }

    /// Starts a session; `.await` does it, without a round trip. Default: causally consistent.
    ///
    /// ```no_run
    /// # async fn run(db: odm::Database) -> odm::Result<()> {
    /// let session = db.start_session().await?;
    /// let careful = db.start_session().majority().await?;
    /// # drop((session, careful)); Ok(())
    /// # }
    /// ```
    pub fn start_session(&self) -> StartSession {
        StartSession::new(self.clone())
    }

    /// Runs a transaction in a session of its own: starts it, runs the body, and commits. An error
    /// of the body aborts it. After a transient error it is run again, so the body may run several
    /// times.
    ///
    /// ```no_run
    /// use odm::prelude::*;
    ///
    /// #[derive(Model)]
    /// #[model(collection = "accounts")]
    /// struct Account {
    ///     #[model(id)]
    ///     id: i64,
    ///     balance: i64,
    /// }
    ///
    /// # async fn run(db: odm::Database) -> odm::Result<()> {
    /// let moved = db
    ///     .transaction(|tx| async move {
    ///         Account::update().filter(|a| a.id().eq(1)).inc(|a| a.balance(), -5).one(&tx).await?;
    ///         Account::update().filter(|a| a.id().eq(2)).inc(|a| a.balance(), 5).one(&tx).await?;
    ///         Ok(5)
    ///     })
    ///     .await?;
    /// # assert_eq!(moved, 5); Ok(())
    /// # }
    /// ```
    ///
    /// The body is a closure that returns a future. What it borrows must be borrowed before it:
    /// `let name = &name;`. The result is `Send`, for axum handlers and `tokio::spawn`.
    ///
    /// # Errors
    ///
    /// Those of the body and of the commit; `Transaction` if an operation failed and the body did
    /// not return its error, or if the body dropped an operation half-way. With the outcome
    /// [`Unknown`](crate::Outcome::Unknown) it may have been committed.
    ///
    /// Manual: [transactions](https://www.mongodb.com/docs/manual/core/transactions/).
    pub fn transaction<'a, T, F, B>(&self, body: F) -> TransactionRun<'a, T, Error>
    where
        F: FnMut(Transaction) -> B + Send + 'a,
        B: Future<Output = Result<T>> + Send + 'a,
    {
        TransactionRun::new(self.start_transaction(), body)
    }

    /// The same for a body with an error type of its own, which must be
    /// [`From<odm::Error>`](From):
    ///
    /// ```no_run
    /// # use odm::prelude::*;
    /// #[derive(Debug)]
    /// enum Refused {
    ///     Poor,
    ///     Database(odm::Error),
    /// }
    ///
    /// impl From<odm::Error> for Refused {
    ///     fn from(error: odm::Error) -> Self {
    ///         Self::Database(error)
    ///     }
    /// }
    ///
    /// # async fn run(db: odm::Database) {
    /// let result: Result<(), Refused> = db.try_transaction(|_tx| async { Err(Refused::Poor) }).await;
    /// # assert!(matches!(result, Err(Refused::Poor)));
    /// # }
    /// ```
    ///
    /// The transaction knows which errors were transient, so the error type need not say it.
    pub fn try_transaction<'a, T, E, F, B>(&self, body: F) -> TransactionRun<'a, T, E>
    where
        F: FnMut(Transaction) -> B + Send + 'a,
        B: Future<Output = Result<T, E>> + Send + 'a,
        E: From<Error>,
    {
        TransactionRun::new(self.start_transaction(), body)
    }

    fn start_transaction(&self) -> StartTransaction {
        StartTransaction::new(self.clone(), None, Limit::default())
    }

    /// The database's name.
    pub fn name(&self) -> &str {
        self.driver.name()
    }

    /// The model's collection, with its options.
    pub fn collection<M: Model>(&self) -> Collection<M> {
        self.collection_named(M::COLLECTION)
    }

    /// A collection of another name with documents of the model: one per tenant, an archive.
    pub fn collection_named<M: Model>(&self, name: &str) -> Collection<M> {
        self.known(self.raw_collection::<M>(name))
    }

    /// A collection with options of its own: read preference, read concern, write concern.
    pub fn collection_with_options<M: Model>(
        &self,
        name: &str,
        options: CollectionOptions,
    ) -> Collection<M> {
        self.known(self.driver.collection_with_options::<RawDocumentBuf>(name, options))
    }

    fn known<M>(&self, driver: RawCollection) -> Collection<M> {
        Collection::from_driver(driver).of_deployment(Arc::clone(&self.deployment))
    }

    pub(super) fn deployment(&self) -> Arc<Deployment> {
        Arc::clone(&self.deployment)
    }

    /// Another handle of the same client.
    pub(super) fn of_deployment(driver: mongodb::Database, deployment: Arc<Deployment>) -> Self {
        Self { deployment, ..Self::from_driver(driver) }
    }

    /// A collection with the model's options, unless the database's come first.
    fn raw_collection<M: Model>(&self, name: &str) -> RawCollection {
        self.collection_of(name, M::options())
    }

    /// The same for a model that is known by its options alone.
    pub(super) fn collection_of(&self, name: &str, model: ModelOptions) -> RawCollection {
        match self.options_of(model) {
            Some(options) => self.driver.collection_with_options(name, options),
            None => self.driver.collection(name),
        }
    }

    /// The model's options, unless the database's come first.
    fn options_of(&self, model: ModelOptions) -> Option<CollectionOptions> {
        model.into_driver().filter(|_| !self.is_above_models)
    }

    /// Removes the database with all its collections.
    ///
    /// # Errors
    ///
    /// `Unauthorized`, `Unavailable`.
    pub async fn drop(&self) -> Result<()> {
        let dropped = self.driver.drop().await;
        dropped.map_err(|error| Error::from(error).during("drop", self.name()))
    }
}

#[diagnostic::do_not_recommend]
impl<M: Model> Executor<M> for Database {}

#[diagnostic::do_not_recommend]
impl<M: Model> ReadExecutor<M> for Database {
    fn target(&self) -> Target {
        Target {
            place: Place::OfModel {
                database: self.driver.clone(),
                name: M::COLLECTION,
                options: self.options_of(M::options()).map(Arc::new),
            },
            link: None,
            deployment: self.deployment(),
            named: None,
        }
    }
}
