//! Taking the lease, and opening the stream after the token.

use std::future::Future;

use futures::FutureExt;
use tokio::time::sleep;

use crate::{
    change_stream::{Opener, RawStream, ResumeToken},
    error::Result,
};

use super::{
    checkpoint::Places,
    consumer::{Consumer, Consuming, End, Ending, Reading, State},
    lease::Lease,
    metrics::Recorder,
    pause::Patience,
    stop::Stop,
    store::{Store, taken_over},
};

impl Consumer<'_> {
    /// Waits until the lease is free, and takes it. A consumer that had it before learns here
    /// whether another process has it now.
    pub(super) async fn wait(&mut self, had_it: bool) -> Result<State, End> {
        let Self { claim, opener, handler, stop, metrics, .. } = self;
        let mut patience = Patience::new(opener.give_up_after());
        loop {
            let taken = async {
                handler.check().await?;
                claim.take().await
            };
            let taken = tokio::select! {
                biased;
                () = stop.wanted() => return Err(End::Done),
                taken = taken => taken,
            };
            let pause = match taken {
                Ok(Some(lease)) => return Ok(State::Opening(lease, Reading::Batches)),
                Ok(None) if had_it => {
                    return Err(End::Failed(taken_over(&claim.store.consumer)));
                }
                Ok(None) => {
                    patience = Patience::new(opener.give_up_after());
                    sleep(claim.pause()).map(Ok).boxed()
                }
                Err(error) => {
                    metrics.failed(&error);
                    patience.bear(error).boxed()
                }
            };
            tokio::select! {
                biased;
                () = stop.wanted() => return Err(End::Done),
                done = pause => done.map_err(End::Failed)?,
            }
        }
    }

    /// Opens the stream; repeats that while the database has an outage.
    pub(super) async fn open(&mut self, mut lease: Lease, reading: Reading) -> State {
        let (store, opener, metrics) = (&self.claim.store, &self.opener, &self.metrics);
        let place = (store, lease.epoch);
        let attempts = Attempts { lease: &mut lease, stop: &mut self.stop, metrics, opener };
        let opened = attempts.until_done(|| opened(place, opener, reading, metrics)).await;
        match opened {
            Ok((stream, token)) => {
                let progress = Places::at(token);
                State::Consuming(Box::new(Consuming { lease, stream, reading, progress }))
            }
            Err(Ending::Failed(error)) => {
                let ending = self.ended_by(error, reading);
                self.leave(lease, None, ending)
            }
            Err(ending) => self.leave(lease, None, ending),
        }
    }
}

/// What is tried until it succeeds, while the lease is held and nobody wants the end.
pub(super) struct Attempts<'a> {
    pub(super) lease: &'a mut Lease,
    pub(super) stop: &'a mut Stop,
    pub(super) metrics: &'a Recorder,
    pub(super) opener: &'a Opener,
}

impl Attempts<'_> {
    /// The result of an attempt, which is repeated while the database has an outage.
    pub(super) async fn until_done<T, B>(self, mut attempt: impl FnMut() -> B) -> Result<T, Ending>
    where
        B: Future<Output = Result<T>>,
    {
        let mut patience = Patience::new(self.opener.give_up_after());
        let done = async {
            loop {
                match attempt().await {
                    Ok(done) => return Ok(done),
                    Err(error) => {
                        self.metrics.failed(&error);
                        patience.bear(error).await.map_err(Ending::of)?;
                    }
                }
            }
        };
        tokio::select! {
            biased;
            lost = self.lease.lost() => Err(lost.into()),
            () = self.stop.wanted() => Err(Ending::Wanted),
            done = done => done,
        }
    }
}

/// The stream, and the token that it starts after: the stored one. The first time it is the token
/// of this moment, which is stored before any event is handled.
async fn opened(
    (store, epoch): (&Store, u64),
    opener: &Opener,
    reading: Reading,
    metrics: &Recorder,
) -> Result<(RawStream, ResumeToken)> {
    let token = match store.load(epoch).await? {
        Some(token) => token,
        None => {
            let token = opener.start_token().await?;
            store.save(epoch, &token).await?;
            metrics.saved();
            token
        }
    };
    let stream = match reading {
        Reading::Batches => opener.open(token.clone()).await?,
        Reading::OneByOne => opener.open_one_by_one(token.clone()).await?,
    };
    Ok((stream, token))
}
