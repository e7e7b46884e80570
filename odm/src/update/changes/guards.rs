//! What the stored document must still have for a path to mean what it meant.
//!
//! A field that has its default may be absent from the stored document: a document that was stored
//! before the field was there reads the same. No condition asks for such a field.

use mongodb::bson::{Bson, Document, doc};

use crate::{codec::RawValue, condition::Node};

use super::{difference::is_nameable, probe::Probe};

/// The conditions on fields of flattened values: they are there together, and a tag says which of
/// them are.
pub(super) fn of_parts(changed: &[&str], tags: &[&str], probe: &Probe<'_>) -> Vec<Node> {
    let old = probe.old;
    let fields = changed.iter().filter(|key| !tags.contains(key));
    let fields = fields.filter(|key| !probe.may_be_absent(&[(**key).to_owned()]));
    let fields = fields.map(|key| exists(key, old.contains_key(key)));
    tags.iter().filter_map(|tag| Some(equal(tag, old.get(tag)?))).chain(fields).collect()
}

/// The conditions on a document that is written field by field.
pub(super) fn of_document(
    steps: &[String],
    old: &Document,
    (tags, probe): (&[&str], &Probe<'_>),
) -> Vec<Node> {
    let path = steps.join(".");
    let mut guards = vec![operator(&path, "$type", "object".into())];
    // Perhaps a variant under its name: another one has another key.
    if let (Some(key), None) = (old.keys().next(), old.keys().nth(1))
        && is_nameable(key)
        && !probe.may_be_absent(&below(steps, key))
    {
        guards.push(exists(&format!("{path}.{key}"), true));
    }
    let tags = tags.iter().filter_map(|tag| Some((tag, old.get(tag)?)));
    guards.extend(tags.map(|(tag, name)| equal(&format!("{path}.{tag}"), name)));
    guards
}

/// The conditions that an element is still the one that was loaded. Fields that the model does not
/// know may be beside its own.
pub(super) fn of_element(steps: &[String], old: &Bson, probe: &Probe<'_>) -> Vec<Node> {
    let path = steps.join(".");
    match old {
        Bson::Document(fields) if fields.keys().all(|key| is_nameable(key)) => {
            let fields = fields.iter().map(|(key, value)| (below(steps, key), value));
            let fields = fields.filter(|(steps, _)| !probe.may_be_absent(steps));
            let fields = fields.flat_map(|(steps, value)| of_element(&steps, value, probe));
            [operator(&path, "$type", "object".into())].into_iter().chain(fields).collect()
        }
        // An absent element equals null, too.
        Bson::Null => vec![operator(&path, "$type", "null".into())],
        value => vec![equal(&path, value)],
    }
}

fn below(steps: &[String], key: &str) -> Vec<String> {
    steps.iter().cloned().chain([key.to_owned()]).collect()
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
