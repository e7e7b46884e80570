//! The lease: taken, renewed in the background, lost, given back.

use std::{future::Future, time::Duration};

use mongodb::bson::Uuid;
use tokio::{
    sync::{oneshot, watch},
    task::JoinHandle,
    time::{Instant, sleep, sleep_until, timeout, timeout_at},
};

use crate::{
    error::{Error, ErrorKind, Outcome, Result},
    support::jittered,
};

use super::{metrics::Recorder, pause::Patience, store::Store};

/// How long giving the lease back may take. Others can also wait until it runs out.
const PATIENCE: Duration = Duration::from_secs(5);
const RENEWAL_PAUSE: Duration = Duration::from_millis(100);

/// A lease that this process has. A task of its own renews it, independent of the handler.
///
/// ```text
/// held ── a third of the time has passed ──► renewing ── done ──► held
///                                              │  │
///            another epoch: taken over ◄───────┘  └─ nine tenths have passed ──► expired
/// ```
///
/// Our time starts on our monotonic clock before the renewing command is sent, so it ends before
/// the server's. Dropping the lease gives it back in the background. If the runtime of the task
/// ends, the lease has expired, because nobody renews it.
pub(super) struct Lease {
    pub(super) epoch: u64,
    held: watch::Receiver<Holding>,
    stop: Option<oneshot::Sender<()>>,
    task: Option<JoinHandle<()>>,
    claim: Claim,
}

#[derive(Clone, Copy, Debug)]
enum Holding {
    Until(Instant),
    TakenOver,
    Expired,
}

/// Why a lease is no longer held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lost {
    /// It was not renewed in time. It is unknown whether another process has it.
    Expired,
    /// Another process has it.
    TakenOver,
}

/// What a lease is taken with.
#[derive(Clone)]
pub(super) struct Claim {
    pub(super) store: Store,
    pub(super) owner: Uuid,
    pub(super) time: Duration,
    pub(super) metrics: Recorder,
}

impl Claim {
    /// Takes the lease; `None` if another process has it.
    pub(super) async fn take(&self) -> Result<Option<Lease>> {
        let sent = Instant::now();
        let acquired = timeout(self.time, self.store.acquire(self.owner, self.time)).await;
        let epoch = acquired.unwrap_or_else(|_| Err(self.unanswered()))?;
        Ok(epoch.map(|epoch| Lease::start(self.clone(), epoch, sent)))
    }

    /// The store says nothing, also nothing of another process.
    fn unanswered(&self) -> Error {
        let late = Error::new(ErrorKind::Timeout, Outcome::Unknown);
        late.during("take the lease of", &self.store.consumer)
    }

    /// Gives the lease back, and repeats that for a short time while the store is away.
    async fn give_back(&self, epoch: u64) {
        let mut patience = Patience::new(Some(PATIENCE));
        let released = async {
            while let Err(error) = self.store.release(epoch).await {
                self.metrics.failed(&error);
                if patience.bear(error).await.is_err() {
                    return;
                }
            }
        };
        drop(timeout(PATIENCE, released).await);
    }

    /// How long to wait before the next attempt to take it.
    pub(super) fn pause(&self) -> Duration {
        let pause = (self.time / 10).clamp(Duration::from_millis(20), Duration::from_secs(1));
        jittered(pause)
    }

    /// Until when a lease that began at an instant can be relied on.
    fn end(&self, began: Instant) -> Instant {
        began + self.time * 9 / 10
    }
}

impl Lease {
    fn start(claim: Claim, epoch: u64, sent: Instant) -> Self {
        claim.metrics.is_leader(true);
        let (sender, held) = watch::channel(Holding::Until(claim.end(sent)));
        let (stop, stopped) = oneshot::channel();
        let task = tokio::spawn(keep(claim.clone(), epoch, sent, (sender, stopped)));
        Self { epoch, held, stop: Some(stop), task: Some(task), claim }
    }

    /// Waits until the lease is lost.
    pub(super) async fn lost(&mut self) -> Lost {
        loop {
            let held = *self.held.borrow_and_update();
            match held {
                Holding::TakenOver => return Lost::TakenOver,
                Holding::Expired => return Lost::Expired,
                Holding::Until(end) if end <= Instant::now() => return Lost::Expired,
                Holding::Until(end) => {
                    if let Ok(Err(_)) = timeout_at(end, self.held.changed()).await {
                        return Lost::Expired;
                    }
                }
            }
        }
    }

    /// The result of the work. If the lease is lost before that, the work is dropped.
    pub(super) async fn during<T>(&mut self, work: impl Future<Output = T>) -> Result<T, Lost> {
        tokio::select! {
            biased;
            lost = self.lost() => Err(lost),
            done = work => Ok(done),
        }
    }

    /// Does nothing more for a lease that is lost. Its owner may take it again, and a late release
    /// would end that lease.
    pub(super) fn abandon(self) {
        if let Some(task) = &self.task {
            task.abort();
        }
    }

    /// Gives the lease back, and waits until that is done.
    pub(super) async fn release(mut self) {
        self.claim.metrics.is_leader(false);
        drop(self.stop.take());
        if let Some(task) = self.task.take()
            && task.await.is_err()
        {
            // Its runtime has ended.
            self.claim.give_back(self.epoch).await;
        }
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.claim.metrics.is_leader(false);
    }
}

