//! The options of a find, forwarded to the driver.

use std::time::Duration;

use crate::options::{ReadConcern, ReadPreference, SelectionCriteria};

use super::Find;

impl<M> Find<M> {
    /// Leaves out this many documents at the start.
    pub fn skip(mut self, documents: u64) -> Self {
        self.options.skip = Some(documents);
        self
    }

    /// Returns at most this many documents; 0 means no limit.
    pub fn limit(mut self, documents: u32) -> Self {
        self.options.limit = Some(documents.into());
        self
    }

    /// How many documents the server sends at a time.
    pub fn batch_size(mut self, documents: u32) -> Self {
        self.options.batch_size = Some(documents);
        self
    }

    /// Which members of the replica set may answer.
    pub fn read_preference(mut self, preference: impl Into<ReadPreference>) -> Self {
        let preference = preference.into().into_driver();
        self.options.selection_criteria = Some(SelectionCriteria::ReadPreference(preference));
        self
    }

    /// How durable the data that is read must be.
    pub fn read_concern(mut self, concern: ReadConcern) -> Self {
        self.options.read_concern = Some(concern);
        self
    }

    /// How long the server may work on one command (`maxTimeMS`).
    pub fn max_time(mut self, limit: Duration) -> Self {
        self.options.max_time = Some(limit);
        self
    }

    /// Whether a sort that needs more than 100 MB may use the server's disk.
    pub fn allow_disk_use(mut self, allow: bool) -> Self {
        self.options.allow_disk_use = Some(allow);
        self
    }

    /// Keeps the cursor open on the server, however long it is not used.
    pub fn no_cursor_timeout(mut self) -> Self {
        self.options.no_cursor_timeout = Some(true);
        self
    }
}
