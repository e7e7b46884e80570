//! Events that are larger than a document can be: the server cannot send them.
//!
//! Such an event fails the whole reply, also the events before it. So its place is found by reading
//! one event at a time. Then the server is asked for its key alone, and it becomes a dead letter.

use crate::{
    change_stream::ResumeToken,
    error::{ChangeStreamFailure, Error, ErrorKind},
};

use super::{
    checkpoint::Places,
    consumer::{Consumer, Ending, Reading, State},
    dead_letter::Letter,
    lease::Lease,
    opening::Attempts,
};

impl Consumer<'_> {
    /// How consuming ends by an error of the stream.
    pub(super) fn ended_by(&self, error: Error, reading: Reading) -> Ending {
        match self.letters.is_some() && is_too_large(&error) {
            true => Ending::TooLarge(reading, error),
            false => Ending::of(error),
        }
    }

    /// Puts the first event after the token among the dead letters, and goes past it.
    pub(super) async fn pass(&mut self, mut lease: Lease, error: &Error) -> State {
        match self.passed(&mut lease, error).await {
            Ok(()) => State::Opening(lease, Reading::Batches),
            Err(ending) => self.leave(lease, None, ending),
        }
    }

    async fn passed(&mut self, lease: &mut Lease, error: &Error) -> Result<(), Ending> {
        let (store, opener, epoch) = (&self.claim.store, &self.opener, lease.epoch);
        let attempts = Attempts { lease, stop: &mut self.stop, metrics: &self.metrics, opener };
        let outlined = || async move {
            let Some(before) = store.load(epoch).await? else { return Ok(None) };
            let outline = opener.outline(before.clone()).await?;
            Ok(outline.map(|outline| (before, outline)))
        };
        let Some((before, outline)) = attempts.until_done(outlined).await? else {
            return Ok(());
        };
        let Ok(token) = outline.get_document("_id").map(ToOwned::to_owned) else { return Ok(()) };
        let (token, text) = (ResumeToken::from_raw(token), error.to_string());
        let consumer = self.claim.store.consumer.clone();
        let letter = Letter { consumer: &consumer, event: &outline, error: &text, attempts: 0 };
        self.bury(&letter, &token, lease).await?;
        let mut progress = Places::at(before);
        progress.handled(token);
        match self.handler.saves() {
            true => Ok(()),
            false => self.save(lease, &mut progress).await,
        }
    }
}

fn is_too_large(error: &Error) -> bool {
    use ChangeStreamFailure::TooLarge;
    matches!(error.kind(), ErrorKind::ChangeStream { failure: TooLarge, .. })
}
