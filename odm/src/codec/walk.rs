//! Finding the path of a byte in encoded BSON. Only errors need it.

use super::{Elements, Segment, decode_error::render};

/// The path of the value that begins at or contains `offset` in a document.
pub(crate) fn path_of_document(document: &[u8], offset: usize) -> String {
    match document.get(4..) {
        Some(elements) if offset >= 4 => path_of_elements(elements, offset - 4),
        _ => String::new(),
    }
}

/// The same for elements without a document around them.
pub(crate) fn path_of_elements(elements: &[u8], offset: usize) -> String {
    let mut path = Vec::new();
    let (mut bytes, mut at, mut is_array) = (elements, offset, false);
    while let Some((segment, value, start, nested)) = element_at(bytes, at, is_array) {
        path.push(segment);
        let Some(kind) = nested else { break };
        let (Some(inner), Some(within)) = (value.get(4..), at.checked_sub(start + 4)) else {
            break;
        };
        is_array = kind == 0x04;
        (bytes, at) = (inner, within);
    }
    render(&path)
}

/// Segment, value, start of the value, and the type if the value is a document or an array.
type Found<'a> = (Segment, &'a [u8], usize, Option<u8>);

/// The element whose value begins or ends at `offset`, or contains it.
fn element_at(bytes: &[u8], offset: usize, is_array: bool) -> Option<Found<'_>> {
    let mut elements = Elements::unframed(bytes);
    while let Ok(Some((key, element))) = elements.next_element() {
        let end = bytes.len() - elements.remaining();
        let start = end - element.value().len();
        if offset < start {
            return None;
        }
        if offset <= end {
            let segment = match key.parse() {
                Ok(index) if is_array => Segment::Index(index),
                _ => Segment::Key(key.to_owned()),
            };
            let nested = matches!(element.kind(), 0x03 | 0x04).then(|| element.kind());
            return Some((segment, element.value(), start, nested));
        }
    }
    None
}
