//! What the stored document must still have for a path to mean what it meant.

use mongodb::bson::{Bson, Document, doc};

use crate::{codec::RawValue, condition::Node};

use super::difference::is_nameable;

/// The conditions on fields of flattened values: they are there together, and a tag says which of
/// them are.
pub(super) fn of_parts(old: &Document, changed: &[&str], tags: &[&str]) -> Vec<Node> {
    let fields = changed.iter().filter(|key| !tags.contains(key));
    let fields = fields.map(|key| exists(key, old.contains_key(key)));
    tags.iter().filter_map(|tag| Some(equal(tag, old.get(tag)?))).chain(fields).collect()
}

/// The conditions on a document that is written field by field.
pub(super) fn of_document(path: &str, old: &Document, tags: &[&str]) -> Vec<Node> {
    let mut guards = vec![operator(path, "$type", "object".into())];
    // Perhaps a variant under its name: another one has another key.
    if let (Some(key), None) = (old.keys().next(), old.keys().nth(1))
        && is_nameable(key)
    {
        guards.push(exists(&format!("{path}.{key}"), true));
    }
    guards
        .extend(tags.iter().filter_map(|tag| Some(equal(&format!("{path}.{tag}"), old.get(tag)?))));
    guards
}

/// The conditions that an element is still the one that was loaded. Fields that the model does not
/// know may be beside its own.
pub(super) fn of_element(path: &str, old: &Bson) -> Vec<Node> {
    match old {
        Bson::Document(fields) if fields.keys().all(|key| is_nameable(key)) => {
            let mut guards = vec![operator(path, "$type", "object".into())];
            for (key, value) in fields {
                guards.extend(of_field(&format!("{path}.{key}"), value));
            }
            guards
        }
        // An absent element equals null, too.
        Bson::Null => vec![operator(path, "$type", "null".into())],
        value => vec![equal(path, value)],
    }
}

fn of_field(path: &str, value: &Bson) -> Vec<Node> {
    match value {
        Bson::Document(_) => of_element(path, value),
        value => vec![equal(path, value)],
    }
}

fn equal(path: &str, value: &Bson) -> Node {
    match value {
        Bson::Document(_) | Bson::RegularExpression(_) => operator(path, "$eq", value.clone()),
        value => Node::field(path.to_owned(), RawValue::of(value)),
    }
}

fn exists(path: &str, is_there: bool) -> Node {
    operator(path, "$exists", is_there.into())
}

fn operator(path: &str, name: &str, value: Bson) -> Node {
    Node::field(path.to_owned(), RawValue::of(&doc! { name: value }))
}