/// The task: renews until it is told to stop, or until it is too late.
async fn keep(
    claim: Claim,
    epoch: u64,
    mut began: Instant,
    (held, mut stopped): (watch::Sender<Holding>, oneshot::Receiver<()>),
) {
    loop {
        let renewed = async {
            sleep_until(began + claim.time / 3).await;
            renew(&claim, epoch, claim.end(began)).await
        };
        let renewed = tokio::select! {
            biased;
            _ = &mut stopped => return claim.give_back(epoch).await,
            renewed = renewed => renewed,
        };
        match renewed {
            Ok(sent) => began = sent,
            Err(lost) => {
                held.send_replace(lost);
                return;
            }
        }
        held.send_replace(Holding::Until(claim.end(began)));
    }
}

/// Renews until it succeeds, and returns the moment before it was sent.
async fn renew(claim: &Claim, epoch: u64, end: Instant) -> Result<Instant, Holding> {
    loop {
        let sent = Instant::now();
        match timeout_at(end, claim.store.renew(epoch, claim.time)).await {
            Ok(Ok(())) => return Ok(sent),
            Ok(Err(error)) if is_taken_over(&error) => {
                return Err(Holding::TakenOver);
            }
            Ok(Err(error)) => claim.metrics.failed(&error),
            Err(_) => return Err(Holding::Expired),
        }
        sleep(RENEWAL_PAUSE.min(claim.time / 10)).await;
    }
}

/// Whether an error of the store says that another process took over.
pub(super) fn is_taken_over(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::TakenOver { .. })
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    };

    use tokio::sync::Notify;

    use super::{
        super::store::{StoreError, StoreResult, StoreTokens, TokenStore},
        *,
    };
    use crate::change_stream::ResumeToken;

    const PATIENCE: Duration = Duration::from_secs(20);

    /// A store whose first operations of a kind fail.
    #[derive(Default)]
    struct Failing {
        renewals: AtomicU32,
        releases: AtomicU32,
        is_taken_over: bool,
        done: Arc<Notify>,
    }

    impl Failing {
        /// The outage passes after this many failures.
        fn next(&self, failures: &AtomicU32) -> StoreResult<()> {
            if failures.load(Ordering::SeqCst) == 0 {
                self.done.notify_one();
                return Ok(());
            }
            failures.fetch_sub(1, Ordering::SeqCst);
            Err(Error::new(ErrorKind::Timeout, Outcome::Unknown).into())
        }
    }

    impl StoreTokens for Failing {
        async fn acquire(&self, _: &str, _: Uuid, _: Duration) -> StoreResult<Option<u64>> {
            Ok(Some(1))
        }

        async fn renew(&self, _: &str, _: u64, _: Duration) -> StoreResult<()> {
            match self.is_taken_over {
                true => Err(StoreError::TakenOver),
                false => self.next(&self.renewals),
            }
        }

        async fn load(&self, _: &str, _: u64) -> StoreResult<Option<ResumeToken>> {
            Ok(None)
        }

        async fn save(&self, _: &str, _: u64, _: &ResumeToken) -> StoreResult<()> {
            Ok(())
        }

        async fn release(&self, _: &str, _: u64) -> StoreResult<()> {
            self.next(&self.releases)
        }
    }

    async fn taken(store: Failing, time: Duration) -> Lease {
        let store = Store::new("mailer", &TokenStore::custom(store));
        let claim = Claim { store, owner: Uuid::new(), time, metrics: Recorder::new() };
        claim.take().await.unwrap().expect("a free lease")
    }

    #[tokio::test]
    async fn a_renewal_that_fails_is_tried_again_and_the_lease_is_held() {
        let store = Failing { renewals: AtomicU32::new(3), ..Failing::default() };
        let renewed = Arc::clone(&store.done);
        let mut lease = taken(store, Duration::from_secs(3)).await;
        let held = timeout(PATIENCE, lease.during(renewed.notified())).await;
        assert_eq!(held.expect("a renewal in time"), Ok(()));
    }

    /// It does not wait until its own time has passed.
    #[tokio::test]
    async fn a_renewal_tells_of_a_takeover_at_once() {
        let store = Failing { is_taken_over: true, ..Failing::default() };
        let mut lease = taken(store, Duration::from_millis(1500)).await;
        let lost = timeout(PATIENCE, lease.lost()).await;
        assert_eq!(lost.expect("a loss in time"), Lost::TakenOver);
    }

    #[tokio::test]
    async fn a_lease_is_given_back_when_the_store_answers_again() {
        let store = Failing { releases: AtomicU32::new(2), ..Failing::default() };
        let released = Arc::clone(&store.done);
        taken(store, Duration::from_secs(600)).await.release().await;
        let released = timeout(Duration::ZERO, released.notified()).await;
        assert!(released.is_ok(), "it has waited for that");
    }

    /// Nobody renews it any more.
    #[test]
    fn a_lease_whose_runtime_has_ended_has_expired() {
        let first = tokio::runtime::Runtime::new().unwrap();
        let mut lease = first.block_on(taken(Failing::default(), Duration::from_secs(600)));
        drop(first);
        let second = tokio::runtime::Runtime::new().unwrap();
        let lost = second.block_on(async { timeout(PATIENCE, lease.lost()).await });
        assert_eq!(lost.expect("a loss in time"), Lost::Expired);
    }
}
