//! What the handles of one session share: the driver's session, for one operation at a time.

use std::sync::{Arc, Mutex};

use mongodb::ClientSession;
use tokio::{runtime::Handle, sync::OwnedMutexGuard};

use crate::{
    error::{Error, ErrorKind, Outcome, Result, TransactionFailure},
    support::locked,
};

pub(super) use super::progress::TransactionState;
use super::{CausalToken, Link};

/// A session of the driver's, and what is known of it without waiting.
pub(crate) struct Shared {
    slot: Arc<tokio::sync::Mutex<Slot>>,
    /// What the session has seen, and what it was told to wait for.
    seen: Mutex<CausalToken>,
    kind: SessionKind,
}

/// What a session promises.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SessionKind {
    Causal,
    Plain,
    Snapshot,
}

/// The driver's session, and the transaction that is open in it.
pub(crate) struct Slot {
    driver: ClientSession,
    open: Option<Arc<TransactionState>>,
}

impl Shared {
    pub(crate) fn new(driver: ClientSession, kind: SessionKind) -> Arc<Self> {
        let slot = Arc::new(tokio::sync::Mutex::new(Slot { driver, open: None }));
        Arc::new(Self { slot, seen: Mutex::default(), kind })
    }

    pub(crate) fn seen(&self) -> CausalToken {
        locked(&self.seen).clone()
    }

    pub(crate) fn advance(&self, token: &CausalToken) {
        locked(&self.seen).advance(token);
    }

    /// The session, held without a look at its transactions.
    pub(crate) async fn slot(self: &Arc<Self>) -> Held {
        let mut slot = Arc::clone(&self.slot).lock_owned().await;
        locked(&self.seen).hand_to(&mut slot.driver);
        Held { slot, shared: Arc::clone(self), transaction: None }
    }
}

impl Link {
    /// The session, held for an operation of this link.
    pub(super) async fn hold(&self) -> Result<Held> {
        let mut held = self.shared.slot().await;
        match &self.transaction {
            Some(transaction) => held.join(transaction).map(|()| held),
            None => held.leave_transactions().await,
        }
    }
}

/// The session, held until this is dropped.
pub(crate) struct Held {
    slot: OwnedMutexGuard<Slot>,
    shared: Arc<Shared>,
    transaction: Option<Arc<TransactionState>>,
}

impl Held {
    pub(crate) fn driver(&mut self) -> &mut ClientSession {
        &mut self.slot.driver
    }

    pub(crate) fn transaction(&self) -> Option<&Arc<TransactionState>> {
        self.transaction.as_ref()
    }

    pub(crate) fn is_causal(&self) -> bool {
        self.shared.kind == SessionKind::Causal
    }

    /// Makes this an operation of the transaction.
    fn join(&mut self, transaction: &Arc<TransactionState>) -> Result<()> {
        if !self.holds(transaction) || transaction.is_committing() {
            return Err(ended());
        }
        if let Some(refusal) = transaction.refusal() {
            return Err(Error::new(refusal, Outcome::NotSent));
        }
        self.transaction = Some(Arc::clone(transaction));
        Ok(())
    }

    /// Refuses if a transaction is open that somebody can still use.
    pub(crate) fn check_free(&self) -> Result<()> {
        match &self.slot.open {
            Some(open) if open.is_abandoned() => Ok(()),
            Some(open) if open.is_committing() => Err(Error::invalid(
                "a transaction in this session was not committed for certain: commit it again, or \
                 drop it",
            )),
            Some(_) => Err(Error::invalid(
                "a transaction is open in this session: run the operation on the transaction",
            )),
            None => Ok(()),
        }
    }

    /// Ends a transaction whose handles are gone; refuses if one is open.
    pub(crate) async fn leave_transactions(self) -> Result<Self> {
        self.check_free()?;
        self.ended().await
    }

    /// The session, when what is open in it is aborted. That goes on if this future is dropped.
    pub(crate) async fn ended(mut self) -> Result<Self> {
        if self.slot.open.is_none() {
            return Ok(self);
        }
        to_the_end(async move {
            self.end().await;
            Ok(self)
        })
        .await
    }

    /// Whether this transaction is the one that is open.
    pub(crate) fn holds(&self, transaction: &Arc<TransactionState>) -> bool {
        self.slot.open.as_ref().is_some_and(|open| Arc::ptr_eq(open, transaction))
    }

    pub(crate) fn opened(&mut self, transaction: Arc<TransactionState>) {
        self.slot.open = Some(transaction);
    }

    /// The transaction is over.
    pub(crate) fn closed(&mut self) -> bool {
        let open = self.slot.open.take();
        if let Some(open) = &open {
            open.ended();
        }
        open.is_some()
    }

    /// Aborts what is open. The driver ignores the server's answer. It refuses only after a commit,
    /// whose outcome cannot be changed any more.
    pub(crate) async fn end(&mut self) {
        if self.closed() {
            drop(self.slot.driver.abort_transaction().await);
        }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        locked(&self.shared.seen).advance(&CausalToken::of(&self.slot.driver));
    }
}

/// Runs the work to its end, also if this future is dropped once it was begun.
pub(super) async fn to_the_end<T: Send + 'static>(
    work: impl Future<Output = Result<T>> + Send + 'static,
) -> Result<T> {
    let Ok(handle) = Handle::try_current() else { return work.await };
    handle.spawn(work).await.unwrap_or_else(|error| match error.try_into_panic() {
        Ok(panic) => std::panic::resume_unwind(panic),
        // The runtime ends.
        Err(_) => Err(Error::new(ErrorKind::Timeout, Outcome::Unknown)),
    })
}

/// The refusal of what comes after the end.
pub(super) fn ended() -> Error {
    Error::new(ErrorKind::Transaction(TransactionFailure::Ended), Outcome::NotSent)
}
