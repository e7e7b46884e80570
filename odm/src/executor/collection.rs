//! Collections of a model's documents.

use std::{fmt, marker::PhantomData, sync::Arc};

use crate::error::{Access, Result};

use super::{
    Call, Deployment, Executor, Link, Purpose, RawCollection, ReadExecutor, Session, Target,
    Transaction, in_session,
    place::{Place, database_of},
};

const DROP: Purpose = Purpose::new(Access::ManyWrites, "drop");

/// A collection of documents of `M`, of any name and with options of its own.
///
/// [`Database::collection`](super::Database::collection) gives the model's own, and
/// [`Database::collection_named`](super::Database::collection_named) another one.
pub struct Collection<M> {
    driver: RawCollection,
    commands: mongodb::Database,
    link: Option<Link>,
    deployment: Arc<Deployment>,
    model: PhantomData<fn() -> M>,
}

impl<M> Collection<M> {
    /// A collection of a client of your own; its options (concerns, read preference) stay.
    pub fn from_driver<T: Send + Sync>(driver: mongodb::Collection<T>) -> Self {
        let driver = driver.clone_with_type();
        let commands = database_of(&driver);
        let deployment = Arc::default();
        Self { driver, commands, link: None, deployment, model: PhantomData }
    }

    /// With what is known of the client.
    pub(super) fn of_deployment(self, deployment: Arc<Deployment>) -> Self {
        Self { deployment, ..self }
    }

    /// The same collection, in a session.
    pub fn with_session(&self, session: &Session) -> Self {
        Self { link: Some(session.link()), ..self.clone() }
    }

    /// The same collection, in a transaction.
    pub fn with_transaction(&self, transaction: &Transaction) -> Self {
        Self { link: Some(transaction.link()), ..self.clone() }
    }

    /// The driver's collection, for all that this crate does not wrap.
    pub fn as_driver(&self) -> &mongodb::Collection<mongodb::bson::RawDocumentBuf> {
        &self.driver
    }

    /// The collection's name.
    pub fn name(&self) -> &str {
        self.driver.name()
    }

    /// Removes the collection with its documents and indexes; in a session, if it is one of a
    /// session.
    ///
    /// # Errors
    ///
    /// `Unauthorized`, `Unavailable`; `Invalid` in a transaction, which cannot remove a collection.
    pub async fn drop(&self) -> Result<()> {
        let target = ReadExecutor::target(self);
        target.check_no_transaction("a transaction cannot remove a collection", &DROP)?;
        let collection = self.driver.clone();
        let call = Call::begin(target, DROP).await?;
        call.run(move |mut call| async move {
            let dropped = in_session!(call, collection.drop());
            call.settle(dropped)
        })
        .await
    }
}

impl<M> Clone for Collection<M> {
    fn clone(&self) -> Self {
        Self {
            driver: self.driver.clone(),
            commands: self.commands.clone(),
            link: self.link.clone(),
            deployment: Arc::clone(&self.deployment),
            model: PhantomData,
        }
    }
}

impl<M> fmt::Debug for Collection<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Collection").field(&self.driver.namespace().to_string()).finish()
    }
}

#[diagnostic::do_not_recommend]
impl<M> Executor<M> for Collection<M> {}

#[diagnostic::do_not_recommend]
impl<M> ReadExecutor<M> for Collection<M> {
    fn target(&self) -> Target {
        Target {
            place: Place::Made { collection: self.driver.clone(), database: self.commands.clone() },
            link: self.link.clone(),
            deployment: Arc::clone(&self.deployment),
            named: None,
        }
    }
}
