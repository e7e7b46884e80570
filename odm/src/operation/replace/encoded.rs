//! The `_id` of an encoded document: alone, and left out.

use crate::{
    codec::{Element, ElementType, Encoder},
    error::{Error, Result},
    filter::Filter,
};

use super::super::results::id_element;

/// `{_id: …}` of an encoded document.
pub(super) fn same_id<M>(document: &[u8]) -> Result<Filter<M>> {
    let id = id_element(document).ok_or_else(|| {
        Error::invalid("a replacement needs the `_id` of what it replaces, or a `.filter(…)`")
    })?;
    let mut out = Encoder::with_capacity(32);
    append("_id", id, &mut out);
    Ok(Filter::from_elements(out.finish_elements().map_err(Error::from)))
}

/// An encoded document without its `_id`.
pub(super) fn without_id(document: &[u8]) -> Result<Vec<u8>> {
    let mut elements = Element::document(document).elements()?;
    let mut out = Encoder::with_capacity(document.len());
    let mut copied = Ok(());
    out.document(|out| {
        copied = loop {
            match elements.next_element() {
                Ok(Some(("_id", _))) => {}
                Ok(Some((key, element))) => append(key, element, out),
                Ok(None) => break Ok(()),
                Err(error) => break Err(error),
            }
        };
    });
    copied?;
    Ok(out.finish()?)
}

fn append(key: &str, element: Element<'_>, out: &mut Encoder) {
    out.element(key, |out| {
        out.bytes(element.value());
        element.element_type().unwrap_or(ElementType::Null)
    });
}
