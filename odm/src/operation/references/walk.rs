//! The references at a path, read from documents that are not decoded.

use crate::{
    codec::{DecodeError, Element},
    path::{Link, Path, Step},
};

use super::ids::Ids;

const DOCUMENT: u8 = 0x03;
const ARRAY: u8 = 0x04;

/// Adds the references of a document. What is absent or null names nothing.
pub(super) fn collect(document: &[u8], path: &Path, ids: &mut Ids) -> Result<(), DecodeError> {
    walk(Element::document(document), &path.links(), ids)
}

fn walk(value: Element<'_>, steps: &[&Link], ids: &mut Ids) -> Result<(), DecodeError> {
    let Some((link, rest)) = steps.split_first() else { return references(value, ids) };
    match &link.step {
        Step::Field(name) | Step::Case(name) => below(field(value, name)?, rest, ids),
        Step::Key(name) | Step::Variable(name) => below(field(value, name)?, rest, ids),
        Step::Variant { tag, name } => match field(value, tag)? {
            Some(found) if found.str().is_ok_and(|found| found == *name) => walk(value, rest, ids),
            _ => Ok(()),
        },
        Step::Flattened { .. } | Step::Unwound(_) => walk(value, rest, ids),
        Step::Position { index, .. } => {
            each(value, |at, item| if at == *index { walk(item, rest, ids) } else { Ok(()) })
        }
        Step::Each | Step::Any | Step::Matched | Step::Filtered(_) => {
            each(value, |_, item| walk(item, rest, ids))
        }
    }
}

fn below(value: Option<Element<'_>>, rest: &[&Link], ids: &mut Ids) -> Result<(), DecodeError> {
    value.map_or(Ok(()), |value| walk(value, rest, ids))
}

/// A reference, or an array of them. An `_id` is never an array.
fn references(value: Element<'_>, ids: &mut Ids) -> Result<(), DecodeError> {
    match value.kind() {
        ARRAY => each(value, |_, item| references(item, ids)),
        _ => {
            ids.insert(value);
            Ok(())
        }
    }
}

/// The field of a document; what is no document has none.
fn field<'a>(value: Element<'a>, wanted: &str) -> Result<Option<Element<'a>>, DecodeError> {
    if value.kind() != DOCUMENT {
        return Ok(None);
    }
    let mut elements = value.elements()?;
    while let Some((key, value)) = elements.next_element()? {
        if key == wanted {
            return Ok(Some(value));
        }
    }
    Ok(None)
}

/// Every item of an array; what is no array has none.
fn each(
    value: Element<'_>,
    mut step: impl FnMut(usize, Element<'_>) -> Result<(), DecodeError>,
) -> Result<(), DecodeError> {
    if value.kind() != ARRAY {
        return Ok(());
    }
    let mut items = value.items()?;
    while let Some((index, item)) = items.next_item()? {
        step(index, item)?;
    }
    Ok(())
}
