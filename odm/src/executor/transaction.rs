//! Transactions.

use std::{fmt, sync::Arc, time::Duration};

use futures::future::{BoxFuture, FutureExt};
use mongodb::{
    error::UNKNOWN_TRANSACTION_COMMIT_RESULT,
    options::{SelectionCriteria, TransactionOptions},
};
use tokio::{runtime::Handle, time::Instant};

use crate::{
    error::{Error, ErrorKind, Outcome, Result, TransactionFailure, UNACKNOWLEDGED},
    model::Model,
    options::{ReadConcern, WriteConcern, check_time, is_unacknowledged},
};

use super::{
    Collection, Database, Executor, Limit, Link, ReadExecutor, Target,
    call::within,
    shared::{Held, Shared, TransactionState, refused},
};

/// A transaction that has been started. `&tx` is an executor; clones are the same transaction.
///
/// All of its writes are applied when it is committed, or none. Operations that are started at the
/// same time run one after the other. When all handles are dropped before a commit, it is aborted.
///
/// An operation that the server refused ends the transaction, also if its error is ignored. So does
/// one that is dropped half-way, because it is unknown then whether it is part of the transaction.
/// Later operations and the commit return an error that says so.
///
/// Manual: [transactions](https://www.mongodb.com/docs/manual/core/transactions/).
#[derive(Clone)]
pub struct Transaction(Arc<Handles>);

struct Handles {
    database: Database,
    shared: Arc<Shared>,
    progress: Arc<TransactionState>,
    limit: Limit,
}

impl Transaction {
    /// The database that operations run on.
    pub fn database(&self) -> &Database {
        &self.0.database
    }

    /// A collection of another name, in this transaction.
    pub fn collection_named<M: Model>(&self, name: &str) -> Collection<M> {
        self.0.database.collection_named(name).with_transaction(self)
    }

    /// Makes the writes permanent, or none of them. One round trip, retried once by the driver;
    /// none if nothing was done. Once begun, it goes on to its end even if this future is dropped.
    /// After a success, committing again is the same success, without a round trip.
    ///
    /// # Errors
    ///
    /// `Transaction` if it cannot be committed, which has aborted it. With the outcome
    /// [`Unknown`](Outcome::Unknown) it may have been committed: committing again tells.
    pub async fn commit(&self) -> Result<()> {
        if self.0.progress.is_committed() {
            return Ok(());
        }
        let this = Arc::clone(&self.0);
        let deadline = this.limit.until;
        let committed = Box::pin(async move {
            match Handle::try_current() {
                Ok(handle) => joined(handle.spawn(commit(this)).await),
                Err(_) => commit(this).await,
            }
        });
        let late = || Error::new(ErrorKind::Timeout, Outcome::Unknown);
        let committed = within(deadline, committed, late).await;
        committed.map_err(|error| error.during("commit in", self.0.database.name()))
    }

    /// Undoes all writes. One round trip; none if nothing was done.
    ///
    /// # Errors
    ///
    /// `Transaction` if it has ended already.
    pub async fn abort(&self) -> Result<()> {
        let this = Arc::clone(&self.0);
        match Handle::try_current() {
            Ok(handle) => joined(handle.spawn(abort(this)).await),
            Err(_) => abort(this).await,
        }
    }

    /// Whether it was committed or aborted.
    pub(super) fn has_ended(&self) -> bool {
        self.0.progress.has_ended()
    }

    /// Whether the whole may succeed when it is run again.
    pub(super) fn is_transient(&self) -> bool {
        self.0.progress.is_transient()
    }

    pub(super) fn link(&self) -> Link {
        Link {
            shared: Arc::clone(&self.0.shared),
            transaction: Some(Arc::clone(&self.0.progress)),
            limit: self.0.limit,
        }
    }
}

/// The end of a task that is never aborted.
fn joined<T>(result: Result<Result<T>, tokio::task::JoinError>) -> Result<T> {
    result.unwrap_or_else(|error| match error.try_into_panic() {
        Ok(panic) => std::panic::resume_unwind(panic),
        Err(_) => Err(Error::new(ErrorKind::Timeout, Outcome::Unknown)),
    })
}

async fn commit(this: Arc<Handles>) -> Result<()> {
    let mut held = match own(&this).await {
        Err(_) if this.progress.is_committed() => return Ok(()),
        held => held?,
    };
    let late = this.limit.until.is_some_and(|until| until <= Instant::now());
    let failure = match this.progress.failure() {
        None if late => Some(Error::new(ErrorKind::Timeout, Outcome::NotApplied)),
        failure => failure.map(|failure| refused(failure, Outcome::NotApplied)),
    };
    if let Some(failure) = failure.filter(|_| !this.progress.is_committing()) {
        held.end().await;
        return Err(failure);
    }
    this.progress.committing();
    let committed = held.driver().commit_transaction().await;
    let Err(error) = committed else {
        this.progress.committed();
        held.closed();
        return Ok(());
    };
    if error.contains_label(UNKNOWN_TRANSACTION_COMMIT_RESULT) {
        return Err(Error::from(error).with_outcome(Outcome::Unknown));
    }
    held.closed();
    Err(Error::from(error).with_outcome(Outcome::NotApplied))
}

