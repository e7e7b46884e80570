//! `$nor`, in the form that the server takes after `$changeStream`.
//!
//! The server translates parts of a filter on events into a filter on its log. MongoDB 6.0 fails at
//! a `$nor` with some conditions that it can translate and some that it cannot ("`$and/$or/$nor`
//! must be a nonempty array"); a `$nor` of one `$or` means the same and works.

use crate::{
    codec::{DecodeError, Element, Elements, Fragment, RawValue},
    error::Result,
};

/// The same conditions, every `$nor` with one member.
pub(super) fn gathered(elements: &Fragment) -> Result<Fragment> {
    Ok(conditions(Elements::unframed(elements.as_bytes()))?)
}

fn conditions(mut elements: Elements<'_>) -> Result<Fragment, DecodeError> {
    let mut all = Fragment::default();
    while let Some((key, value)) = elements.next_element()? {
        let members = match key {
            "$and" | "$or" | "$nor" => members(value).ok(),
            _ => None,
        };
        match members {
            None => all.push(key, &RawValue::of_element(value)),
            Some(members) if key == "$nor" && members.len() > 1 => {
                let both = Fragment::one("$or", &list(members));
                all.push(key, &list(vec![both]));
            }
            Some(members) => all.push(key, &list(members)),
        }
    }
    Ok(all)
}

/// The conditions of a list of documents.
fn members(list: Element<'_>) -> Result<Vec<Fragment>, DecodeError> {
    let mut members = Vec::new();
    let mut items = list.items()?;
    while let Some((_, item)) = items.next_item()? {
        members.push(conditions(item.elements()?)?);
    }
    Ok(members)
}

fn list(members: Vec<Fragment>) -> RawValue {
    RawValue::of(&members)
}
