//! Values that only serde knows: `#[model(serde)]`, `with`, `serialize_with`, `deserialize_with`.

use mongodb::bson::{self, RawDocument, spec::ElementType};
use serde::{
    Deserialize, Deserializer, Serialize,
    de::{self, DeserializeOwned, Visitor},
    forward_to_deserialize_any,
};

use super::{DecodeError, Element, Elements, Encoder, FieldCodec, MAX_DEPTH};

/// Stores a field with its type's own serde implementation, as the driver would.
#[derive(Debug)]
pub enum Serde {}

#[diagnostic::do_not_recommend]
impl<T: Serialize + DeserializeOwned> FieldCodec<T> for Serde {
    fn encode(value: &T, out: &mut Encoder) -> ElementType {
        encode_serde(value, out)
    }

    fn decode(element: Element<'_>) -> Result<T, DecodeError> {
        decode_serde(element)
    }

    fn absent() -> Option<T> {
        T::deserialize(Absent).ok()
    }
}

#[derive(Serialize)]
struct Out<'a, T: ?Sized> {
    v: &'a T,
}

#[derive(Deserialize)]
struct In<T> {
    v: T,
}

/// Appends what `value` serializes to; returns its type.
#[doc(hidden)]
pub fn encode_serde<T: Serialize + ?Sized>(value: &T, out: &mut Encoder) -> ElementType {
    let bytes = match bson::serialize_to_vec(&Out { v: value }) {
        Ok(bytes) => bytes,
        Err(error) => {
            out.fail(reason(error));
            return ElementType::Null;
        }
    };
    let element = Elements::framed(&bytes, 0).and_then(|mut elements| elements.next_element());
    match element {
        Ok(Some((_, element))) => match check_serde_depth(element) {
            Ok(()) => out.raw(element.kind(), element.value()),
            Err(error) => {
                out.fail(error.reason());
                ElementType::Null
            }
        },
        _ => {
            out.fail("serde wrote no value");
            ElementType::Null
        }
    }
}

/// Deserializes one value.
#[doc(hidden)]
pub fn decode_serde<T: DeserializeOwned>(element: Element<'_>) -> Result<T, DecodeError> {
    element.check()?;
    check_serde_depth(element)?;
    let document = element.in_document();
    let raw = RawDocument::from_bytes(&document)
        .map_err(|_| DecodeError::malformed("a value is cut short"))?;
    bson::deserialize_from_slice::<In<T>>(raw.as_bytes())
        .map(|holder| holder.v)
        .map_err(|error| DecodeError::new(reason(error)))
}

/// The deepest nesting inside a value that serde reads.
///
/// The driver's deserializer takes more than 20 kB of stack a level in a debug build: 100 levels
/// end a thread with the usual 2 MiB, and no error can be returned from that.
const SERDE_DEPTH: u8 = 64;

fn check_serde_depth(element: Element<'_>) -> Result<(), DecodeError> {
    Element::nested(element.kind(), MAX_DEPTH - SERDE_DEPTH, element.value())
        .check_depth()
        .map_err(|_| DecodeError::new(format!("nested deeper than {SERDE_DEPTH} levels for serde")))
}

/// What went wrong, without the driver's frame of `BSON error at key "v". Kind: … Message: …`.
#[cold]
fn reason(error: bson::error::Error) -> String {
    error.message.map_or_else(|| error.kind.to_string(), |message| without_value(&message))
}

/// Serde's text without the value that it repeats: `invalid type: string "x", expected i32` becomes
/// `invalid type: string, expected i32`. A text that is not serde's own may repeat values, too.
fn without_value(message: &str) -> String {
    const NAMES: [&str; 3] = ["missing field `", "duplicate field `", "unknown field `"];
    const VALUES: [&str; 4] =
        ["invalid type: ", "invalid value: ", "invalid length ", "unknown variant "];
    let starts = |with: &[&str]| with.iter().any(|start| message.starts_with(start));
    if starts(&NAMES) {
        return message.to_owned();
    }
    match message.rsplit_once(", expected ").filter(|_| starts(&VALUES)) {
        Some((found, expected)) => {
            let found = found.split(['`', '"']).next().unwrap_or_default().trim_end();
            format!("{found}, expected {expected}")
        }
        None => "serde refuses the value".to_owned(),
    }
}

/// A field that is not there: an `Option` is made of it, and nothing else, as serde does.
struct Absent;

impl<'de> Deserializer<'de> for Absent {
    type Error = de::value::Error;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Self::Error> {
        Err(de::Error::custom("the field is missing"))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        visitor.visit_none()
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit
        unit_struct newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_of_serde_is_told_without_the_value() {
        for (text, told) in [
            (
                r#"invalid type: string ", expected x`s3cret", expected i32"#,
                "invalid type: string, expected i32",
            ),
            ("invalid value: integer `7`, expected u8", "invalid value: integer, expected u8"),
            (
                "invalid length 3, expected a tuple of size 2",
                "invalid length 3, expected a tuple of size 2",
            ),
            (
                "unknown variant `s3cret`, expected one of `a`, `b`",
                "unknown variant, expected one of `a`, `b`",
            ),
            ("missing field `name`", "missing field `name`"),
            ("s3cret is no code", "serde refuses the value"),
        ] {
            assert_eq!(without_value(text), told);
        }
    }
}
