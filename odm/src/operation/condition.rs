//! The conditions of writes.
//!
//! A condition that turns out to be absent, as in `.filter(|_| None)`, is no filter for a write: it
//! would change every document of the collection. Finds take it.

use crate::{error::Result, filter::Filter, update::no_condition};

/// Whether the filter has a condition; a comment is not one.
pub(super) fn has_condition<M>(filter: &Filter<M>) -> Result<bool> {
    filter.node().map(|node| !node.is_empty())
}

/// Refuses a filter without a condition, unless the write was told to take every document.
pub(super) fn check_condition<M>(filter: &Filter<M>, is_on_all: bool) -> Result<()> {
    match is_on_all || has_condition(filter)? {
        true => Ok(()),
        false => Err(no_condition()),
    }
}
