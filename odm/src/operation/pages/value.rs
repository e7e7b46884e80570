//! The values of a document by which it was sorted, as they are stored.

use mongodb::bson::Bson;

use crate::{
    codec::{DecodeError, Element, ElementType, id_of},
    sort::SortKey,
};

/// One value for each key.
pub(super) fn values_of(document: &[u8], keys: &[SortKey]) -> Result<Vec<Bson>, DecodeError> {
    let values = keys.iter().map(|key| {
        let value = value_at(Element::document(document), &key.path);
        value.map_err(|error| error.in_key(&key.path).with_id(id_of(document)))
    });
    values.collect()
}

/// What the server sorts by: what is missing is null.
fn value_at(document: Element<'_>, path: &str) -> Result<Bson, DecodeError> {
    let mut at = document;
    for name in path.split('.') {
        at = match at.element_type() {
            Some(ElementType::EmbeddedDocument) => match field(at, name)? {
                Some(value) => value,
                None => return Ok(Bson::Null),
            },
            Some(ElementType::Array) => return Err(many()),
            _ => return Ok(Bson::Null),
        };
    }
    match at.element_type() {
        Some(ElementType::Array) => Err(many()),
        Some(ElementType::Undefined) => Err(DecodeError::new("no page can begin at `undefined`")),
        _ => at.to_bson(),
    }
}

fn field<'a>(document: Element<'a>, name: &str) -> Result<Option<Element<'a>>, DecodeError> {
    let mut elements = document.elements()?;
    while let Some((key, value)) = elements.next_element()? {
        if key == name {
            return Ok(Some(value));
        }
    }
    Ok(None)
}

fn many() -> DecodeError {
    DecodeError::new("this is an array, which has many values: no page can begin at one of them")
}
