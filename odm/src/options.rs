//! Option values, as the driver has them.

pub use mongodb::options::{
    Acknowledgment, Collation, CollationStrength, CollectionOptions, Hint, ReadConcern,
    ReadConcernLevel, ReadPreference, ReadPreferenceOptions, SelectionCriteria, WriteConcern,
};
