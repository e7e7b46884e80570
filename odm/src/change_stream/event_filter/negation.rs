//! `$nor`, as the server takes it behind `$changeStream`.
//!
//! The server turns a filter on events into one on its log, in part. MongoDB 6.0 fails at a `$nor`
//! of which some conditions can be turned and others not ("`$and/$or/$nor` must be a nonempty
//! array"); a `$nor` of one `$or` means the same, and is taken.

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
