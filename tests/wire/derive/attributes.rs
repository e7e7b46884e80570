//! Attributes of fields and structs.

use odm::{
    codec::{Decode, DecodeError, Element, ElementType, Encode, Encoder, FieldCodec, Truncated},
    prelude::*,
};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{agrees, read, written};

#[derive(Debug, PartialEq, Embedded, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Names {
    first_name: String,
    #[serde(rename = "LAST")]
    last_name: String,
    current_age: i32,
}

#[derive(Debug, PartialEq, Embedded, Serialize, Deserialize)]
struct Defaults {
    #[serde(default)]
    list: Vec<i32>,
    #[serde(default = "five")]
    number: i32,
    #[serde(skip_serializing_if = "Option::is_none")]
    maybe: Option<i32>,
    #[serde(default, skip_serializing_if = "str::is_empty")]
    text: String,
}

fn five() -> i32 {
    5
}

#[derive(Debug, PartialEq, Embedded, Serialize, Deserialize)]
#[serde(default)]
struct Configuration {
    port: u16,
    host: String,
    #[serde(default = "five")]
    tries: i32,
    #[serde(skip)]
    seen: Option<String>,
}

impl Default for Configuration {
    fn default() -> Self {
        Self { port: 80, host: "localhost".into(), tries: 0, seen: Some("never".into()) }
    }
}

#[derive(Debug, PartialEq, Embedded, Serialize, Deserialize)]
struct Skips {
    #[serde(skip)]
    neither: i32,
    #[serde(skip_serializing, default)]
    only_read: i32,
    #[serde(skip_deserializing)]
    only_written: i32,
    #[serde(skip, default = "five")]
    five: i32,
}

#[derive(Debug, PartialEq, Embedded, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Strict {
    a: i32,
}

mod seconds {
    use super::{Deserialize, Deserializer, Serialize, Serializer};
    use std::time::Duration;

