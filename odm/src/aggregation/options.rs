//! The options of an aggregation.

use std::time::Duration;

use mongodb::options::AggregateOptions;

use crate::{
    common_options::{CommonOptions, setters},
    error::Result,
    options::{ReadConcern, ReadPreference, SelectionCriteria, check_batch_size, check_time},
};

use super::Pipeline;

/// The options of a pipeline.
#[derive(Clone, Debug, Default)]
pub(super) struct Options {
    driver: AggregateOptions,
    pub(super) common: CommonOptions,
}

impl Options {
    /// All options, as the driver has them.
    pub(super) fn for_driver(&self) -> Result<AggregateOptions> {
        check_batch_size(self.driver.batch_size)?;
        check_time("max_time", self.driver.max_time)?;
        let CommonOptions { statement, command, .. } = self.common.clone();
        let mut options = self.driver.clone();
        options.hint = statement.hint;
        options.collation = statement.collation;
        options.comment = command.comment;
        options.let_vars = command.let_vars;
        options.write_concern = command.write_concern;
        Ok(options)
    }
}

impl<In, D> Pipeline<In, D> {
    /// How many rows the server sends at a time.
    pub fn batch_size(mut self, rows: u32) -> Self {
        self.options.driver.batch_size = Some(rows);
        self
    }

    /// Which members of the replica set may answer.
    pub fn read_preference(mut self, preference: impl Into<ReadPreference>) -> Self {
        let preference = preference.into().into_driver();
        self.options.driver.selection_criteria =
            Some(SelectionCriteria::ReadPreference(preference));
        self
    }

    /// How durable the data that is read must be.
    pub fn read_concern(mut self, concern: ReadConcern) -> Self {
        self.options.driver.read_concern = Some(concern);
        self
    }

    /// How long the server may work on one command (`maxTimeMS`).
    pub fn max_time(mut self, limit: Duration) -> Self {
        self.options.driver.max_time = Some(limit);
        self
    }

    /// Whether a stage that needs more than 100 MB may use the server's disk.
    pub fn allow_disk_use(mut self, allow: bool) -> Self {
        self.options.driver.allow_disk_use = Some(allow);
        self
    }

    fn common_options(&mut self) -> &mut CommonOptions {
        &mut self.options.common
    }
}

setters!(impl[In, D] Pipeline<In, D> { hint, collation, comment, let_vars, timeout });
