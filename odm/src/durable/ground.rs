//! The runtime that a consumer works in.

use std::future::pending;

use tokio::task::JoinHandle;

/// Tells when a runtime has ended. Timers and tasks of it are of no use then: polling such a timer
/// panics.
pub(super) struct Ground(JoinHandle<()>);

impl Ground {
    /// The runtime of this moment.
    pub(super) fn here() -> Self {
        Self(tokio::spawn(pending()))
    }

    /// Waits until it has ended.
    pub(super) async fn gone(&mut self) {
        drop((&mut self.0).await);
    }
}

impl Drop for Ground {
    fn drop(&mut self) {
        self.0.abort();
    }
}
