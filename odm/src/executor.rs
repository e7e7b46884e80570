//! Where an operation runs: a database, a collection, a session, a transaction.
//!
//! Knows models and the driver. Does not know what operations do.

mod by_hand;
mod call;
mod causal_token;
mod collection;
mod connect;
mod database;
mod deployment;
mod outcome;
mod place;
mod progress;
mod sending;
mod session;
mod session_pool;
mod shared;
mod snapshot;
mod start_session;
mod start_transaction;
mod transaction;
mod transaction_run;
mod troubles;
mod whole;

use std::{sync::Arc, time::Duration};

use mongodb::bson::RawDocumentBuf;
use tokio::time::Instant;

use crate::options::WriteConcern;

pub(crate) use self::{
    call::{Call, Purpose, in_session, within},
    deployment::Deployment,
    sending::{TooLate, Watched},
    session_pool::PooledSession,
};
pub use self::{
    causal_token::CausalToken,
    collection::Collection,
    connect::{connect, connect_with},
    database::Database,
    session::Session,
    snapshot::{SnapshotCollection, SnapshotSession, StartSnapshotSession},
    start_session::StartSession,
    start_transaction::StartTransaction,
    transaction::Transaction,
    transaction_run::TransactionRun,
    whole::DatabaseExecutor,
};
use self::{
    place::Place,
    shared::{Shared, TransactionState},
};

/// The driver's collection of undecoded documents.
pub(crate) type RawCollection = mongodb::Collection<RawDocumentBuf>;

/// What every verb takes: `&Database`, `&Session`, `&Transaction`, `&Collection<M>`.
///
/// One argument says where an operation runs, and in which session. There is no second set of
/// methods for sessions. Verbs that only read take any [`ReadExecutor`].
#[diagnostic::on_unimplemented(
    message = "this operation on `{M}` cannot run on a `{Self}`",
    note = "give it a `&Database`, a `&Session`, a `&Transaction` or a `&Collection<{M}>`",
    note = "a snapshot session only reads: finds and counts run in it, writes do not"
)]
pub trait Executor<M>: ReadExecutor<M> {}

/// What verbs that only read take: every [`Executor`], a [`SnapshotSession`] and its collections.
#[diagnostic::on_unimplemented(
    message = "an operation on `{M}` cannot run on a `{Self}`",
    note = "give it a `&Database`, a `&Session`, a `&Transaction` or a `&Collection<{M}>`"
)]
pub trait ReadExecutor<M>: Sync + sealed::Sealed {
    /// Where the operation runs.
    #[doc(hidden)]
    fn target(&self) -> Target;
}

/// Where an operation runs, without types.
#[doc(hidden)]
#[derive(Clone)]
pub struct Target {
    place: Place,
    pub(crate) link: Option<Link>,
    pub(crate) deployment: Arc<Deployment>,
    /// What errors name in place of the collection.
    pub(crate) named: Option<Arc<str>>,
}

/// The way to a session, and to the transaction in it.
#[doc(hidden)]
#[derive(Clone)]
pub(crate) struct Link {
    shared: Arc<Shared>,
    transaction: Option<Arc<TransactionState>>,
    limit: Limit,
}

/// How long operations may take.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Limit {
    /// Each for itself.
    pub(crate) each: Option<Duration>,
    /// All together.
    pub(crate) until: Option<Instant>,
}

impl Limit {
    /// When an operation that begins now, and has a limit of its own, must be done.
    pub(crate) fn deadline(self, own: Option<Duration>) -> Option<Instant> {
        let each = own.or(self.each).and_then(|limit| Instant::now().checked_add(limit));
        match (each, self.until) {
            (Some(each), Some(until)) => Some(each.min(until)),
            (each, until) => each.or(until),
        }
    }

    /// Whether the time for all is up.
    fn is_over(self) -> bool {
        self.until.is_some_and(|until| until <= Instant::now())
    }
}

impl Target {
    /// A collection of a client of which nothing is known.
    pub(crate) fn of(collection: RawCollection) -> Self {
        Self { place: Place::of(collection), link: None, deployment: Arc::default(), named: None }
    }

    /// Database and collection, or what is named in their place, for errors.
    pub(crate) fn namespace(&self) -> String {
        let collection = || format!("{}.{}", self.commands().name(), self.name());
        self.named.as_deref().map_or_else(collection, str::to_owned)
    }

    /// The driver's collection.
    pub(crate) fn collection(&self) -> RawCollection {
        self.place.collection()
    }

    /// Where commands are sent; they take none of the database's options.
    pub(crate) fn commands(&self) -> &mongodb::Database {
        self.place.database()
    }

    /// The collection's name.
    pub(crate) fn name(&self) -> &str {
        self.place.name()
    }

    /// The collection's write concern.
    pub(crate) fn write_concern(&self) -> Option<&WriteConcern> {
        self.place.write_concern()
    }

    /// When an operation that begins now must be done.
    pub(crate) fn deadline(&self, own: Option<Duration>) -> Option<Instant> {
        self.link.as_ref().map_or_else(Limit::default, |link| link.limit).deadline(own)
    }
}

#[diagnostic::do_not_recommend]
impl<M, E: Executor<M> + ?Sized> Executor<M> for &E {}

#[diagnostic::do_not_recommend]
impl<M, E: ReadExecutor<M> + ?Sized> ReadExecutor<M> for &E {
    fn target(&self) -> Target {
        E::target(self)
    }
}

#[diagnostic::do_not_recommend]
impl<M, E: Executor<M> + Send + ?Sized> Executor<M> for Arc<E> {}

#[diagnostic::do_not_recommend]
impl<M, E: ReadExecutor<M> + Send + ?Sized> ReadExecutor<M> for Arc<E> {
    fn target(&self) -> Target {
        E::target(self)
    }
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for super::Database {}
    impl Sealed for super::Session {}
    impl Sealed for super::SnapshotSession {}
    impl Sealed for super::Transaction {}
    impl<M> Sealed for super::Collection<M> {}
    impl<M> Sealed for super::SnapshotCollection<M> {}
    impl<E: Sealed + ?Sized> Sealed for &E {}
    impl<E: Sealed + ?Sized> Sealed for std::sync::Arc<E> {}
}
