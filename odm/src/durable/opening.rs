//! Taking the lease, and opening the stream after the token.

use futures::FutureExt;
use tokio::time::sleep;

use crate::{
    change_stream::{Opener, RawStream, ResumeToken},
    error::Result,
};

use super::{
    checkpoint::Places,
    consumer::{Consumer, Consuming, End, Ending, State},
    lease::Lease,
    metrics::Recorder,
    pause::Patience,
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
                Ok(Some(lease)) => return Ok(State::Opening(lease)),
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
    pub(super) async fn open(&mut self, mut lease: Lease) -> State {
        let (epoch, mut patience) = (lease.epoch, Patience::new(self.opener.give_up_after()));
        let (store, opener, metrics) = (&self.claim.store, &self.opener, &self.metrics);
        let opened = async {
            loop {
                match opened((store, epoch), opener, metrics).await {
                    Ok(opened) => return Ok(opened),
                    Err(error) => {
                        metrics.failed(&error);
                        patience.bear(error).await.map_err(Ending::of)?;
                    }
                }
            }
        };
        let opened = tokio::select! {
            biased;
            lost = lease.lost() => Err(lost.into()),
            () = self.stop.wanted() => Err(Ending::Wanted),
            opened = opened => opened,
        };
        match opened {
            Ok((stream, token)) => {
                let progress = Places::at(token);
                State::Consuming(Box::new(Consuming { lease, stream, progress }))
            }
            Err(ending) => self.leave(lease, None, ending),
        }
    }
}

/// The stream, and the token that it starts after: the stored one. The first time it is the token
/// of this moment, which is stored before any event is handled.
async fn opened(
    (store, epoch): (&Store, u64),
    opener: &Opener,
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
    Ok((opener.open(token.clone()).await?, token))
}
