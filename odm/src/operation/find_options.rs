//! The options of a find, forwarded to the driver.

use std::time::Duration;

use mongodb::bson::{Bson, Document};

use crate::options::{Collation, IntoHint, ReadConcern, ReadPreference, SelectionCriteria};

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

    /// The index to use, by name or by key.
    pub fn hint(mut self, hint: impl IntoHint) -> Self {
        self.options.hint = Some(hint.into_hint());
        self
    }

    /// How strings are compared.
    pub fn collation(mut self, collation: Collation) -> Self {
        self.options.collation = Some(collation);
        self
    }

    /// A comment for the server's logs and profiler.
    pub fn comment(mut self, comment: impl Into<Bson>) -> Self {
        self.options.comment = Some(comment.into());
        self
    }

    /// Variables that `$expr` refers to as `$$name`.
    #[doc(alias = "let")]
    pub fn let_vars(mut self, variables: Document) -> Self {
        self.options.let_vars = Some(variables);
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

    /// How long the operation may take, waiting for a server and for its session included; for a
    /// stream, how long each step may take. The server is told the time that is left (`maxTimeMS`).
    pub fn timeout(mut self, limit: Duration) -> Self {
        self.timeout = Some(limit);
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
