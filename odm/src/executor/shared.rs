//! What the handles of one session share: the driver's session, for one operation at a time.

use std::sync::{
    Arc, Mutex, MutexGuard, PoisonError,
    atomic::{AtomicBool, Ordering},
};

use mongodb::ClientSession;
use tokio::sync::OwnedMutexGuard;

use crate::error::{Error, ErrorKind, Outcome, Result, TransactionFailure};

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
            Some(transaction) => held.join(transaction)?,
            None => held.leave_transactions().await?,
        }
        Ok(held)
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
            return Err(refused(TransactionFailure::Ended, Outcome::NotSent));
        }
        if let Some(failure) = transaction.failure() {
            return Err(refused(failure, Outcome::NotSent));
        }
        self.transaction = Some(Arc::clone(transaction));
        Ok(())
    }

    /// Ends a transaction whose handles are gone; refuses if one is open.
    pub(crate) async fn leave_transactions(&mut self) -> Result<()> {
        match &self.slot.open {
            Some(open) if !open.is_abandoned() => Err(Error::invalid(
                "a transaction is open in this session: run the operation on the transaction",
            )),
            Some(_) => {
                self.end().await;
                Ok(())
            }
            None => Ok(()),
        }
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
            open.has_ended.store(true, Ordering::Release);
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

/// How far a transaction has come, as far as it must be known without waiting.
///
/// ```text
/// open ──► committing ──► committed
///  │           └─► unknown ──► (committed again) committing
///  ├─► doomed: an operation failed, or was dropped half-way ──► aborted
///  └─► abandoned: its handles are gone ──► aborted
/// ```
#[derive(Debug, Default)]
pub(crate) struct TransactionState {
    doom: Mutex<Option<Doom>>,
    is_committing: AtomicBool,
    is_committed: AtomicBool,
    is_abandoned: AtomicBool,
    has_ended: AtomicBool,
}

#[derive(Clone, Debug)]
struct Doom {
    failure: TransactionFailure,
    is_transient: bool,
}

impl TransactionState {
    /// An operation failed: if the server saw the failure, it has aborted the transaction.
    pub(crate) fn note(&self, error: &Error) {
        let is_transient = error.has_label(mongodb::error::TRANSIENT_TRANSACTION_ERROR);
        let is_local = matches!(error.kind(), ErrorKind::Invalid(_) | ErrorKind::Encode { .. });
        if is_transient || (!is_local && error.outcome() != Outcome::NotSent) {
            let failure = TransactionFailure::Failed { error: Box::new(error.clone()) };
            self.set(Doom { failure, is_transient });
        }
    }

    pub(crate) fn doom(&self, failure: TransactionFailure) {
        self.set(Doom { failure, is_transient: false });
    }

    /// The first reason counts: later ones follow from it.
    fn set(&self, doom: Doom) {
        locked(&self.doom).get_or_insert(doom);
    }

    pub(crate) fn failure(&self) -> Option<TransactionFailure> {
        locked(&self.doom).as_ref().map(|doom| doom.failure.clone())
    }

    /// Whether the whole transaction may succeed when it is run again.
    pub(crate) fn is_transient(&self) -> bool {
        locked(&self.doom).as_ref().is_some_and(|doom| doom.is_transient)
    }

    pub(crate) fn is_committing(&self) -> bool {
        self.is_committing.load(Ordering::Acquire)
    }

    pub(crate) fn committing(&self) {
        self.is_committing.store(true, Ordering::Release);
    }

    pub(crate) fn is_committed(&self) -> bool {
        self.is_committed.load(Ordering::Acquire)
    }

    pub(crate) fn committed(&self) {
        self.is_committed.store(true, Ordering::Release);
    }

    pub(crate) fn is_abandoned(&self) -> bool {
        self.is_abandoned.load(Ordering::Acquire)
    }

    pub(crate) fn has_ended(&self) -> bool {
        self.has_ended.load(Ordering::Acquire)
    }

    pub(crate) fn abandon(&self) {
        self.is_abandoned.store(true, Ordering::Release);
    }
}

pub(crate) fn refused(failure: TransactionFailure, outcome: Outcome) -> Error {
    Error::new(ErrorKind::Transaction(failure), outcome)
}

/// The lock, also after its holder panicked: no holder leaves a value half changed.
pub(crate) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
