//! Conditions on a value itself, as `$elemMatch` and `$pull` need them: `{$gt: 0}`.
//!
//! A closure for the elements of `Vec<i32>` makes conditions under the empty path:
//! `{"": {$gt: 0}}`. The server has no `$and`, `$or` and `$nor` for values, so these are turned into
//! operators: `$or` into alternatives, `$nor` into `$not`, and two equal operators on one value into
//! `{$gt: …, $not: {$not: {$gt: …}}}`.

use crate::{
    codec::{Elements, Encoder},
    error::{Error, Result},
};

use super::{framed, keys, logical::can_share};

/// More alternatives than this are not worth their length.
const MOST_ALTERNATIVES: usize = 64;

/// Whether the elements are conditions on a value, not on the fields of a document.
pub(super) fn is_about_value(elements: &[u8]) -> bool {
    let mut reader = Elements::unframed(elements);
    while let Ok(Some((key, value))) = reader.next_element() {
        let found = match key {
            "" => true,
            "$and" | "$or" | "$nor" => {
                members(value.value()).is_ok_and(|members| members.into_iter().any(is_about_value))
            }
            _ => false,
        };
        if found {
            return true;
        }
    }
    false
}

/// The elements of operator documents, one of which must hold.
pub(super) fn alternatives(elements: &[u8], operator: &str) -> Result<Vec<Vec<u8>>> {
    let mut all = vec![Vec::new()];
    let mut reader = Elements::unframed(elements);
    while let Some((key, value)) = reader.next_element()? {
        let more = match key {
            "" => vec![operators(value.kind(), value.value())],
            "$and" => conjunction(members(value.value())?, operator)?,
            "$or" => disjunction(members(value.value())?, operator)?,
            "$nor" => vec![negation(members(value.value())?, operator)?],
            "$comment" => continue,
            _ => return Err(mixed(key, operator)),
        };
        all = product(all, more, operator)?;
    }
    Ok(all)
}

/// The documents of a list, as elements.
fn members(list: &[u8]) -> Result<Vec<&[u8]>> {
    let inner = list.get(4..list.len().saturating_sub(1)).unwrap_or_default();
    let mut reader = Elements::unframed(inner);
    let mut members = Vec::new();
    while let Some((_, item)) = reader.next_element()? {
        let document = item.value();
        members.push(&document[4..document.len() - 1]);
    }
    Ok(members)
}

/// A plain value becomes `{$eq: value}`.
fn operators(kind: u8, value: &[u8]) -> Vec<u8> {
    match kind == 0x03 && begins_with_operator(value) {
        true => value[4..value.len() - 1].to_vec(),
        false => element(kind, "$eq", value),
    }
}

pub(super) fn begins_with_operator(document: &[u8]) -> bool {
    document.get(5) == Some(&b'$')
}

pub(super) fn element(kind: u8, key: &str, value: &[u8]) -> Vec<u8> {
    let mut elements = Vec::with_capacity(key.len() + value.len() + 2);
    elements.push(kind);
    elements.extend_from_slice(key.as_bytes());
    elements.push(0);
    elements.extend_from_slice(value);
    elements
}

fn conjunction(members: Vec<&[u8]>, operator: &str) -> Result<Vec<Vec<u8>>> {
    members.into_iter().try_fold(vec![Vec::new()], |all, member| {
        product(all, alternatives(member, operator)?, operator)
    })
}

fn disjunction(members: Vec<&[u8]>, operator: &str) -> Result<Vec<Vec<u8>>> {
    let mut all = Vec::new();
    for member in members {
        all.extend(alternatives(member, operator)?);
    }
    Ok(all)
}

/// None of the members: each alternative of each under a `$not`.
fn negation(list: Vec<&[u8]>, operator: &str) -> Result<Vec<u8>> {
    let mut all = Vec::new();
    for alternative in disjunction(list, operator)? {
        if alternative.is_empty() {
            return Err(unsuited(operator));
        }
        all = both(&all, &element(0x03, "$not", &framed(&alternative)), operator)?;
    }
    Ok(all)
}

fn product(left: Vec<Vec<u8>>, right: Vec<Vec<u8>>, operator: &str) -> Result<Vec<Vec<u8>>> {
    if left.len() * right.len() > MOST_ALTERNATIVES {
        return Err(unsuited(operator));
    }
    let pairs = left.iter().flat_map(|left| right.iter().map(move |right| (left, right)));
    pairs.map(|(left, right)| both(left, right, operator)).collect()
}

/// Both documents of operators in one.
fn both(left: &[u8], right: &[u8], operator: &str) -> Result<Vec<u8>> {
    if left.is_empty() || right.is_empty() || can_share(left, right) {
        return Ok([left, right].concat());
    }
    let has_not = |elements| keys(elements).any(|key| key == "$not");
    let (first, second) = match (has_not(left), has_not(right)) {
        (false, _) => (left, right),
        (true, false) => (right, left),
        (true, true) => return Err(unsuited(operator)),
    };
    let mut out = Encoder::with_capacity(first.len() + second.len() + 24);
    out.bytes(first);
    let once = element(0x03, "$not", &framed(second));
    out.bytes(&element(0x03, "$not", &framed(&once)));
    Ok(out.finish_elements()?)
}

#[cold]
fn mixed(key: &str, operator: &str) -> Error {
    Error::invalid(format!(
        "`{operator}` takes conditions on the element itself or on its fields, not both: `{key}` is \
         a condition on a field"
    ))
}

#[cold]
pub(super) fn unsuited(operator: &str) -> Error {
    Error::invalid(format!(
        "`{operator}` on plain values takes conditions that fit in one document of operators, and \
         these do not: join different operators with `&`"
    ))
}
