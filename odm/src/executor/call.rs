//! One operation that is running: in its session, within its time limit, never interrupted
//! half-way.

use std::{
    future::{Future, poll_fn},
    pin::{Pin, pin},
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use futures::future::{BoxFuture, FutureExt};
use mongodb::ClientSession;
use tokio::{runtime::Handle, time::Instant};

use crate::{
    error::{Access, Error, ErrorKind, Outcome, Result, TransactionFailure},
    options::LONGEST_TIME,
};

use super::{
    RawCollection, Target,
    deployment::Deployment,
    sending::{Attempt, Sending, TooLate},
    shared::{Held, TransactionState},
    troubles::Lasting,
};

/// Calls a driver's action, in the call's session if it has one.
macro_rules! in_session {
    ($call:ident, $action:expr) => {{
        let action = $action;
        match $call.session() {
            Some(session) => action.session(session).await,
            None => action.await,
        }
    }};
}
pub(crate) use in_session;

/// What a call is for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Purpose {
    pub(crate) access: Access,
    /// As in `insert into`: the namespace follows.
    pub(crate) operation: &'static str,
    /// The operation's own limit; the session may have one too.
    pub(crate) timeout: Option<Duration>,
}

impl Purpose {
    /// The error when the time is up and no answer has come.
    pub(crate) fn late(&self, target: &Target) -> Error {
        describe(timed_out(self.access.silence()), self, target)
    }

    pub(crate) const fn new(access: Access, operation: &'static str) -> Self {
        Self { access, operation, timeout: None }
    }
}

/// One operation that is running. If it runs in a session, it holds the session.
///
/// ```text
/// begin: wait for the session ──► run ──► settle: an error dooms the transaction
///        (dropped: nothing sent)   └─► dropped: ends in the background, the transaction is doomed
/// ```
pub(crate) struct Call {
    target: Target,
    purpose: Purpose,
    deadline: Option<Instant>,
    held: Option<Held>,
    sending: Sending,
}

impl Call {
    /// Waits until the session is free. Nothing is sent yet, so dropping this future is harmless.
    pub(crate) async fn begin(target: Target, purpose: Purpose) -> Result<Self> {
        let deadline = target.deadline(purpose.timeout);
        let held = match &target.link {
            None => None,
            Some(link) => {
                let held = within(deadline, link.hold(), || timed_out(Outcome::NotSent));
                Some(held.await.map_err(|error| describe(error, &purpose, &target))?)
            }
        };
        Ok(Self { target, purpose, deadline, held, sending: Sending::default() })
    }

    pub(crate) fn target(&self) -> &Target {
        &self.target
    }

    pub(crate) fn collection(&self) -> RawCollection {
        self.target.collection()
    }

    pub(crate) fn session(&mut self) -> Option<&mut ClientSession> {
        self.held.as_mut().map(Held::driver)
    }

    /// Whether the call is part of a transaction.
    pub(crate) fn is_in_transaction(&self) -> bool {
        self.held.as_ref().is_some_and(|held| held.transaction().is_some())
    }

    /// Whether the session orders what is done in it.
    pub(crate) fn is_causal(&self) -> bool {
        self.held.as_ref().is_some_and(Held::is_causal)
    }

    pub(crate) fn deployment(&self) -> Arc<Deployment> {
        Arc::clone(&self.target.deployment)
    }

    /// The next command begins; until it is sent, nothing of it can have been applied.
    pub(crate) fn next_command(&self) {
        self.sending.reset();
    }

    /// The sending of a command, for the first or the second time.
    pub(crate) fn attempt(&self) -> Attempt {
        self.sending.attempt(self.deadline)
    }

    /// The error for a command that was not waited for.
    pub(crate) fn too_late(&self, late: TooLate) -> Error {
        match late.is_sent {
            true if self.is_in_transaction() => timed_out(Outcome::NotApplied),
            true => timed_out(self.purpose.access.silence()),
            false => timed_out(Outcome::NotSent).with_trouble(self.target.deployment.trouble()),
        }
    }

    /// Whether the time is up.
    pub(crate) fn is_late(&self) -> bool {
        self.deadline.is_some_and(|until| until <= Instant::now())
    }

    /// How long the server may work. A tenth of the time, at most 100 ms, is kept for its answer:
    /// "not applied" tells more than no answer.
    pub(crate) fn max_time(&self) -> Option<Duration> {
        let remaining = self.deadline?.saturating_duration_since(Instant::now());
        let server = remaining - (remaining / 10).min(Duration::from_millis(100));
        Some(server.clamp(Duration::from_millis(1), LONGEST_TIME))
    }

    /// Runs commands of our own, each an [`attempt`](Self::attempt). When this future is dropped, or
    /// the time is up, a command that was sent goes on to its end in the background, if it is in a
    /// session or has a time limit. What was not sent is not sent any more.
    pub(crate) async fn run_attempts<T, W>(self, work: impl FnOnce(Self) -> W) -> Result<T>
    where
        T: Send + 'static,
        W: Future<Output = Result<T>> + Send + 'static,
    {
        let sending = self.sending.clone();
        self.run_until(work, move || sending.is_sent()).await
    }

    /// Runs actions of the driver's. When this future is dropped, or the time is up, they go on to
    /// their end in the background, if they are in a session or are writes with a time limit.
    pub(crate) async fn run<T, W>(self, work: impl FnOnce(Self) -> W) -> Result<T>
    where
        T: Send + 'static,
        W: Future<Output = Result<T>> + Send + 'static,
    {
        self.run_until(work, || true).await
    }

