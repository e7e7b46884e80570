//! The end: asked for once, seen by all.

use std::{io, sync::Arc};

use tokio::{
    signal::unix::{SignalKind, signal},
    sync::watch,
};

/// Whether the program is to end. Clones are the same.
#[derive(Clone)]
pub(crate) struct Stop(Arc<watch::Sender<bool>>);

impl Stop {
    /// Asked for by SIGINT and SIGTERM.
    pub(crate) fn on_signals() -> io::Result<Self> {
        let stop = Self(Arc::new(watch::Sender::new(false)));
        for kind in [SignalKind::interrupt(), SignalKind::terminate()] {
            let (mut signal, stop) = (signal(kind)?, stop.clone());
            tokio::spawn(async move {
                signal.recv().await;
                stop.now();
            });
        }
        Ok(stop)
    }

    pub(crate) fn now(&self) {
        self.0.send_replace(true);
    }

    pub(crate) async fn requested(&self) {
        // It fails only when there is no sender, and we hold one.
        drop(self.0.subscribe().wait_for(|stop| *stop).await);
    }
}
