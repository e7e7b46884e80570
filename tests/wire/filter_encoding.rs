//! A value in a filter is encoded as its field is.

use odm::{
    bson::{Bson, Regex},
    codec::{DecodeError, Element, ElementType, Encode, Encoder, FieldCodec, Serde},
    path::{Encoded, Filtering, Handle, Path, Scalar},
    prelude::*,
};

use crate::filter::Item;

/// Stores a number as hexadecimal text.
enum Hexadecimal {}

impl FieldCodec<i64> for Hexadecimal {
    fn encode(value: &i64, out: &mut Encoder) -> ElementType {
        format!("{value:x}").encode(out)
    }
    fn decode(element: Element<'_>) -> Result<i64, DecodeError> {
        i64::from_str_radix(element.str()?, 16).map_err(|error| DecodeError::new(error.to_string()))
    }
    fn absent() -> Option<i64> {
        None
    }
}

fn code() -> Scalar<Filtering, Item, i64, Encoded<Hexadecimal>> {
    odm::__private::child(&Path::default(), "code")
}

fn any() -> Scalar<Filtering, Item, Bson, Encoded<Serde>> {
    odm::__private::child(&Path::default(), "any")
}

#[test]
fn a_value_is_encoded_as_its_field() {
    let written = |filter: Filter<Item>| filter.as_document().expect("a valid filter");
    assert_eq!(written(code().eq(255)), doc! { "code": "ff" });
    assert_eq!(written(code().gte(16_i64)), doc! { "code": { "$gte": "10" } });
    assert_eq!(written(code().in_([1, 10])), doc! { "code": { "$in": ["1", "a"] } });
    assert_eq!(written(code().not(|c| c.lt(255))), doc! { "code": { "$not": { "$lt": "ff" } } });
    assert_eq!(code().as_path().to_string(), "code");
}

#[test]
fn a_value_is_never_read_as_an_operator() {
    let pattern = Regex { pattern: "^a".try_into().unwrap(), options: "".try_into().unwrap() };
    let pattern = Bson::RegularExpression(pattern);
    assert_eq!(
        any().eq(Bson::Document(doc! { "$gt": 1 })).as_document().unwrap(),
        doc! { "any": { "$eq": { "$gt": 1 } } },
    );
    assert_eq!(
        any().eq(&pattern).as_document().unwrap(),
        doc! { "any": { "$eq": pattern.clone() } },
    );
    assert_eq!(
        any().in_([pattern]).as_document().unwrap_err().to_string(),
        "cannot encode any.$in[0]: a regular expression would be taken for a pattern: only `eq` \
         compares with one",
    );
}
