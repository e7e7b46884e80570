//! Up to where events are handled, and up to where that is saved.

use tokio::time::Instant;

use crate::change_stream::ResumeToken;

use super::options::Options;

/// The two places of a consumer in the history.
pub(super) struct Places {
    /// Everything before it is handled.
    done: ResumeToken,
    saved: ResumeToken,
    /// Events that were handled since.
    unsaved: u64,
    /// When it was last checked whether there is something to save.
    since: Instant,
}

impl Places {
    pub(super) fn at(token: ResumeToken) -> Self {
        Self { done: token.clone(), saved: token, unsaved: 0, since: Instant::now() }
    }

    pub(super) fn done(&self) -> &ResumeToken {
        &self.done
    }

    /// One more event is handled.
    pub(super) fn handled(&mut self, token: ResumeToken) {
        self.done = token;
        self.unsaved += 1;
    }

    /// Everything before the token is handled.
    pub(super) fn moved(&mut self, token: Option<ResumeToken>) {
        if let Some(token) = token {
            self.done = token;
        }
    }

    pub(super) fn saved(&mut self) {
        self.saved.clone_from(&self.done);
        self.looked();
    }

    /// There was nothing to save.
    pub(super) fn looked(&mut self) {
        self.unsaved = 0;
        self.since = Instant::now();
    }

    pub(super) fn is_saved(&self) -> bool {
        self.done == self.saved
    }

    /// Whether enough events are handled, or enough time has passed, to save it now.
    pub(super) fn is_due(&self, options: &Options) -> bool {
        let is_time = self.due(options).is_some_and(|due| due <= Instant::now());
        self.unsaved >= options.checkpoint_events || is_time
    }

    /// When to check next; `None` if that is later than any clock can tell.
    pub(super) fn due(&self, options: &Options) -> Option<Instant> {
        let pause = match self.unsaved {
            0 => options.idle_checkpoint_after,
            _ => options.checkpoint_after,
        };
        self.since.checked_add(pause)
    }
}