async fn abort(this: Arc<Handles>) -> Result<()> {
    let mut held = own(&this).await?;
    held.end().await;
    Ok(())
}

/// The session, if the transaction is still open in it.
async fn own(this: &Handles) -> Result<Held> {
    let held = this.shared.slot().await;
    match held.holds(&this.progress) {
        true => Ok(held),
        false => Err(refused(TransactionFailure::Ended, Outcome::NotSent)),
    }
}

impl Drop for Handles {
    fn drop(&mut self) {
        self.progress.abandon();
        // Without a runtime, the next operation of the session aborts it, or the session's own end.
        let Ok(handle) = Handle::try_current() else { return };
        let (shared, progress) = (Arc::clone(&self.shared), Arc::clone(&self.progress));
        handle.spawn(async move {
            let mut held = shared.slot().await;
            if held.holds(&progress) {
                held.end().await;
            }
        });
    }
}

impl fmt::Debug for Transaction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Transaction").field(&self.0.database.name()).finish()
    }
}

#[diagnostic::do_not_recommend]
impl<M: Model> Executor<M> for Transaction {}

#[diagnostic::do_not_recommend]
impl<M: Model> ReadExecutor<M> for Transaction {
    fn target(&self) -> Target {
        Target { link: Some(self.link()), ..ReadExecutor::<M>::target(&self.0.database) }
    }
}

/// A transaction to be started; `.await` starts it, without a round trip.
#[must_use = "no transaction is started until this is awaited"]
#[derive(Clone)]
pub struct StartTransaction {
    database: Database,
    /// `None`: a session is started with the transaction.
    shared: Option<Arc<Shared>>,
    options: TransactionOptions,
    limit: Limit,
}

impl StartTransaction {
    /// Concerns are those of the database; reads go to the primary, as transactions must.
    pub(super) fn new(database: Database, shared: Option<Arc<Shared>>, limit: Limit) -> Self {
        let mut options = TransactionOptions::default();
        options.read_concern = database.as_driver().read_concern().cloned();
        options.write_concern = database.as_driver().write_concern().cloned();
        let primary = mongodb::options::ReadPreference::primary();
        options.selection_criteria = Some(SelectionCriteria::ReadPreference(primary));
        Self { database, shared, options, limit }
    }

    /// What its reads may see.
    pub fn read_concern(mut self, concern: ReadConcern) -> Self {
        self.options.read_concern = Some(concern);
        self
    }

    /// The acknowledgement that the commit waits for.
    pub fn write_concern(mut self, concern: WriteConcern) -> Self {
        self.options.write_concern = Some(concern);
        self
    }

    /// How long the server may take to commit.
    pub fn max_commit_time(mut self, limit: Duration) -> Self {
        self.options.max_commit_time = Some(limit);
        self
    }

    /// How long all of it may take: every operation, the commit, and every further attempt. When
    /// the time is up, what is not committed is aborted.
    pub fn timeout(mut self, limit: Duration) -> Self {
        self.limit.each = Some(limit);
        self
    }

    /// The same, as one attempt among several that end together.
    pub(super) fn until(mut self, until: Option<Instant>) -> Self {
        self.limit = Limit { each: None, until };
        self
    }

    /// When all must be done, if it starts now.
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.limit.deadline(None)
    }

    pub(super) async fn in_a_session(mut self) -> Result<Self> {
        if self.shared.is_none() {
            let session = self.database.start_session().await?;
            self.shared = Some(session.into_shared());
        }
        Ok(self)
    }

    /// Refuses what the driver, or the server, would refuse only when it commits.
    fn check(&self) -> Result<()> {
        let checked = match self.options.write_concern.as_ref().is_some_and(is_unacknowledged) {
            true => Err(Error::invalid(UNACKNOWLEDGED)),
            false => check_time("max_commit_time", self.options.max_commit_time),
        };
        checked.map_err(|error| error.during("start a transaction in", self.database.name()))
    }

    pub(super) async fn start(self) -> Result<Transaction> {
        let deadline = self.deadline();
        self.check()?;
        let Self { database, shared, options, .. } = self.in_a_session().await?;
        let Some(shared) = shared else { unreachable!("it was just started") };
        let mut held = shared.slot().await;
        held.leave_transactions().await?;
        held.driver().start_transaction().with_options(options).await?;
        let progress = Arc::new(TransactionState::default());
        held.opened(Arc::clone(&progress));
        drop(held);
        let limit = Limit { each: None, until: deadline };
        Ok(Transaction(Arc::new(Handles { database, shared, progress, limit })))
    }
}

impl IntoFuture for StartTransaction {
    type Output = Result<Transaction>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        self.start().boxed()
    }
}
