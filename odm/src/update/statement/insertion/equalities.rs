//! The equalities of a filter, which an upsert copies into the document.

use mongodb::bson::{Bson, Document};

use super::apply::set;

/// Copies the equalities. `false` if the server would refuse the upsert anyway.
pub(super) fn copy(filter: &Document, into: &mut Document) -> bool {
    filter.iter().all(|(key, value)| match (key.as_str(), value) {
        ("$and", Bson::Array(members)) => members.iter().all(|member| copy_member(member, into)),
        // One alternative is no alternative.
        ("$or", Bson::Array(members)) if members.len() == 1 => copy_member(&members[0], into),
        (operator, _) if operator.starts_with('$') => true,
        (path, value) => match equal_to(value) {
            Some(value) if has(into, path) => get(into, path) == Some(value),
            Some(value) => {
                set(into, path, value.clone());
                true
            }
            None => true,
        },
    })
}

fn copy_member(member: &Bson, into: &mut Document) -> bool {
    member.as_document().is_none_or(|member| copy(member, into))
}

/// The value that a condition fixes.
fn equal_to(condition: &Bson) -> Option<&Bson> {
    match condition {
        Bson::RegularExpression(_) => None,
        Bson::Document(operators) if operators.keys().any(|key| key.starts_with('$')) => {
            operators.iter().find_map(|(operator, value)| match (operator.as_str(), value) {
                ("$eq", value) => Some(value),
                ("$in" | "$all", Bson::Array(values)) if values.len() == 1 => equal_to(&values[0]),
                _ => None,
            })
        }
        value => Some(value),
    }
}

fn has(document: &Document, path: &str) -> bool {
    get(document, path).is_some()
}

fn get<'a>(document: &'a Document, path: &str) -> Option<&'a Bson> {
    match path.split_once('.') {
        None => document.get(path),
        Some((first, rest)) => get(document.get_document(first).ok()?, rest),
    }
}
