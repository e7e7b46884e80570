//! The conditions of writes.
//!
//! A condition that turns out to be absent, as in `.filter(|_| None)`, is no filter for a write: it
//! would change every document of the collection. Finds take it.

use crate::{
    error::{Error, Result},
    filter::{Filter, keys},
};

/// Whether the filter has a condition; a comment is not one.
pub(super) fn has_condition<M>(filter: &Filter<M>) -> Result<bool> {
    Ok(keys(filter.elements()?).any(|key| key != "$comment"))
}

/// Refuses a filter without a condition, unless the write was told to take every document.
pub(super) fn check_condition<M>(filter: &Filter<M>, is_on_all: bool) -> Result<()> {
    match is_on_all || has_condition(filter)? {
        true => Ok(()),
        false => Err(Error::invalid(
            "the filter has no condition, so the operation would be on every document of the \
             collection: add a condition, or `.all_documents()` if every document is meant",
        )),
    }
}
