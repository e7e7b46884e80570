//! Option values, as the driver has them.

pub use mongodb::options::{
    Acknowledgment, Collation, CollationStrength, Hint, ReadConcern, ReadConcernLevel,
    ReadPreference, ReadPreferenceOptions, SelectionCriteria, WriteConcern,
};
