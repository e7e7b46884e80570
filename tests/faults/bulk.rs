//! Bulk writes while connections break: nothing lost, nothing doubled, and what is not known is
//! told.

#![allow(clippy::single_range_in_vec_init)] // Lists of ranges are what is told.

mod cuts;
mod numbers;

use odm::{Database, error::BulkWriteFailure, operation::Bulk, prelude::*};

use crate::writes::{Counter, counter};

fn count(id: i64) -> odm::update::Update<Counter, odm::update::Filtered> {
    Counter::update().filter(|c| c.id().eq(id)).inc(|c| c.n(), 1)
}

/// Counts all of these up.
fn count_all(ids: std::ops::Range<i64>) -> Bulk<Counter> {
    ids.fold(Counter::bulk(), |bulk, id| bulk.update_one(count(id)))
}

async fn fill(db: &Database, ids: std::ops::Range<i64>) {
    let counters: Vec<_> = ids.map(|id| counter(id, 0)).collect();
    Counter::insert_many(&counters).run(db).await.expect("an insert");
}

fn failure(error: &odm::Error) -> &BulkWriteFailure {
    match error.kind() {
        ErrorKind::BulkWrite(failure) => failure,
        other => panic!("{other:?}"),
    }
}
