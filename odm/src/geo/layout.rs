//! The document around every geometry: `{type: "Point", coordinates: …}`.

use mongodb::bson::Document;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser};

use crate::codec::{
    Decode, DecodeError, Element, ElementType, Encode, Encoder, decode_document, encode_document,
};

pub(super) fn write(
    out: &mut Encoder,
    name: &str,
    member: &str,
    content: impl FnOnce(&mut Encoder) -> ElementType,
) -> ElementType {
    out.document(|out| {
        out.field("type", name);
        out.element(member, content);
    });
    ElementType::EmbeddedDocument
}

/// The type's name and its `coordinates` or `geometries`; other members are skipped.
pub(super) fn read(element: Element<'_>) -> Result<(&str, Element<'_>), DecodeError> {
    let (mut name, mut content) = (None, None);
    let mut elements = element.elements()?;
    while let Some((key, value)) = elements.next_element()? {
        match key {
            "type" => name = Some(value.str().map_err(|error| error.in_key("type"))?),
            "coordinates" | "geometries" => content = Some(value),
            _ => {}
        }
    }
    match (name, content) {
        (Some(name), Some(content)) => Ok((name, content)),
        (None, _) => Err(DecodeError::new("the field is missing").in_key("type")),
        (_, None) => Err(DecodeError::new("the field is missing").in_key("coordinates")),
    }
}

/// Appends an array, which must not be empty.
pub(super) fn write_list<'a, T: 'a>(
    out: &mut Encoder,
    what: &str,
    items: &'a [T],
    write: impl Fn(&'a T, &mut Encoder) -> ElementType,
) -> ElementType {
    if items.is_empty() {
        out.fail(format!("no {what}, and at least one is needed"));
    }
    out.list(items, write);
    ElementType::Array
}

pub(super) fn read_list<T>(
    content: Element<'_>,
    read: impl Fn(Element<'_>) -> Result<T, DecodeError>,
) -> Result<Vec<T>, DecodeError> {
    let mut all = Vec::new();
    let mut items = content.items()?;
    while let Some((index, item)) = items.next_item()? {
        all.push(read(item).map_err(|error| error.in_index(index))?);
    }
    Ok(all)
}

pub(super) fn serialize<T: Encode, S: Serializer>(
    value: &T,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let bytes = encode_document(value).map_err(ser::Error::custom)?;
    let document: Document = decode_document(&bytes).map_err(ser::Error::custom)?;
    document.serialize(serializer)
}

pub(super) fn deserialize<'de, T: Decode, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    let document = Document::deserialize(deserializer)?;
    let bytes = encode_document(&document).map_err(de::Error::custom)?;
    decode_document(&bytes).map_err(de::Error::custom)
}
