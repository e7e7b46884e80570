//! The change stream, from the server to the hub.
//!
//! That it resumes when the connection breaks, the primary changes or the collection is dropped
//! is the stream's own business. What is left to do here is to number, to tell, and to remember.
//!
//! ```text
//!                                   ┌ floor: number 96, token T96     (fills the ring again)
//!   token file ── after a restart ──┤
//!                                   └ last: number 103, token T103    (if history is lost there)
//! ```

use std::{sync::Arc, time::Duration};

use odm::{
    ChangeStream, Collection, Database,
    change_stream::{FullDocument, OnHistoryLost, Watchable},
    prelude::ChangeEvent,
};
use tokio::time::{MissedTickBehavior, interval, timeout};

use crate::{
    Failure,
    describe::{Shown, describe, is_gap},
    hub::{Hub, Mark, Place, State},
    log,
    options::Options,
    stop::Stop,
    token_file::TokenFile,
};

/// A crash repeats the changes since then to nobody: they get the same numbers again.
const SAVE_EVERY: Duration = Duration::from_millis(250);
/// Closing the cursor takes no longer than this, be the server there or not.
const PATIENCE: Duration = Duration::from_secs(2);
/// The error of a command that only members of replica sets, and routers, take.
const NO_REPLICA_SET: i32 = 40573;

pub(crate) struct Watcher<M> {
    source: Source<M>,
    stream: ChangeStream<M>,
    hub: Arc<Hub>,
    file: Option<TokenFile>,
    saved: Option<Place>,
    /// Where to go on if what was before it is lost.
    last: Option<Place>,
}

/// What is watched.
struct Source<M> {
    collection: Collection<M>,
    full_document: FullDocument,
}

impl<M: Shown> Watcher<M> {
    /// When this returns, no change is missed any more.
    pub(crate) async fn open(
        options: &Options,
        db: &Database,
        hub: Arc<Hub>,
    ) -> Result<Self, Failure> {
        let collection = db.collection_named(&options.collection);
        let source = Source { collection, full_document: options.full_document };
        let file = options.token_file.as_ref();
        let file = file.map(|path| TokenFile::new(path, options.namespace()));
        let saved = match &file {
            Some(file) if !options.fresh => file.read()?,
            _ => None,
        };
        if let Some(saved) = &saved {
            log::info(format!("going on after change {}", saved.last.seq));
            hub.start_at(Place { last: saved.floor.clone(), ..saved.clone() });
        }
        let floor = saved.as_ref().map(|saved| &saved.floor);
        let stream = source.open(floor).await.map_err(explained)?;
        if saved.is_none() {
            let start = Mark { seq: 0, token: stream.resume_token() };
            let series = hub.series();
            hub.start_at(Place { series, floor: start.clone(), last: start });
        }
        let last = saved.clone().filter(|saved| saved.floor != saved.last);
        Ok(Self { source, stream, hub, file, saved, last })
    }

    /// Until it is stopped, or the stream ends.
    pub(crate) async fn run(mut self, stop: &Stop) -> Result<(), Failure> {
        let mut status = self.stream.status();
        let mut save = interval(SAVE_EVERY);
        save.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let result = loop {
            tokio::select! {
                event = self.stream.next() => match event {
                    Some(Ok(event)) if is_gap(&event) && self.last.is_some() => {
                        if let Err(error) = self.go_on_later().await {
                            break Err(error);
                        }
                        status = self.stream.status();
                    }
                    Some(Ok(event)) => self.tell(&event),
                    Some(Err(error)) => break Err(error.into()),
                    None => break Err("the change stream has ended".into()),
                },
                Ok(()) = status.changed() => {
                    let state = State::from(&*status.borrow_and_update());
                    log::info(format!("the stream is {}", state.name()));
                    self.hub.set_state(state);
                }
                _ = save.tick() => self.save().await,
                () = stop.requested() => break Ok(()),
            }
        };
        if let Err(error) = &result {
            self.hub.set_state(State::Ended { error: error.to_string() });
        }
        self.save().await;
        // A server that does not answer closes its cursors itself.
        drop(timeout(PATIENCE, self.stream.close()).await);
        result
    }

    fn tell(&mut self, event: &ChangeEvent<M>) {
        if is_gap(event) {
            self.hub.publish_gap("the server does not have these changes any more", event.token());
        } else {
            self.hub.publish(describe(event), event.meta().cluster_time, event.token());
        }
        self.hub.reached(self.stream.resume_token());
        let seq = self.hub.place().last.seq;
        log::debug(format!("change {seq}: {}", event.operation()));
        self.last.take_if(|last| last.last.seq <= seq);
    }

    /// What filled the ring is lost, but perhaps nothing that was not told before.
    async fn go_on_later(&mut self) -> Result<(), Failure> {
        let Some(place) = self.last.take() else { return Ok(()) };
        let later = self.source.open(Some(&place.last)).await?;
        std::mem::replace(&mut self.stream, later).close().await;
        self.hub.start_at(Place { floor: place.last.clone(), ..place });
        Ok(())
    }

    /// After all of it has been told, and not for each change.
    async fn save(&mut self) {
        self.hub.reached(self.stream.resume_token());
        let place = self.hub.place();
        let Some(file) = self.file.clone().filter(|_| self.saved.as_ref() != Some(&place)) else {
            return;
        };
        let copy = place.clone();
        let written = tokio::task::spawn_blocking(move || file.write(&copy)).await;
        match written {
            Ok(Ok(())) => self.saved = Some(place),
            Ok(Err(error)) => log::info(format!("the token file cannot be written: {error}")),
            Err(error) => log::info(error),
        }
    }
}

impl<M: Shown> Source<M> {
    async fn open(&self, after: Option<&Mark>) -> odm::Result<ChangeStream<M>> {
        let watch = M::watch()
            .full_document(self.full_document)
            .on_history_lost(OnHistoryLost::RestartFromNow)
            .continue_after_invalidate();
        let watch = match after.and_then(|mark| mark.token.clone()) {
            Some(token) => watch.start_after(token),
            None => watch,
        };
        watch.stream(&self.collection).await
    }
}

fn explained(error: odm::Error) -> Failure {
    match error.code() {
        Some(NO_REPLICA_SET) => {
            "change streams need a replica set, and this server is a standalone: start it with \
             --replSet and run rs.initiate() once"
                .into()
        }
        _ => error.into(),
    }
}
