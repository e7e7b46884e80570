//! The `_id` of an encoded document: alone, and left out.

use crate::{
    codec::{Element, Fragment, RawValue},
    error::{Error, Result},
    filter::Filter,
};

use super::super::results::id_element;

/// `{_id: …}` of an encoded document.
pub(super) fn same_id<M>(document: &[u8]) -> Result<Filter<M>> {
    let id = id_element(document).ok_or_else(|| {
        Error::invalid("a replacement needs the `_id` of what it replaces, or a `.filter(…)`")
    })?;
    Ok(Filter::of_id(Ok(RawValue::of_element(id))))
}

/// Refuses keys that the server would take for operators, as a flattened map may have.
pub(super) fn check_keys(document: &[u8]) -> Result<()> {
    let mut elements = Element::document(document).elements()?;
    while let Some((key, _)) = elements.next_element()? {
        if key.starts_with('$') {
            return Err(Error::invalid(format!(
                "the replacement has the key `{key}`, which would be an update operator"
            )));
        }
    }
    Ok(())
}

/// An encoded document without its `_id`.
pub(super) fn without_id(document: &[u8]) -> Result<Vec<u8>> {
    let mut elements = Element::document(document).elements()?;
    let mut rest = Fragment::default();
    while let Some((key, element)) = elements.next_element()? {
        if key != "_id" {
            rest.push(key, &RawValue::of_element(element));
        }
    }
    Ok(rest.framed())
}
