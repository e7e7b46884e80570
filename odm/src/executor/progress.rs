//! How far a transaction has come.

use std::sync::{
    Mutex,
    atomic::{AtomicBool, Ordering},
};

use crate::{
    error::{Error, ErrorKind, Outcome, Result, TransactionFailure},
    support::locked,
};

/// How far a transaction has come, as far as it must be known without waiting.
///
/// ```text
/// open ──► committing ──► committed
///  │        ▲       └─► unknown, or not acknowledged ──┐
///  │        └──────────── (committed again) ───────────┘
///  ├─► doomed: an operation failed, or was dropped half-way, or the time is up ──► aborted
///  └─► abandoned: its handles are gone, or it is to be aborted ──► aborted
/// ```
///
/// Once its commit is begun, nothing dooms it; once it is doomed, no commit is begun.
#[derive(Debug, Default)]
pub(crate) struct TransactionState {
    stage: Mutex<Stage>,
    is_abandoned: AtomicBool,
    has_ended: AtomicBool,
}

#[derive(Debug, Default)]
enum Stage {
    #[default]
    Open,
    /// It can only be aborted.
    Doomed(Doom),
    /// A commit was begun, perhaps several times; none is known to have succeeded.
    Committing,
    Committed,
}

#[derive(Debug)]
struct Doom {
    /// What later operations and the commit are told.
    refusal: ErrorKind,
    is_transient: bool,
}

impl TransactionState {
    /// An operation failed: if the server saw the failure, it has aborted the transaction.
    pub(crate) fn note(&self, error: &Error) {
        let is_transient = error.has_label(mongodb::error::TRANSIENT_TRANSACTION_ERROR);
        let is_local = matches!(
            error.kind(),
            ErrorKind::Invalid(_) | ErrorKind::PageCursor(_) | ErrorKind::Encode { .. }
        );
        if is_transient || (!is_local && error.outcome() != Outcome::NotSent) {
            let failure = TransactionFailure::Failed { error: Box::new(error.clone()) };
            self.set(Doom { refusal: ErrorKind::Transaction(failure), is_transient });
        }
    }

    pub(crate) fn doom(&self, failure: TransactionFailure) {
        self.set(Doom { refusal: ErrorKind::Transaction(failure), is_transient: false });
    }

    /// The time is up: a commit that is not begun yet never will be. Tells what may have become of
    /// the writes.
    pub(crate) fn give_up(&self) -> Outcome {
        self.set(Doom { refusal: ErrorKind::Timeout, is_transient: false });
        if self.is_committing() {
            return Outcome::Unknown;
        }
        self.abandon();
        Outcome::NotApplied
    }

    /// The first reason counts: later ones follow from it.
    fn set(&self, doom: Doom) {
        let mut stage = locked(&self.stage);
        if matches!(*stage, Stage::Open) {
            *stage = Stage::Doomed(doom);
        }
    }

    /// Why it can only be aborted.
    pub(crate) fn refusal(&self) -> Option<ErrorKind> {
        match &*locked(&self.stage) {
            Stage::Doomed(doom) => Some(doom.refusal.clone()),
            _ => None,
        }
    }

    /// Whether the whole transaction may succeed when it is run again.
    pub(crate) fn is_transient(&self) -> bool {
        matches!(&*locked(&self.stage), Stage::Doomed(doom) if doom.is_transient)
    }

    /// Whether one of its operations still runs in the background.
    pub(crate) fn is_unfinished(&self) -> bool {
        let failure = self.refusal();
        matches!(failure, Some(ErrorKind::Transaction(TransactionFailure::Unfinished { .. })))
    }

    /// From now on nothing dooms it. Tells whether a commit was begun before.
    ///
    /// # Errors
    ///
    /// Why it can only be aborted.
    pub(crate) fn begin_commit(&self) -> Result<bool> {
        let mut stage = locked(&self.stage);
        match &*stage {
            Stage::Open => *stage = Stage::Committing,
            Stage::Committing | Stage::Committed => return Ok(true),
            Stage::Doomed(doom) => {
                return Err(Error::new(doom.refusal.clone(), Outcome::NotApplied));
            }
        }
        Ok(false)
    }

    /// Whether a commit was begun, and perhaps succeeded.
    pub(crate) fn is_committing(&self) -> bool {
        matches!(*locked(&self.stage), Stage::Committing | Stage::Committed)
    }

    pub(crate) fn is_committed(&self) -> bool {
        matches!(*locked(&self.stage), Stage::Committed)
    }

    pub(crate) fn committed(&self) {
        *locked(&self.stage) = Stage::Committed;
    }

    pub(crate) fn is_abandoned(&self) -> bool {
        self.is_abandoned.load(Ordering::Acquire)
    }

    pub(crate) fn abandon(&self) {
        self.is_abandoned.store(true, Ordering::Release);
    }

    pub(crate) fn has_ended(&self) -> bool {
        self.has_ended.load(Ordering::Acquire)
    }

    pub(crate) fn ended(&self) {
        self.has_ended.store(true, Ordering::Release);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_transaction_that_is_given_up_is_never_committed() {
        let state = TransactionState::default();
        assert_eq!(state.give_up(), Outcome::NotApplied);
        let error = state.begin_commit().unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Timeout), "{error:?}");
        assert!(state.is_abandoned() && !state.is_committing());
    }

    #[test]
    fn nothing_dooms_a_transaction_whose_commit_is_begun() {
        let state = TransactionState::default();
        assert!(!state.begin_commit().unwrap(), "it is the first");
        assert_eq!(state.give_up(), Outcome::Unknown);
        state.doom(TransactionFailure::Ended);
        assert!(state.refusal().is_none() && !state.is_abandoned());
        assert!(state.begin_commit().unwrap(), "it is a repetition");
    }
}
