//! What operators and stages make of a document that is about to be inserted.

use mongodb::bson::{Bson, DateTime, Document, Timestamp};

/// Applies the operators. `false` if the server would refuse one, or if it is not known.
pub(super) fn operators(operators: &Document, document: &mut Document) -> bool {
    operators.iter().all(|(operator, body)| {
        let Bson::Document(body) = body else { return false };
        body.iter().all(|(path, value)| {
            match path.find(".$") {
                // Elements keep their type; without the array, the server refuses.
                Some(end) => matches!(get_mut(document, &path[..end]), Some(Bson::Array(_))),
                None => apply(operator, path, value, document),
            }
        })
    })
}

fn apply(operator: &str, path: &str, value: &Bson, document: &mut Document) -> bool {
    match operator {
        "$set" | "$setOnInsert" => set(document, path, value.clone()),
        "$min" | "$max" | "$inc" => keep_or(document, path, value.clone()),
        "$mul" => keep_or(document, path, zero(value)),
        "$bit" => keep_or(document, path, mask(value)),
        "$currentDate" => set(document, path, now(value)),
        "$push" | "$addToSet" => push(document, path, value),
        "$unset" => drop(take(document, path)),
        "$rename" => {
            if let (Some(moved), Some(to)) = (take(document, path), value.as_str()) {
                set(document, to, moved);
            }
        }
        "$pop" | "$pull" | "$pullAll" => {}
        _ => return false,
    }
    true
}

/// Applies the stages of a pipeline: the names of the fields whose values the server computes, or
/// nothing if a stage is not known.
pub(super) fn stages(stages: &[Document], document: &mut Document) -> Option<Vec<String>> {
    let mut computed = Vec::new();
    for (stage, body) in stages.iter().flatten() {
        match (stage.as_str(), body) {
            ("$set" | "$addFields", Bson::Document(fields)) => {
                computed.extend(fields.keys().cloned());
            }
            ("$unset", Bson::String(field)) => {
                take(document, field);
                computed.retain(|name| name != field);
            }
            _ => return None,
        }
    }
    Some(computed)
}

/// Writes a value at a path, with the documents above it.
pub(super) fn set(document: &mut Document, path: &str, value: Bson) {
    let Some((first, rest)) = path.split_once('.') else {
        document.insert(path, value);
        return;
    };
    match document.get_mut(first) {
        Some(Bson::Document(inner)) => set(inner, rest, value),
        Some(Bson::Array(items)) => set_in_array(items, rest, value),
        _ => {
            let mut inner = Document::new();
            set(&mut inner, rest, value);
            document.insert(first, inner);
        }
    }
}

fn set_in_array(items: &mut Vec<Bson>, path: &str, value: Bson) {
    let (position, rest) = path.split_once('.').map_or((path, None), |(at, rest)| (at, Some(rest)));
    let Ok(at) = position.parse::<usize>() else { return };
    if at >= items.len() {
        items.resize(at.min(items.len() + 1) + 1, Bson::Null);
    }
    let at = at.min(items.len() - 1);
    match (&mut items[at], rest) {
        (Bson::Document(inner), Some(rest)) => set(inner, rest, value),
        (item, Some(rest)) => {
            let mut inner = Document::new();
            set(&mut inner, rest, value);
            *item = inner.into();
        }
        (item, None) => *item = value,
    }
}

fn get_mut<'a>(document: &'a mut Document, path: &str) -> Option<&'a mut Bson> {
    match path.split_once('.') {
        None => document.get_mut(path),
        Some((first, rest)) => match document.get_mut(first)? {
            Bson::Document(inner) => get_mut(inner, rest),
            _ => None,
        },
    }
}

fn take(document: &mut Document, path: &str) -> Option<Bson> {
    match path.rsplit_once('.') {
        None => document.remove(path),
        Some((parent, name)) => match get_mut(document, parent)? {
            Bson::Document(parent) => parent.remove(name),
            _ => None,
        },
    }
}

/// A value of the filter's stays; its type is all that matters.
fn keep_or(document: &mut Document, path: &str, value: Bson) {
    if get_mut(document, path).is_none() {
        set(document, path, value);
    }
}

fn push(document: &mut Document, path: &str, value: &Bson) {
    let each = value.as_document().and_then(|value| value.get_array("$each").ok());
    let added = each.cloned().unwrap_or_else(|| vec![value.clone()]);
    match get_mut(document, path) {
        Some(Bson::Array(items)) => items.extend(added),
        Some(_) => {}
        None => set(document, path, Bson::Array(added)),
    }
}

fn zero(value: &Bson) -> Bson {
    match value {
        Bson::Double(_) => Bson::Double(0.0),
        Bson::Int64(_) => Bson::Int64(0),
        Bson::Decimal128(_) => "0".parse().map_or(Bson::Null, Bson::Decimal128),
        _ => Bson::Int32(0),
    }
}

fn mask(value: &Bson) -> Bson {
    match value.as_document().and_then(|value| value.values().next()) {
        Some(mask) => zero(mask),
        None => Bson::Int32(0),
    }
}

fn now(value: &Bson) -> Bson {
    let kind = value.as_document().and_then(|value| value.get_str("$type").ok());
    match kind {
        Some("timestamp") => Bson::Timestamp(Timestamp { time: 1, increment: 0 }),
        _ => Bson::DateTime(DateTime::now()),
    }
}
