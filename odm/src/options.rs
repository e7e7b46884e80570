//! Option values: the driver's, and in a shorter form where it has one.

use std::time::Duration;

use mongodb::bson::Document;
pub use mongodb::options::{
    Acknowledgment, Collation, CollationStrength, CollectionOptions, Hint, ReadConcern,
    ReadConcernLevel, ReadPreferenceOptions, SelectionCriteria, WriteConcern,
};

use crate::error::{Error, Result};

/// Which members of a replica set may answer a read.
///
/// ```
/// use odm::options::ReadPreference;
/// use std::time::Duration;
///
/// let preference = ReadPreference::secondary().max_staleness(Duration::from_secs(90));
/// # let _ = preference;
/// ```
///
/// Manual: [read preference](https://www.mongodb.com/docs/manual/core/read-preference/).
#[derive(Clone, Debug, PartialEq)]
pub struct ReadPreference(mongodb::options::ReadPreference);

impl ReadPreference {
    /// The primary.
    pub fn primary() -> Self {
        Self(mongodb::options::ReadPreference::primary())
    }

    /// The primary, and a secondary when there is none.
    pub fn primary_preferred() -> Self {
        Self(mongodb::options::ReadPreference::primary_preferred(None))
    }

    /// A secondary.
    pub fn secondary() -> Self {
        Self(mongodb::options::ReadPreference::secondary(None))
    }

    /// A secondary, and the primary when there is none.
    pub fn secondary_preferred() -> Self {
        Self(mongodb::options::ReadPreference::secondary_preferred(None))
    }

    /// The member with the least latency.
    pub fn nearest() -> Self {
        Self(mongodb::options::ReadPreference::nearest(None))
    }

    /// Leaves out secondaries that lag behind further than this: at least 90 seconds, and at most 24
    /// days, which is what a longer time means. Nothing for [`primary`](Self::primary).
    #[must_use]
    pub fn max_staleness(mut self, lag: Duration) -> Self {
        if let Some(options) = self.options() {
            options.max_staleness = Some(lag.min(LONGEST_TIME));
        }
        self
    }

    /// Only members that have all the tags of a set; the first set that some member has counts.
    /// Nothing for [`primary`](Self::primary).
    #[must_use]
    pub fn tag_sets(mut self, sets: Vec<mongodb::options::TagSet>) -> Self {
        if let Some(options) = self.options() {
            options.tag_sets = Some(sets);
        }
        self
    }

    fn options(&mut self) -> Option<&mut ReadPreferenceOptions> {
        use mongodb::options::ReadPreference as Driver;
        match &mut self.0 {
            Driver::Secondary { options }
            | Driver::PrimaryPreferred { options }
            | Driver::SecondaryPreferred { options }
            | Driver::Nearest { options } => Some(options.get_or_insert_default()),
            _ => None,
        }
    }

    pub(crate) fn into_driver(self) -> mongodb::options::ReadPreference {
        self.0
    }
}

impl From<mongodb::options::ReadPreference> for ReadPreference {
    fn from(preference: mongodb::options::ReadPreference) -> Self {
        Self(preference)
    }
}

/// Whether the server would not answer a write at all.
pub(crate) fn is_unacknowledged(concern: &WriteConcern) -> bool {
    concern.w == Some(Acknowledgment::Nodes(0))
}

/// Checks a batch size, which is a 32-bit number for the server.
pub(crate) fn check_batch_size(size: Option<u32>) -> Result<()> {
    match size.is_some_and(|size| i32::try_from(size).is_err()) {
        true => Err(Error::invalid(format!("`batch_size` is at most {}", i32::MAX))),
        false => Ok(()),
    }
}

/// The longest time that the server can be told: its milliseconds are a 32-bit number.
pub(crate) const LONGEST_TIME: Duration = Duration::from_millis(i32::MAX.unsigned_abs() as u64);

/// Checks a time that is told to the server.
pub(crate) fn check_time(name: &str, time: Option<Duration>) -> Result<()> {
    match time.is_some_and(|time| time > LONGEST_TIME) {
        true => Err(Error::invalid(format!(
            "`{name}` is at most {} milliseconds, which is 24 days",
            LONGEST_TIME.as_millis()
        ))),
        false => Ok(()),
    }
}

/// An index to use: its name, or its key as a document.
pub trait IntoHint {
    /// The driver's form.
    fn into_hint(self) -> Hint;
}

impl IntoHint for Hint {
    fn into_hint(self) -> Hint {
        self
    }
}

impl IntoHint for &str {
    fn into_hint(self) -> Hint {
        Hint::Name(self.to_owned())
    }
}

impl IntoHint for String {
    fn into_hint(self) -> Hint {
        Hint::Name(self)
    }
}

impl IntoHint for Document {
    fn into_hint(self) -> Hint {
        Hint::Keys(self)
    }
}
