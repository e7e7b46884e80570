//! One event: attempts, pauses, and what comes after the last one.

use mongodb::bson::RawDocument;
use tokio::time::sleep;

use crate::{change_stream::ResumeToken, support::Pauses};

use super::{
    consumer::{Consumer, Ending},
    dead_letter::Letter,
    handler::Failed,
    lease::{Lease, is_taken_over},
    pause::{LONGEST, Patience, may_pass},
};

impl Consumer<'_> {
    /// Gives the event to the handler, and after the last failure to the dead letters.
    ///
    /// ```text
    ///              ┌──── pause ◄── attempts left ──┐
    ///              ▼                               │
    /// event ──► attempt ── error ──────────────────┴─ none left ──► dead letter ──► next event
    ///              └─ ok ──► next event                       └──► stop
    /// ```
    pub(super) async fn handle(
        &mut self,
        event: &RawDocument,
        token: &ResumeToken,
        lease: &mut Lease,
    ) -> Result<(), Ending> {
        let mut pauses = Pauses::new(self.options.first_pause, LONGEST);
        for attempt in 1.. {
            let taken = self.handler.take(event, lease.epoch, token);
            let Err(failure) = lease.during(taken).await? else {
                self.metrics.handled(event);
                return Ok(());
            };
            self.metrics.refused(&failure.to_string());
            let failure = Self::unless_outage(failure, lease).await?;
            if failure.is_final() || attempt > self.options.retries {
                return self.give_up(event, token, (failure, attempt), lease).await;
            }
            self.pause(&mut pauses, lease).await?;
            self.metrics.retried();
        }
        Ok(())
    }

    /// The failure, if the event caused it and not the database. After an outage it is unknown
    /// whether the transaction was committed: the stored token tells.
    async fn unless_outage(failure: Failed, lease: &mut Lease) -> Result<Failed, Ending> {
        match failure {
            Failed::Error(error) if is_taken_over(&error) => Err(Ending::of(error)),
            Failed::Error(error) => {
                let mut patience = Patience::new(None);
                match lease.during(patience.bear(error)).await? {
                    Ok(()) => Err(Ending::Unsure),
                    Err(error) => Ok(Failed::Error(error)),
                }
            }
            refused => Ok(refused),
        }
    }

    async fn pause(&mut self, pauses: &mut Pauses, lease: &mut Lease) -> Result<(), Ending> {
        tokio::select! {
            biased;
            lost = lease.lost() => Err(lost.into()),
            () = self.stop.wanted() => Err(Ending::Wanted),
            () = sleep(pauses.next()) => Ok(()),
        }
    }

    async fn give_up(
        &mut self,
        event: &RawDocument,
        token: &ResumeToken,
        (failure, attempts): (Failed, u32),
        lease: &mut Lease,
    ) -> Result<(), Ending> {
        if self.letters.is_none() {
            return Err(failure.into());
        }
        let (consumer, error) = (self.claim.store.consumer.clone(), failure.to_string());
        let letter = Letter { consumer: &consumer, event, error: &error, attempts };
        self.bury(&letter, token, lease).await
    }

    /// Puts an event among the dead letters. Tries until it succeeds or the lease is lost.
    pub(super) async fn bury(
        &mut self,
        letter: &Letter<'_>,
        token: &ResumeToken,
        lease: &mut Lease,
    ) -> Result<(), Ending> {
        let Some(letters) = &self.letters else { return Ok(()) };
        let place = (lease.epoch, token);
        let mut patience = Patience::new(None);
        loop {
            let buried = self.handler.bury(letters, letter, place);
            match lease.during(buried).await? {
                Ok(()) => break,
                Err(error) if is_taken_over(&error) => return Err(Ending::of(error)),
                // The token may have been saved with the event.
                Err(error) if self.handler.saves() && may_pass(&error) => {
                    self.metrics.failed(&error);
                    return Err(Ending::Unsure);
                }
                Err(error) => {
                    self.metrics.failed(&error);
                    lease.during(patience.bear(error)).await?.map_err(Ending::of)?;
                }
            }
        }
        self.metrics.skipped(letter.event);
        Ok(())
    }
}
