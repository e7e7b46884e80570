//! Giving out what has come.

use mongodb::bson::RawDocument;

use crate::{
    cursor::Batch,
    error::{Error, Result},
};

use super::{
    super::{ResumeToken, fragments::Pushed, plan::token_of},
    Machine,
};

impl Machine {
    /// The token up to which the user has been given everything.
    pub(in crate::change_stream) fn resume_token(&self) -> Option<ResumeToken> {
        let Some(batch) = &self.batch else { return self.handled.before.clone() };
        let is_between = self.fragments.is_incomplete();
        let last = batch.last_document().filter(|_| !self.plan.policy.joins_fragments);
        let given = last.and_then(|last| token_of(RawDocument::from_bytes(last).ok()?));
        let whole = self.handled.whole.clone().filter(|_| self.is_read() && !is_between);
        whole.or(given).or_else(|| self.handled.before.clone())
    }

    fn is_read(&self) -> bool {
        self.notice.is_none() && self.batch.as_ref().is_none_or(Batch::is_read)
    }

    /// Gives the next event that is there already to `read`.
    pub(super) fn read<T>(
        &mut self,
        read: impl Fn(&RawDocument) -> Result<T>,
    ) -> Option<Result<T>> {
        if let Some(notice) = self.notice.take() {
            return Some(read(&notice));
        }
        loop {
            let event = self.batch.as_mut()?.next_document()?.map_err(Error::from);
            let event = event.and_then(|event| {
                RawDocument::from_bytes(event).map_err(|error| Error::invalid(error.to_string()))
            });
            let event = match event {
                Ok(event) => event,
                Err(error) => return Some(Err(error)),
            };
            if !self.plan.policy.joins_fragments {
                return Some(read(event));
            }
            match self.fragments.push(event) {
                Pushed::Incomplete => {}
                Pushed::Joined(whole) => {
                    self.handled.before = token_of(&whole);
                    return Some(read(&whole));
                }
                Pushed::Fault(error) => return Some(Err(error)),
            }
        }
    }
}
