//! Sessions for writes without one, kept for the next write.
//!
//! A write needs a session for its number. To start one, and to give it back, costs the driver a
//! task each time. So a session that got an answer is kept for a moment. It is given back soon: the
//! client cannot be shut down while a session is open.

use std::{
    fmt,
    sync::{Arc, Mutex},
    time::Duration,
};

use mongodb::{Client, ClientSession};
use tokio::{runtime::Handle, time::Instant};

use crate::support::locked;

/// How long a session is kept that nobody uses.
const KEPT: Duration = Duration::from_millis(500);

#[derive(Default)]
pub(crate) struct SessionPool(Mutex<State>);

#[derive(Default)]
struct State {
    /// The last one was used last.
    idle: Vec<Idle>,
    /// Whether a task gives sessions back.
    is_swept: bool,
}

struct Idle {
    session: ClientSession,
    number: Option<i64>,
    since: Instant,
}

/// A session that is used for nothing else meanwhile.
#[derive(Debug)]
pub(crate) struct PooledSession {
    /// `None` only while it is dropped.
    session: Option<ClientSession>,
    /// The last number that was used in it, if it is known.
    pub(crate) number: Option<i64>,
    /// Whether all that was sent in it was answered.
    pub(crate) is_settled: bool,
    pool: Arc<SessionPool>,
}

impl SessionPool {
    /// A session of the client; no round trip.
    pub(crate) async fn take(
        self: &Arc<Self>,
        client: &Client,
    ) -> mongodb::error::Result<PooledSession> {
        let kept = locked(&self.0).idle.pop();
        let (session, number) = match kept {
            Some(kept) => (kept.session, kept.number),
            None => (client.start_session().causal_consistency(false).await?, None),
        };
        Ok(PooledSession {
            session: Some(session),
            number,
            is_settled: false,
            pool: Arc::clone(self),
        })
    }

    fn put(self: &Arc<Self>, session: ClientSession, number: Option<i64>) {
        let Ok(handle) = Handle::try_current() else { return };
        let mut state = locked(&self.0);
        state.idle.push(Idle { session, number, since: Instant::now() });
        if !std::mem::replace(&mut state.is_swept, true) {
            handle.spawn(sweep(Sweeper(Arc::clone(self))));
        }
    }

    /// Gives back what nobody has used for a while. Whether something is left.
    fn give_back(&self) -> bool {
        let mut state = locked(&self.0);
        let fresh = state.idle.partition_point(|kept| kept.since.elapsed() >= KEPT);
        let old: Vec<_> = state.idle.drain(..fresh).collect();
        state.is_swept = !state.idle.is_empty();
        let is_left = state.is_swept;
        drop(state);
        drop(old);
        is_left
    }
}

/// The task that gives back sessions. It may end early, with its runtime.
struct Sweeper(Arc<SessionPool>);

impl Drop for Sweeper {
    fn drop(&mut self) {
        let mut state = locked(&self.0.0);
        state.is_swept &= state.idle.is_empty();
    }
}

async fn sweep(sweeper: Sweeper) {
    loop {
        tokio::time::sleep(KEPT).await;
        if !sweeper.0.give_back() {
            return;
        }
    }
}

impl PooledSession {
    pub(crate) fn driver(&mut self) -> &mut ClientSession {
        self.session.as_mut().expect("a session is taken out only when this is dropped")
    }
}

impl Drop for PooledSession {
    fn drop(&mut self) {
        if let Some(session) = self.session.take().filter(|_| self.is_settled) {
            self.pool.put(session, self.number);
        }
    }
}

impl fmt::Debug for SessionPool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionPool").field("idle", &locked(&self.0).idle.len()).finish()
    }
}
