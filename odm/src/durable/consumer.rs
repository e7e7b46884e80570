//! The state machine of a durable consumer.

use tokio::time::{Instant, sleep_until};

use crate::{
    change_stream::{Opener, RawStream},
    error::Error,
};

use super::{
    checkpoint::Places,
    dead_letter::DeadLetters,
    ground::Ground,
    handler::{Failed, Handler},
    lease::{Claim, Lease, Lost, is_taken_over},
    metrics::Recorder,
    options::Options,
    pause::Patience,
    stop::Stop,
    store::{late, taken_over},
};

/// A durable consumer without types.
///
/// ```text
///    ┌──────────── the lease was not renewed in time ─────────────────┐
///    ▼                                                                 │
/// waiting ── lease taken ──► opening ── stream open ──► consuming ─────┤
///    │                        │ │ ▲ ▲                    │  │  │       │
///    │                        │ │ │ └─ a commit of ──────┤  │  │ another process took over
///    │ stop, or another       │ │ │    unknown outcome,   │  │  │
///    │ process has the        │ │ │    an event too large │  │  │
///    │ lease that was ours    │ ▼ │ dead letter           │  │  │
///    │                        │ passing ◄── again: its ───┘  │  │
///    │                        │             place is known   │  │
///    │                        ▼                              ▼  │
///    │                     stopping ◄── stop, error, end ────┘  │
///    │                        │ last checkpoint, lease back     │
///    ▼                        ▼                                 ▼
///  ended ◄────────────────────┴─────────────────────────────────┘
/// ```
///
/// A lease can be lost, and an end wanted, in opening and passing too. When the runtime ends, any
/// state is left for waiting in the next one.
///
/// Dropping it in any state is safe: a token is saved only when every event before it is handled,
/// and the lease is given back.
pub(super) struct Consumer<'a> {
    pub(super) claim: Claim,
    pub(super) opener: Opener,
    pub(super) handler: Handler<'a>,
    pub(super) letters: Option<DeadLetters>,
    pub(super) options: Options,
    pub(super) stop: Stop,
    pub(super) metrics: Recorder,
}

pub(super) enum State {
    /// Another process has the lease, or the store does not answer.
    Waiting {
        had_it: bool,
    },
    Opening(Lease, Reading),
    Consuming(Box<Consuming>),
    /// The first event after the token is too large.
    Passing(Lease, Error),
    Stopping(Box<Stopping>),
}

/// How many events the server sends at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reading {
    Batches,
    /// To find the place of an event that is too large.
    OneByOne,
}

pub(super) struct Consuming {
    pub(super) lease: Lease,
    pub(super) stream: RawStream,
    pub(super) reading: Reading,
    pub(super) progress: Places,
}

pub(super) struct Stopping {
    lease: Lease,
    progress: Option<Places>,
    end: End,
}

/// How `run` ends.
pub(super) enum End {
    Done,
    /// With the handler's error.
    Refused,
    Failed(Error),
}

/// Why consuming ends.
pub(super) enum Ending {
    /// The user wants the consumer to end.
    Wanted,
    /// The stream is at its end: what is watched is gone.
    Finished,
    Refused,
    Failed(Error),
    Lost(Lost),
    /// It is unknown how far the token was moved.
    Unsure,
    /// An event is too large, and there are dead letters. Everything before it is saved.
    TooLarge(Reading, Error),
}

impl From<Lost> for Ending {
    fn from(lost: Lost) -> Self {
        Self::Lost(lost)
    }
}

impl From<Failed> for Ending {
    fn from(failure: Failed) -> Self {
        match failure {
            Failed::Refused(_) => Self::Refused,
            Failed::Error(error) => Self::of(error),
        }
    }
}

impl Ending {
    pub(super) fn of(error: Error) -> Self {
        match is_taken_over(&error) {
            true => Self::Lost(Lost::TakenOver),
            false => Self::Failed(error),
        }
    }
}

impl State {
    fn has_or_had_the_lease(&self) -> bool {
        !matches!(self, Self::Waiting { had_it: false })
    }
}

