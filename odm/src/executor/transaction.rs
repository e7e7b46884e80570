//! Transactions.

use std::{fmt, sync::Arc, time::Duration};

use tokio::{
    runtime::Handle,
    time::{Instant, timeout_at},
};

use crate::{
    error::{Error, ErrorKind, Outcome, Result},
    model::Model,
};

use super::{
    Collection, Database, Executor, Limit, Link, ReadExecutor, Target,
    call::within,
    outcome,
    shared::{Held, Shared, TransactionState, ended, to_the_end},
};

/// An abort that comes late has this long to tell that it is done.
const GRACE: Duration = Duration::from_millis(50);

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

pub(super) struct Handles {
    pub(super) database: Database,
    pub(super) shared: Arc<Shared>,
    pub(super) progress: Arc<TransactionState>,
    pub(super) limit: Limit,
}

impl Transaction {
    pub(super) fn new(handles: Handles) -> Self {
        Self(Arc::new(handles))
    }

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
    /// [`Unknown`](Outcome::Unknown) it may have been committed: committing again tells. With
    /// [`Applied`](Outcome::Applied) it was committed, but its write concern was not met:
    /// committing again waits for a majority.
    pub async fn commit(&self) -> Result<()> {
        let progress = &self.0.progress;
        if progress.is_committed() {
            return Ok(());
        }
        let committed = if self.has_ended() {
            Err(ended())
        } else if self.0.limit.is_over() {
            Err(self.late())
        } else {
            let committed = to_the_end(commit(Arc::clone(&self.0)));
            within(self.0.limit.until, committed, || self.late()).await
        };
        match committed {
            Err(_) if progress.is_committed() => Ok(()),
            done => done.map_err(|error| error.during("commit in", self.0.database.name())),
        }
    }

    /// The error of a commit that is not done in time. If it was not begun, it never will be.
    fn late(&self) -> Error {
        let outcome = self.give_up();
        if outcome == Outcome::NotApplied
            && let Ok(handle) = Handle::try_current()
        {
            drop(handle.spawn(abort(Arc::clone(&self.0))));
        }
        Error::new(self.0.progress.refusal().unwrap_or(ErrorKind::Timeout), outcome)
    }

    /// Undoes all writes. One round trip; none if nothing was done. When the time limit of the
    /// transaction passes, it goes on in the background, and the session waits for it.
    ///
    /// # Errors
    ///
    /// `Transaction` if it has ended already.
    pub async fn abort(&self) -> Result<()> {
        let grace = Instant::now() + GRACE;
        let until = self.0.limit.until.map(|until| until.max(grace));
        self.abort_until(until).await
    }

    /// The same with another limit.
    async fn abort_until(&self, until: Option<Instant>) -> Result<()> {
        self.0.progress.abandon();
        let aborted = to_the_end(abort(Arc::clone(&self.0)));
        let late = || Error::new(ErrorKind::Timeout, self.0.progress.give_up());
        let aborted = within(until, aborted, late).await;
        aborted.map_err(|error| error.during("abort in", self.0.database.name()))
    }

    /// Aborts what has failed. An operation that still runs in the background is not waited for:
    /// nobody knows for how long it will.
    pub(super) async fn undo(&self, until: Instant) {
        let until = if self.0.progress.is_unfinished() { Instant::now() } else { until };
        // An error here means that it has ended already, or that it is aborted in the background.
        drop(self.abort_until(Some(until)).await);
    }

    /// Ends what is late: see [`TransactionState::give_up`].
    pub(super) fn give_up(&self) -> Outcome {
        self.0.progress.give_up()
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

async fn commit(this: Arc<Handles>) -> Result<()> {
    let mut held = match own(&this).await {
        Err(_) if this.progress.is_committed() => return Ok(()),
        held => held?,
    };
    if this.limit.is_over() && this.progress.give_up() == Outcome::Unknown {
        return Err(Error::new(ErrorKind::Timeout, Outcome::Unknown));
    }
    let was_sent_before = match this.progress.begin_commit() {
        Ok(was_sent_before) => was_sent_before,
        Err(refusal) => {
            held.ended().await?;
            return Err(refusal);
        }
    };
    let sent = send_commit(&mut held, this.limit.until, was_sent_before).await;
    match &sent {
        Ok(()) => this.progress.committed(),
        Err(error) if error.outcome() == Outcome::NotApplied => {}
        // It stays open, to be committed again.
        Err(_) => return sent,
    }
    held.closed();
    sent
}

/// When the time is up, the driver is stopped: it would send the commit later, when there is a
/// server again, or repeat it.
async fn send_commit(held: &mut Held, until: Option<Instant>, was_sent_before: bool) -> Result<()> {
    let committed = held.driver().commit_transaction().into_future();
    let committed = match until {
        None => committed.await,
        Some(until) => timeout_at(until, committed)
            .await
            .map_err(|_| Error::new(ErrorKind::Timeout, Outcome::Unknown))?,
    };
    committed.map_err(|error| {
        let was_sent_before = was_sent_before || outcome::has_lost_a_connection(held.driver());
        let outcome = outcome::of_commit(&error, was_sent_before);
        Error::from(error).with_outcome(outcome)
    })
}

async fn abort(this: Arc<Handles>) -> Result<()> {
    own(&this).await?.ended().await.map(drop)
}

/// The session, if the transaction is still open in it.
async fn own(this: &Handles) -> Result<Held> {
    let held = this.shared.slot().await;
    match held.holds(&this.progress) {
        true => Ok(held),
        false => Err(ended()),
    }
}

impl Drop for Handles {
    fn drop(&mut self) {
        self.progress.abandon();
        // Without a runtime, the next operation of the session aborts it, or the session's own end.
        let Ok(handle) = Handle::try_current() else { return };
        let (shared, progress) = (Arc::clone(&self.shared), Arc::clone(&self.progress));
        handle.spawn(async move {
            let held = shared.slot().await;
            if held.holds(&progress) {
                drop(held.ended().await);
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
