//! What the server would refuse of a query, found before anything is sent.

use mongodb::options::FindOptions;

use crate::{
    error::{Error, Result},
    options::{check_batch_size, check_time},
};

/// The largest number of documents that the server can skip and return together.
const MOST: u64 = i64::MAX.unsigned_abs();

/// Checks the numbers among the options of a find.
pub(super) fn check_numbers(options: &FindOptions) -> Result<()> {
    let limit = options.limit.map_or(0, i64::unsigned_abs);
    if options.skip.unwrap_or(0) > MOST - limit {
        return Err(Error::invalid(format!(
            "`skip` and `limit` are more than {MOST} documents together: the server counts no \
             further"
        )));
    }
    check_batch_size(options.batch_size)?;
    check_time("max_time", options.max_time)
}
