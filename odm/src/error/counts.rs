//! What a bulk has done, in numbers.

use std::{iter::Sum, ops::AddAssign};

/// The counts of a bulk, whether it succeeded or not; those of several bulks can be added up.
///
/// ```no_run
/// use odm::{error::BulkCounts, prelude::*};
///
/// #[derive(Model)]
/// #[model(collection = "readings")]
/// struct Reading {
///     #[model(id)]
///     id: i64,
/// }
///
/// # async fn run(db: odm::Database, readings: Vec<Reading>) -> odm::Result<()> {
/// let mut total = BulkCounts::default();
/// for readings in readings.chunks(1000) {
///     total += Reading::bulk().insert_many(readings).run(&db).await?.counts();
/// }
/// println!("{} readings are in", total.inserted);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct BulkCounts {
    /// How many documents were inserted.
    pub inserted: u64,
    /// How many documents the filters of updates and replacements matched.
    pub matched: u64,
    /// How many were changed by them: a value written over an equal one is no change.
    pub modified: u64,
    /// How many documents upserts inserted.
    pub upserted: u64,
    /// How many documents were removed.
    pub deleted: u64,
}

impl AddAssign for BulkCounts {
    fn add_assign(&mut self, other: Self) {
        self.inserted += other.inserted;
        self.matched += other.matched;
        self.modified += other.modified;
        self.upserted += other.upserted;
        self.deleted += other.deleted;
    }
}

impl Sum for BulkCounts {
    fn sum<I: Iterator<Item = Self>>(counts: I) -> Self {
        counts.fold(Self::default(), |mut total, counts| {
            total += counts;
            total
        })
    }
}

/// A method `counts` for a type that has each count as a field.
macro_rules! counts {
    ($written:ident $(<$model:ident: $bound:path>)?) => {
        impl $(<$model: $bound>)? $written $(<$model>)? {
            /// The counts alone, in the type that all results and failures of bulks share.
            pub fn counts(&self) -> $crate::error::BulkCounts {
                let Self { inserted, matched, modified, upserted, deleted, .. } = *self;
                $crate::error::BulkCounts { inserted, matched, modified, upserted, deleted }
            }
        }
    };
}
pub(crate) use counts;
