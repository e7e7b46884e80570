//! Sessions.

use std::{fmt, sync::Arc};

use mongodb::bson::{Bson, Uuid};

use crate::{
    error::{Error, ErrorKind, Outcome, Result},
    model::Model,
};

use super::{
    CausalToken, Collection, Database, Executor, Limit, Link, ReadExecutor, StartTransaction,
    Target, Transaction, TransactionRun,
    call::within,
    shared::{Shared, to_the_end},
};

/// A session: it orders the operations that run in it. It is shared by reference.
///
/// `&session` is an executor. A read in it never sees older data than what was read or written in
/// it before, on any member (causal consistency). Operations that are started at the same time run
/// one after the other.
///
/// ```no_run
/// use odm::{options::ReadPreference, prelude::*};
///
/// #[derive(Model)]
/// #[model(collection = "users")]
/// struct User {
///     #[model(id)]
///     id: i64,
/// }
///
/// # async fn run(db: odm::Database) -> odm::Result<()> {
/// let session = db.start_session().await?;
/// User::insert(&User { id: 1 }).run(&session).await?;
/// let read = User::find().read_preference(ReadPreference::secondary()).all(&session).await?;
/// assert_eq!(read.len(), 1);
/// # Ok(())
/// # }
/// ```
///
/// Dropping the last handle gives the server's session back. A read or a write that is dropped
/// half-way goes on to its end in the background, and the session waits for it.
///
/// Manual: [client sessions and causal consistency](https://www.mongodb.com/docs/manual/core/read-isolation-consistency-recency/#client-sessions-and-causal-consistency-guarantees).
pub struct Session {
    database: Database,
    shared: Arc<Shared>,
    limit: Limit,
}

impl Session {
    pub(super) fn new(database: Database, shared: Arc<Shared>, limit: Limit) -> Self {
        Self { database, shared, limit }
    }

    /// The database that operations run on.
    pub fn database(&self) -> &Database {
        &self.database
    }

    /// A collection of another name, in this session.
    pub fn collection_named<M: Model>(&self, name: &str) -> Collection<M> {
        self.database.collection_named(name).with_session(self)
    }

    /// What the session has seen, to be handed to a session elsewhere: in another process, or on
    /// the other side of a request.
    pub fn causal_token(&self) -> CausalToken {
        self.shared.seen()
    }

    /// From now on, the session reads no older data than what the token has seen.
    pub fn advance(&self, token: &CausalToken) {
        self.shared.advance(token);
    }

    /// Starts a transaction that is ended by hand, by [`commit`](Transaction::commit) or
    /// [`abort`](Transaction::abort). No round trip: the first operation tells the server.
    ///
    /// [`Session::transaction`] and [`Database::transaction`] end it themselves, and run it again
    /// after a transient error.
    pub fn start_transaction(&self) -> StartTransaction {
        StartTransaction::new(self.database.clone(), Some(Arc::clone(&self.shared)), self.limit)
    }

    /// Runs a transaction in this session; see [`Database::transaction`].
    pub fn transaction<'a, T, F, B>(&self, body: F) -> TransactionRun<'a, T, Error>
    where
        F: FnMut(Transaction) -> B + Send + 'a,
        B: Future<Output = Result<T>> + Send + 'a,
    {
        TransactionRun::new(self.start_transaction(), body)
    }

    /// Runs a transaction in this session whose body has an error type of its own; see
    /// [`Database::try_transaction`].
    pub fn try_transaction<'a, T, E, F, B>(&self, body: F) -> TransactionRun<'a, T, E>
    where
        F: FnMut(Transaction) -> B + Send + 'a,
        B: Future<Output = Result<T, E>> + Send + 'a,
        E: From<Error>,
    {
        TransactionRun::new(self.start_transaction(), body)
    }

    /// Waits for what still runs in the background, and gives the server's session back.
    ///
    /// # Errors
    ///
    /// `Invalid` if a transaction is open in it, which is aborted then. `Timeout` if the session
    /// has a time limit and something still runs; the session is given back when it is done.
    pub async fn end(self) -> Result<()> {
        let Self { shared, limit, database } = self;
        let ended = to_the_end(async move {
            let held = shared.slot().await;
            let left = held.check_free();
            held.ended().await?;
            left
        });
        let late = || Error::new(ErrorKind::Timeout, Outcome::NotSent);
        let ended = within(limit.deadline(None), ended, late).await;
        ended.map_err(|error| error.during("end a session of", database.name()))
    }

    /// The server's identifier of the session.
    pub(crate) async fn identifier(&self) -> Option<Uuid> {
        let mut held = self.shared.slot().await;
        match held.driver().id().get("id") {
            Some(Bson::Binary(id)) => id.to_uuid().ok(),
            _ => None,
        }
    }

    pub(super) fn into_shared(self) -> Arc<Shared> {
        self.shared
    }

    pub(super) fn link(&self) -> Link {
        Link { shared: Arc::clone(&self.shared), transaction: None, limit: self.limit }
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Session").field(&self.database.name()).finish()
    }
}

#[diagnostic::do_not_recommend]
impl<M: Model> Executor<M> for Session {}

#[diagnostic::do_not_recommend]
impl<M: Model> ReadExecutor<M> for Session {
    fn target(&self) -> Target {
        Target { link: Some(self.link()), ..ReadExecutor::<M>::target(&self.database) }
    }
}
