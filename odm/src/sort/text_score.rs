//! Orders by the score of a text search.

use mongodb::bson::{Bson, Document};

use crate::error::{Error, Result};

/// Checks that an order by the score of a text search has a text search.
pub(crate) fn check_text_score(sort: &Document, filter: &Document) -> Result<()> {
    match sort.values().any(is_text_score) && !has_text_search(filter) {
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