impl Consumer<'_> {
    /// One step after the other. When the runtime ends, what was begun in it is dropped, unpolled.
    pub(super) async fn run(mut self) -> End {
        let (mut ground, mut state) = (Ground::here(), State::Waiting { had_it: false });
        loop {
            let had_it = state.has_or_had_the_lease();
            let next = tokio::select! {
                biased;
                () = ground.gone() => None,
                next = self.step(state) => Some(next),
            };
            state = match next {
                Some(Ok(next)) => next,
                Some(Err(end)) => return end,
                None => {
                    ground = Ground::here();
                    State::Waiting { had_it }
                }
            };
        }
    }

    /// One step of the drawing above.
    async fn step(&mut self, state: State) -> Result<State, End> {
        match state {
            State::Waiting { had_it } => self.wait(had_it).await,
            State::Opening(lease, reading) => Ok(self.open(lease, reading).await),
            State::Passing(lease, error) => Ok(self.pass(lease, &error).await),
            State::Consuming(consuming) => Ok(self.consume(*consuming).await),
            State::Stopping(stopping) => Err(self.finish(*stopping).await),
        }
    }

    async fn consume(&mut self, mut consuming: Consuming) -> State {
        loop {
            if let Err(ending) = self.turn(&mut consuming).await {
                return self.leave(consuming.lease, Some(consuming.progress), ending);
            }
        }
    }

    /// Handles one event, or checks whether there is something to save.
    async fn turn(&mut self, consuming: &mut Consuming) -> Result<(), Ending> {
        let Consuming { lease, stream, reading, progress } = consuming;
        let event = tokio::select! {
            biased;
            lost = lease.lost() => return Err(lost.into()),
            () = self.stop.wanted() => {
                progress.moved(stream.resume_token());
                return Err(Ending::Wanted);
            }
            () = reached(progress.due(&self.options)) => {
                progress.moved(stream.resume_token());
                return self.save(lease, progress).await;
            }
            event = stream.next() => event,
        };
        let event = match event {
            Some(Ok(event)) => event,
            Some(Err(error)) => {
                let ending = self.ended_by(error, *reading);
                if matches!(ending, Ending::TooLarge(..)) {
                    self.save(lease, progress).await?;
                }
                return Err(ending);
            }
            None => return Err(Ending::Finished),
        };
        let token = stream.resume_token().unwrap_or_else(|| progress.done().clone());
        self.handle(&event, &token, lease).await?;
        progress.handled(token);
        if self.handler.saves() {
            progress.saved();
            self.metrics.saved();
        } else if progress.is_due(&self.options) {
            self.save(lease, progress).await?;
        }
        Ok(())
    }

    /// Makes a checkpoint, if there is something to save. Tries until it succeeds or the lease is
    /// lost.
    pub(super) async fn save(
        &mut self,
        lease: &mut Lease,
        progress: &mut Places,
    ) -> Result<(), Ending> {
        let (epoch, mut patience) = (lease.epoch, Patience::new(None));
        while !progress.is_saved() {
            match lease.during(self.claim.store.save(epoch, progress.done())).await? {
                Ok(()) => {
                    progress.saved();
                    self.metrics.saved();
                }
                Err(error) => {
                    self.metrics.failed(&error);
                    lease.during(patience.bear(error)).await?.map_err(Ending::of)?;
                }
            }
        }
        progress.looked();
        Ok(())
    }

    /// The state after consuming.
    pub(super) fn leave(&self, lease: Lease, progress: Option<Places>, ending: Ending) -> State {
        let end = match ending {
            Ending::Lost(Lost::Expired) => {
                lease.abandon();
                return State::Waiting { had_it: true };
            }
            Ending::Unsure => return State::Opening(lease, Reading::Batches),
            Ending::TooLarge(Reading::Batches, _) => {
                return State::Opening(lease, Reading::OneByOne);
            }
            Ending::TooLarge(Reading::OneByOne, error) => return State::Passing(lease, error),
            Ending::Lost(Lost::TakenOver) => {
                let end = End::Failed(taken_over(&self.claim.store.consumer));
                return State::Stopping(Box::new(Stopping { lease, progress: None, end }));
            }
            Ending::Wanted | Ending::Finished => End::Done,
            Ending::Refused => End::Refused,
            Ending::Failed(error) => End::Failed(error),
        };
        State::Stopping(Box::new(Stopping { lease, progress, end }))
    }

    /// Makes the last checkpoint, and gives the lease back.
    async fn finish(&mut self, stopping: Stopping) -> End {
        let Stopping { mut lease, progress, mut end } = stopping;
        if let Some(mut progress) = progress
            && let Err(ending) = self.save(&mut lease, &mut progress).await
            && matches!(end, End::Done)
        {
            end = End::Failed(match ending {
                Ending::Failed(error) => error,
                Ending::Lost(Lost::TakenOver) => taken_over(&self.claim.store.consumer),
                _ => late("the last token could not be saved before the lease ran out"),
            });
        }
        lease.release().await;
        if let End::Failed(error) = &end {
            self.metrics.failed(error);
        }
        end
    }
}

async fn reached(moment: Option<Instant>) {
    match moment {
        Some(moment) => sleep_until(moment).await,
        None => std::future::pending().await,
    }
}
