//! Faults that come again and again while a test works.
//!
//! ```text
//! primary → step down, or kill → another primary → restart the killed one → pause ─┐
//!    ↑                                                                             │
//!    └────────────────────────────── until stopped ────────────────────────────────┘
//! ```

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use odm::error::Result;
use tokio::{sync::watch, task::JoinHandle, time::timeout};

use crate::set::OwnSet;

/// A task that makes faults; dropping it, too, ends it.
#[derive(Debug)]
#[must_use = "dropping it ends the faults"]
pub struct Faults {
    stop: watch::Sender<bool>,
    made: watch::Receiver<usize>,
    task: JoinHandle<()>,
}

impl Faults {
    /// The primary steps down (`replSetStepDown`), again and again with this pause.
    pub fn step_downs(set: &Arc<OwnSet>, pause: Duration) -> Self {
        let set = Arc::clone(set);
        Self::again(pause, move || step_down(Arc::clone(&set)))
    }

    /// The primary is killed (SIGKILL) and restarted when there is another one, again and again
    /// with this pause.
    pub fn kills(set: &Arc<OwnSet>, pause: Duration) -> Self {
        let set = Arc::clone(set);
        Self::again(pause, move || kill(Arc::clone(&set)))
    }

    /// How many were made until now.
    pub fn made(&self) -> usize {
        *self.made.borrow()
    }

    /// Waits until so many have been made.
    pub async fn at_least(&mut self, count: usize) {
        self.made.wait_for(|made| *made >= count).await.expect("faults");
    }

    /// Ends the faults, when the set has a primary and all its members again, and says how many
    /// were made.
    pub async fn stop(self) -> usize {
        self.stop.send_replace(true);
        self.task.await.expect("faults");
        *self.made.borrow()
    }

    fn again<F>(pause: Duration, fault: impl Fn() -> F + Send + 'static) -> Self
    where
        F: Future<Output = Result<()>> + Send,
    {
        let (stop, mut stopped) = watch::channel(false);
        let (count, made) = watch::channel(0);
        let task = tokio::spawn(async move {
            loop {
                match fault().await {
                    Ok(()) => count.send_modify(|made| *made += 1),
                    // No secondary was close enough to take over: another time.
                    Err(error) => eprintln!("no fault: {error}"),
                }
                if timeout(pause, stopped.wait_for(|stop| *stop)).await.is_ok() {
                    return;
                }
            }
        });
        Self { stop, made, task }
    }
}

async fn step_down(set: Arc<OwnSet>) -> Result<()> {
    set.step_down().await.map(drop)
}

async fn kill(set: Arc<OwnSet>) -> Result<()> {
    let primary = set.primary().await?;
    set.kill(primary).await?;
    set.primary().await?;
    set.restart(primary).await
}
