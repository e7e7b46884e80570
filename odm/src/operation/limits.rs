//! What the server would refuse of a query, found before anything is sent.

use mongodb::{
    bson::{Bson, Document},
    options::FindOptions,
};

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

/// Checks that an order by the score of a text search has a text search.
pub(super) fn check_order(sort: Option<&Document>, filter: &Document) -> Result<()> {
    let by_score = sort.is_some_and(|sort| sort.values().any(is_text_score));
    match by_score && !has_text_search(filter) {
        true => Err(Error::invalid(
            "`Sort::text_score()` needs a text search in the filter, as by `Filter::text(…)`",
        )),
        false => Ok(()),
    }
}

fn is_text_score(order: &Bson) -> bool {
    order
        .as_document()
        .is_some_and(|order| order.get_str("$meta").is_ok_and(|meta| meta == "textScore"))
}

fn has_text_search(filter: &Document) -> bool {
    let is_joined = |value: &Bson| {
        let members = value.as_array().map(Vec::as_slice).unwrap_or_default();
        members.iter().filter_map(Bson::as_document).any(has_text_search)
    };
    filter.iter().any(|(key, value)| key == "$text" || is_joined(value))
}