    async fn run_until<T, W>(
        self,
        work: impl FnOnce(Self) -> W,
        is_sent: impl Fn() -> bool,
    ) -> Result<T>
    where
        T: Send + 'static,
        W: Future<Output = Result<T>> + Send + 'static,
    {
        let Self { purpose, deadline, .. } = self;
        let (target, sending) = (self.target.clone(), self.sending.clone());
        let unanswered = || unanswered(&purpose, &target, is_sent());
        if self.held.is_none() && deadline.is_none() {
            return hopeful(work(self), (&target, &sending), unanswered).await;
        }
        let keeps_on = self.held.is_some() || purpose.access != Access::Read;
        let transaction = self.held.as_ref().and_then(Held::transaction).cloned();
        let handle = Handle::try_current().ok().filter(|_| keeps_on);
        let work = Some(work(self).boxed());
        let place = (purpose.operation, target.clone());
        let unfinished = Unfinished { work, transaction, place, handle, sending: sending.clone() };
        let hopeful = hopeful(unfinished, (&target, &sending), unanswered);
        let late = || {
            let late = timed_out(unanswered()).with_trouble(target.deployment.trouble());
            describe(late, &purpose, &target)
        };
        within(deadline, hopeful, late).await.map_err(|error| describe(error, &purpose, &target))
    }

    /// The end of the operation, as the driver reports it.
    pub(crate) fn settle<T>(self, result: mongodb::error::Result<T>) -> Result<T> {
        let access = self.purpose.access;
        self.conclude(result.map_err(|error| Error::from_driver(error, access)))
    }

    /// The end of the operation; a failure that the server has seen ends the transaction too.
    pub(crate) fn conclude<T>(self, result: Result<T>) -> Result<T> {
        let result = result.map_err(|error| {
            let error = match error.found_no_server() {
                true => error.with_trouble(self.target.deployment.trouble()),
                false => error,
            };
            describe(error, &self.purpose, &self.target)
        });
        if let (Err(error), Some(held)) = (&result, &self.held)
            && let Some(transaction) = held.transaction()
        {
            transaction.note(error);
        }
        result
    }
}

/// What is known of an operation that has not ended.
fn unanswered(purpose: &Purpose, target: &Target, is_sent: bool) -> Outcome {
    match purpose.access {
        Access::Read => Outcome::NotApplied,
        _ if !is_sent => Outcome::NotSent,
        // The transaction is aborted.
        _ if target.is_in_transaction() => Outcome::NotApplied,
        access => access.silence(),
    }
}

/// The work's result, or an error as soon as no member can be used, for a reason that will not
/// pass, and nothing was sent.
async fn hopeful<T>(
    work: impl Future<Output = Result<T>>,
    (target, sending): (&Target, &Sending),
    unanswered: impl Fn() -> Outcome,
) -> Result<T> {
    let (mut work, mut lasting) = (pin!(work), pin!(target.deployment.lasting_trouble()));
    poll_fn(|context| {
        let done = work.as_mut().poll(context);
        if done.is_ready() || sending.has_begun() {
            return done;
        }
        lasting.as_mut().poll(context).map(|trouble| {
            sending.end_hope();
            Err(hopeless(trouble, unanswered()))
        })
    })
    .await
}

fn hopeless(trouble: Lasting, outcome: Outcome) -> Error {
    let kind = match trouble.is_refusal {
        true => ErrorKind::Unauthorized(trouble.text),
        false => ErrorKind::Unavailable(format!("no server can be used: {}", trouble.text)),
    };
    Error::new(kind, outcome)
}

fn describe(error: Error, purpose: &Purpose, target: &Target) -> Error {
    error.during(purpose.operation, &target.namespace())
}

fn timed_out(outcome: Outcome) -> Error {
    Error::new(ErrorKind::Timeout, outcome)
}

/// The future's result, or the error when the time is up. If both are ready, the result counts.
pub(crate) async fn within<T>(
    deadline: Option<Instant>,
    future: impl Future<Output = Result<T>>,
    late: impl FnOnce() -> Error,
) -> Result<T> {
    match deadline {
        None => future.await,
        Some(at) => tokio::time::timeout_at(at, future).await.unwrap_or_else(|_| Err(late())),
    }
}

/// An operation that goes on in the background if it is dropped.
struct Unfinished<T: Send + 'static> {
    work: Option<BoxFuture<'static, Result<T>>>,
    transaction: Option<Arc<TransactionState>>,
    /// What it does and where, for the error.
    place: (&'static str, Target),
    handle: Option<Handle>,
    sending: Sending,
}

impl<T: Send + 'static> Future for Unfinished<T> {
    type Output = Result<T>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.get_mut();
        // Taken out, so that work that panics is not polled again.
        let Some(mut work) = this.work.take() else { return Poll::Pending };
        let done = work.poll_unpin(context);
        if done.is_pending() {
            this.work = Some(work);
        }
        done
    }
}

impl<T: Send + 'static> Drop for Unfinished<T> {
    fn drop(&mut self) {
        let Some(work) = self.work.take() else { return };
        if let Some(transaction) = &self.transaction {
            let (operation, target) = &self.place;
            let operation = format!("{operation} {}", target.namespace());
            transaction.doom(TransactionFailure::Unfinished { operation });
        }
        self.sending.give_up();
        if let Some(handle) = self.handle.as_ref().filter(|_| !self.sending.is_hopeless()) {
            drop(handle.spawn(work));
        }
    }
}