    pub(super) fn serialize<S: Serializer>(value: &Duration, to: S) -> Result<S::Ok, S::Error> {
        (value.as_secs() as i64).serialize(to)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Duration, D::Error> {
        i64::deserialize(from).map(|seconds| Duration::from_secs(seconds as u64))
    }
}

fn shout<S: Serializer>(value: &str, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(&value.to_uppercase())
}

fn whisper<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    String::deserialize(from).map(|text| text.to_lowercase())
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Foreign(Vec<u8>, Option<char>);

#[derive(Debug, PartialEq, Embedded, Serialize, Deserialize)]
struct Encoded<T> {
    #[serde(with = "seconds")]
    lasting: std::time::Duration,
    #[serde(serialize_with = "shout", deserialize_with = "whisper")]
    name: String,
    #[serde(deserialize_with = "whisper")]
    quiet: String,
    #[serde(serialize_with = "shout")]
    loud: String,
    #[model(serde)]
    foreign: Foreign,
    #[model(serde)]
    generic: T,
}

/// Microseconds, as the encoding of `truncate` cuts them.
#[derive(Debug, PartialEq)]
struct Micros(i64);

impl FieldCodec<Micros> for Truncated {
    fn encode(value: &Micros, out: &mut Encoder) -> ElementType {
        (value.0 / 1000).encode(out)
    }
    fn decode(element: Element<'_>) -> Result<Micros, DecodeError> {
        i64::decode(element).map(|millis| Micros(millis * 1000))
    }
    fn absent() -> Option<Micros> {
        None
    }
}

#[derive(Debug, PartialEq, Embedded)]
struct Cut<T> {
    #[model(truncate)]
    known: Micros,
    #[model(truncate)]
    generic: T,
}

#[derive(Debug, PartialEq, Embedded, Serialize, Deserialize)]
struct Lasting(#[serde(with = "seconds")] std::time::Duration);

#[derive(Debug, PartialEq, Embedded, Serialize)]
struct Overridden {
    #[serde(rename = "b")]
    #[model(rename = "c")]
    a: i32,
}

#[test]
fn names_agree_with_serde() {
    let names = |age| Names { first_name: "A".into(), last_name: "B".into(), current_age: age };
    agrees(&names(3));
    assert_eq!(read(&doc! { "currentAge": 4, "firstName": "A", "LAST": "B" }), Ok(names(4)));
}

#[test]
fn own_attributes_override_those_of_serde() {
    assert_eq!(written(&Overridden { a: 1 }), doc! { "c": 1 });
}

#[test]
fn defaults_fill_what_is_absent() {
    let empty = Defaults { list: vec![], number: 5, maybe: None, text: String::new() };
    agrees(&empty);
    assert_eq!(read(&doc! {}), Ok(empty));
    agrees(&Defaults { list: vec![1], number: 6, maybe: Some(1), text: "a".into() });
}

#[test]
fn a_default_of_the_struct_fills_all_its_fields() {
    let expected = Configuration { tries: 5, ..Configuration::default() };
    assert_eq!(read(&doc! {}), Ok(expected));
    let partly = read::<Configuration>(&doc! { "port": 8080, "tries": 1 }).expect("a document");
    assert_eq!((partly.port, partly.tries, partly.host.as_str()), (8080, 1, "localhost"));
    agrees(&partly);
}

#[test]
fn skipped_fields_are_not_stored() {
    let skips = Skips { neither: 1, only_read: 2, only_written: 3, five: 4 };
    assert_eq!(written(&skips), doc! { "only_written": 3 });
    let stored = doc! { "neither": 1, "only_read": 2, "only_written": 3, "five": 4 };
    let expected = Skips { neither: 0, only_read: 2, only_written: 0, five: 5 };
    assert_eq!(read(&stored), Ok(expected));
    agrees(&Skips { neither: 0, only_read: 0, only_written: 0, five: 5 });
}

#[test]
fn unknown_fields_are_ignored_unless_denied() {
    assert_eq!(read(&doc! { "a": 1 }), Ok(Strict { a: 1 }));
    let refused = read::<Strict>(&doc! { "a": 1, "b": 2 });
    assert_eq!(refused, Err("b: the field is unknown".to_owned()));
    assert!(read::<Names>(&doc! { "x": 1, "firstName": "", "LAST": "", "currentAge": 1 }).is_ok());
}

#[test]
fn encodings_by_functions_agree_with_serde() {
    let value = Encoded {
        lasting: std::time::Duration::from_secs(90),
        name: "a".into(),
        quiet: "b".into(),
        loud: "C".into(),
        foreign: Foreign(vec![1], Some('x')),
        generic: vec![Some(1), None],
    };
    agrees(&value);
    assert_eq!(written(&value).get_i64("lasting").ok(), Some(90));
    assert_eq!(written(&value).get_str("name").ok(), Some("A"));
    agrees(&super::Held { value: Lasting(std::time::Duration::from_secs(1)) });
}

#[test]
fn a_truncated_field_is_stored_and_compared_by_its_encoding() {
    let stored = doc! { "known": 1_i64, "generic": 2_i64 };
    assert_eq!(written(&Cut { known: Micros(1999), generic: Micros(2001) }), stored);
    assert_eq!(read(&stored), Ok(Cut { known: Micros(1000), generic: Micros(2000) }));
    let filter = Cut::<Micros>::fields().known().lt(Micros(5999)).as_document().expect("a filter");
    assert_eq!(filter, doc! { "known": { "$lt": 5_i64 } });
}

#[test]
fn a_filter_encodes_as_the_field_does() {
    let fields = Encoded::<i32>::fields();
    let minute = std::time::Duration::from_secs(60);
    let filter = fields.lasting().gt(minute).as_document().expect("a filter");
    assert_eq!(filter, doc! { "lasting": { "$gt": 60_i64 } });
    let filter = fields.name().eq("abc").as_document().expect("a filter");
    assert_eq!(filter, doc! { "name": "ABC" });
}
