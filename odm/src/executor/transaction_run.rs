//! Transactions that end themselves, and are run again after a transient error.

use std::{fmt, future::Future, time::Duration};

use futures::future::{BoxFuture, FutureExt};
use mongodb::error::{TRANSIENT_TRANSACTION_ERROR, UNKNOWN_TRANSACTION_COMMIT_RESULT};
use tokio::time::Instant;

use crate::{
    error::{Error, ErrorKind, Outcome, Result},
    options::{ReadConcern, WriteConcern},
    support::random_share,
};

use super::{StartTransaction, Transaction, call::within};

/// After this long, the last failure is final.
const BUDGET: Duration = Duration::from_secs(120);
const FIRST_PAUSE: Duration = Duration::from_millis(5);
const LONGEST_PAUSE: Duration = Duration::from_millis(500);

/// What is run in the transaction, possibly several times.
type Body<'a, T, E> = Box<dyn FnMut(Transaction) -> BoxFuture<'a, Result<T, E>> + Send + 'a>;

/// A transaction to be run; `.await` runs it.
///
/// ```text
///           ┌───────────── pause ◄──┬─────────────────────────┐
///           ▼                       │ transient               │ transient
/// start ──► body ── error ──► abort ┴► the body's error       │
///            └───── ok ─────► commit ── unknown ──► commit ───┴► the commit's error
///                               └──────────────────────┴───────► the body's value
/// ```
///
/// A failure is transient if server or driver say so of any operation of the transaction
/// (`TransientTransactionError`), also if the body did not return that error. A body is never run
/// again when its commit may have happened. The longest pause grows by half each time, from 5 ms up to 500 ms; each pause is a random part of it. After 120
/// seconds, or when the time limit passes, the last failure is final.
///
/// Specification: [convenient API for transactions](https://github.com/mongodb/specifications/blob/master/source/transactions-convenient-api/transactions-convenient-api.md).
#[must_use = "the transaction does not run until this is awaited"]
pub struct TransactionRun<'a, T, E> {
    start: StartTransaction,
    body: Body<'a, T, E>,
}

impl<'a, T, E> TransactionRun<'a, T, E> {
    pub(super) fn new<F, B>(start: StartTransaction, mut body: F) -> Self
    where
        F: FnMut(Transaction) -> B + Send + 'a,
        B: Future<Output = Result<T, E>> + Send + 'a,
    {
        Self { start, body: Box::new(move |transaction| body(transaction).boxed()) }
    }

    /// What its reads may see, in place of the database's read concern.
    pub fn read_concern(self, concern: ReadConcern) -> Self {
        Self { start: self.start.read_concern(concern), ..self }
    }

    /// The acknowledgement that the commit waits for, in place of the database's.
    pub fn write_concern(self, concern: WriteConcern) -> Self {
        Self { start: self.start.write_concern(concern), ..self }
    }

    /// How long the server may take to commit, from a millisecond to 24 days.
    pub fn max_commit_time(self, limit: Duration) -> Self {
        Self { start: self.start.max_commit_time(limit), ..self }
    }

    /// How long all of it may take: the body, the commit, and every further attempt. When the time
    /// is up, the body is dropped, and what is not committed is aborted.
    pub fn timeout(self, limit: Duration) -> Self {
        Self { start: self.start.timeout(limit), ..self }
    }
}

impl<'a, T, E> IntoFuture for TransactionRun<'a, T, E>
where
    T: Send + 'a,
    E: From<Error> + Send + 'a,
{
    type Output = Result<T, E>;
    type IntoFuture = BoxFuture<'a, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        run(self.start, self.body).boxed()
    }
}

async fn run<T, E: From<Error>>(start: StartTransaction, mut body: Body<'_, T, E>) -> Result<T, E> {
    let mut budget = Budget::new(&start);
    let start = start.in_a_session().await?.until(budget.limit);
    loop {
        let transaction = start.clone().start().await?;
        let attempt = body(transaction.clone());
        let value = match budget.limited(attempt, &transaction).await? {
            Ok(value) => value,
            Err(error) => {
                transaction.undo(budget.until).await;
                if transaction.is_transient() && budget.pause().await {
                    continue;
                }
                return Err(error);
            }
        };
        match commit(&transaction, &mut budget).await {
            Ok(()) => return Ok(value),
            Err(error) if is_undone(&error) && budget.pause().await => {}
            Err(error) => return Err(error.into()),
        }
    }
}

/// Whether nothing was applied, and the whole may succeed when it is run again.
fn is_undone(error: &Error) -> bool {
    error.outcome() == Outcome::NotApplied && error.has_label(TRANSIENT_TRANSACTION_ERROR)
}

/// Commits, and repeats that while the outcome is unknown. If the driver does not say that a
/// repetition may help, there is one all the same: its answer may tell the outcome.
async fn commit(transaction: &Transaction, budget: &mut Budget) -> Result<()> {
    if transaction.has_ended() {
        return Ok(());
    }
    let mut is_asked_again = false;
    loop {
        let Err(error) = transaction.commit().await else { return Ok(()) };
        let is_unknown = error.outcome() == Outcome::Unknown && !is_asked_again;
        let may_help = is_unknown || error.has_label(UNKNOWN_TRANSACTION_COMMIT_RESULT);
        let is_late = matches!(error.kind(), ErrorKind::Timeout);
        if !may_help || is_late || !budget.pause().await {
            return Err(error);
        }
        is_asked_again = true;
    }
}

/// The time for further attempts.
struct Budget {
    until: Instant,
    limit: Option<Instant>,
    pause: Duration,
}

impl Budget {
    fn new(start: &StartTransaction) -> Self {
        let (most, limit) = (Instant::now() + BUDGET, start.deadline());
        Self { until: limit.map_or(most, |limit| limit.min(most)), limit, pause: FIRST_PAUSE }
    }

    /// The body's result; when the time is up the body is dropped, and the transaction with it.
    async fn limited<B: Future>(&self, body: B, transaction: &Transaction) -> Result<B::Output> {
        let late = || Error::new(ErrorKind::Timeout, transaction.give_up());
        within(self.limit, body.map(Ok), late).await
    }

    /// Waits before the next attempt; `false` if there is no time for one.
    async fn pause(&mut self) -> bool {
        let pause = self.pause.mul_f64(random_share());
        self.pause = self.pause.mul_f64(1.5).min(LONGEST_PAUSE);
        if Instant::now() + pause >= self.until {
            return false;
        }
        tokio::time::sleep(pause).await;
        true
    }
}

impl<T, E> fmt::Debug for TransactionRun<'_, T, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TransactionRun")
    }
}
