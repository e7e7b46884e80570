//! More than one collection or one operation: whole databases, and transactions around an
//! operation.

use std::sync::Arc;

use crate::{
    error::{Error, Result},
    model::ModelOptions,
};

use super::{
    Database, Limit, Purpose, Session, StartTransaction, Target, Transaction, TransactionRun,
    place::Place, sealed::Sealed,
};

/// What an operation on several collections takes: `&Database`, `&Session`, `&Transaction`.
#[diagnostic::on_unimplemented(
    message = "an operation on several collections cannot run on a `{Self}`",
    note = "give it a `&Database`, a `&Session` or a `&Transaction`",
    note = "a snapshot session only reads: finds and counts run in it, writes do not"
)]
pub trait DatabaseExecutor: Sync + Sealed {
    /// Where an operation on the collection of a model runs.
    #[doc(hidden)]
    fn target_of(&self, collection: &str, model: ModelOptions) -> Target;
}

#[diagnostic::do_not_recommend]
impl DatabaseExecutor for Database {
    fn target_of(&self, collection: &str, model: ModelOptions) -> Target {
        Target {
            place: Place::Made {
                collection: self.collection_of(collection, model),
                database: self.as_driver().clone(),
            },
            link: None,
            deployment: self.deployment(),
            named: None,
        }
    }
}

#[diagnostic::do_not_recommend]
impl DatabaseExecutor for Session {
    fn target_of(&self, collection: &str, model: ModelOptions) -> Target {
        Target { link: Some(self.link()), ..self.database().target_of(collection, model) }
    }
}

#[diagnostic::do_not_recommend]
impl DatabaseExecutor for Transaction {
    fn target_of(&self, collection: &str, model: ModelOptions) -> Target {
        Target { link: Some(self.link()), ..self.database().target_of(collection, model) }
    }
}

#[diagnostic::do_not_recommend]
impl<E: DatabaseExecutor + ?Sized> DatabaseExecutor for &E {
    fn target_of(&self, collection: &str, model: ModelOptions) -> Target {
        E::target_of(self, collection, model)
    }
}

#[diagnostic::do_not_recommend]
impl<E: DatabaseExecutor + Send + ?Sized> DatabaseExecutor for Arc<E> {
    fn target_of(&self, collection: &str, model: ModelOptions) -> Target {
        E::target_of(self, collection, model)
    }
}

impl Target {
    pub(crate) fn is_in_transaction(&self) -> bool {
        self.link.as_ref().is_some_and(|link| link.transaction.is_some())
    }

    /// Refuses an operation that the server does not take in a transaction.
    pub(crate) fn check_no_transaction(&self, reason: &str, purpose: &Purpose) -> Result<()> {
        match self.is_in_transaction() {
            true => Err(Error::invalid(reason).during(purpose.operation, &self.namespace())),
            false => Ok(()),
        }
    }

    /// The driver's database, with the client's options.
    pub(crate) fn database(&self) -> mongodb::Database {
        self.commands().client().database(self.commands().name())
    }

    /// Runs a body in a transaction of the target's session, or of a session of its own. Each
    /// attempt gets the target in its transaction.
    pub(crate) fn transaction<'a, T, F, B>(&self, mut body: F) -> TransactionRun<'a, T, Error>
    where
        F: FnMut(Target) -> B + Send + 'a,
        B: Future<Output = Result<T>> + Send + 'a,
    {
        let target = self.clone();
        let database = Database::of_deployment(self.database(), Arc::clone(&self.deployment));
        let start = match &self.link {
            None => StartTransaction::new(database, None, Limit::default()),
            Some(link) => {
                Session::new(database, Arc::clone(&link.shared), link.limit).start_transaction()
            }
        };
        let concern = self.write_concern().cloned();
        let run = TransactionRun::new(start, move |transaction: Transaction| {
            body(Target { link: Some(transaction.link()), ..target.clone() })
        });
        match concern {
            Some(concern) => run.write_concern(concern),
            None => run,
        }
    }
}
