//! `$nor`, in the form that the server takes after `$changeStream`.
//!
//! The server translates parts of a filter on events into a filter on its log. MongoDB 6.0 fails at
//! a `$nor` with some conditions that it can translate and some that it cannot ("`$and/$or/$nor`
//! must be a nonempty array"); a `$nor` of one `$or` means the same and works.

use crate::{
    codec::{DecodeError, Element, ElementType, Elements, Encoder},
    error::Result,
};

/// The same conditions, every `$nor` with one member.
pub(super) fn gathered(elements: &[u8]) -> Result<Vec<u8>> {
    Ok(conditions(Elements::unframed(elements))?)
}

fn conditions(mut elements: Elements<'_>) -> Result<Vec<u8>, DecodeError> {
    let mut out = Encoder::with_capacity(64);
    while let Some((key, value)) = elements.next_element()? {
        let members = match key {
            "$and" | "$or" | "$nor" => members(value).ok(),
            _ => None,
        };
        match members {
            None => out.element(key, |out| out.raw(value.kind(), value.value())),
            Some(members) if key == "$nor" && members.len() > 1 => {
                let mut both = Encoder::with_capacity(64);
                list(&mut both, "$or", members);
                list(&mut out, key, vec![finished(both)?]);
            }
            Some(members) => list(&mut out, key, members),
        }
    }
    finished(out)
}

/// The conditions of a list of documents.
fn members(list: Element<'_>) -> Result<Vec<Vec<u8>>, DecodeError> {
    let mut members = Vec::new();
    let mut items = list.items()?;
    while let Some((_, item)) = items.next_item()? {
        members.push(conditions(item.elements()?)?);
    }
    Ok(members)
}

fn list(out: &mut Encoder, operator: &str, members: Vec<Vec<u8>>) {
    out.element(operator, |out| {
        out.list(members, |member, out| {
            out.document(|out| out.bytes(&member));
            ElementType::EmbeddedDocument
        });
        ElementType::Array
    });
}

fn finished(out: Encoder) -> Result<Vec<u8>, DecodeError> {
    out.finish_elements().map_err(|error| DecodeError::new(error.to_string()))
}
