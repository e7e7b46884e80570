//! `serde_json`: any JSON value, and JSON objects as maps.
//!
//! An integer is an `int64`, any other number a double. What JSON has no form for (an ObjectId, a
//! date) is refused when read: written back, it would be another type.

use ::serde_json::{Map, Number, Value};
use mongodb::bson::spec::ElementType;

use super::{Decode, DecodeError, Element, Encode, Encoder, Flatten, Names};

impl Encode for Value {
    fn encode(&self, out: &mut Encoder) -> ElementType {
        match self {
            Self::Null => ElementType::Null,
            Self::Bool(value) => value.encode(out),
            Self::Number(value) => number(value, out),
            Self::String(value) => value.encode(out),
            Self::Array(value) => value.encode(out),
            Self::Object(value) => value.encode(out),
        }
    }
}

fn number(number: &Number, out: &mut Encoder) -> ElementType {
    match (number.as_i64(), number.as_u64(), number.as_f64()) {
        (Some(integer), ..) => integer.encode(out),
        (None, Some(integer), _) => integer.encode(out),
        (None, None, Some(double)) => double.encode(out),
        (None, None, None) => {
            out.fail(format!("{number} fits in neither an int64 nor a double"));
            ElementType::Null
        }
    }
}

impl Decode for Value {
    fn decode(element: Element<'_>) -> Result<Self, DecodeError> {
        Ok(match element.kind() {
            0x01 => Self::Number(finite(f64::decode(element)?)?),
            0x02 => Self::String(String::decode(element)?),
            0x03 => Self::Object(Map::decode(element)?),
            0x04 => Self::Array(Vec::decode(element)?),
            0x06 | 0x0A => Self::Null,
            0x08 => Self::Bool(bool::decode(element)?),
            0x10 | 0x12 => Self::Number(i64::decode(element)?.into()),
            _ => return Err(element.mismatch("a JSON value")),
        })
    }
}

fn finite(double: f64) -> Result<Number, DecodeError> {
    Number::from_f64(double)
        .ok_or_else(|| DecodeError::expected("a JSON value", "a double that is not finite"))
}

impl Encode for Map<String, Value> {
    fn encode(&self, out: &mut Encoder) -> ElementType {
        out.document(|out| self.encode_elements(out));
        ElementType::EmbeddedDocument
    }
}

impl Decode for Map<String, Value> {
    fn decode(element: Element<'_>) -> Result<Self, DecodeError> {
        let mut all = Self::new();
        let mut elements = element.elements()?;
        while let Some((key, value)) = elements.next_element()? {
            let value = Value::decode(value).map_err(|error| error.in_key(key))?;
            if all.insert(key.to_owned(), value).is_some() {
                return Err(DecodeError::new("the key is there twice").in_key(key));
            }
        }
        Ok(all)
    }
}

impl Flatten for Map<String, Value> {
    const NAMES: Names = Names::any();

    fn encode_elements(&self, out: &mut Encoder) {
        for (key, value) in self {
            out.field(key, value);
        }
    }
    fn claims(_: &str) -> bool {
        true
    }
    fn has_key(&self, key: &str) -> bool {
        self.contains_key(key)
    }
}
