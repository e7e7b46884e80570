//! The text of every refusal.

use std::{
    collections::{BTreeMap, HashMap},
    net::IpAddr,
    num::NonZero,
    time::Duration,
};

use odm::{
    bson::{Bson, Document, RawDocumentBuf, Uuid, doc, oid::ObjectId},
    codec::{decode_document, encode_document},
};

use crate::support::{decoded, refusal, write_refusal};

type Lines = BTreeMap<String, Vec<BTreeMap<String, i32>>>;

#[test]
fn a_wrong_type_is_named_with_its_path() {
    let line = doc! { "qty": 1 };
    let items = vec![line.clone(), line.clone(), line, doc! { "qty": "two" }];
    assert_eq!(
        refusal::<Lines>(doc! { "items": items }),
        "v.items[3].qty: expected int32, found string"
    );
    assert_eq!(refusal::<String>(1), "v: expected string, found int32");
    assert_eq!(refusal::<Vec<i32>>(doc! {}), "v: expected array, found document");
    assert_eq!(refusal::<Lines>(Bson::Null), "v: expected document, found null");
    assert_eq!(refusal::<ObjectId>("65f0"), "v: expected objectId, found string");
    assert_eq!(refusal::<bool>(1_i64), "v: expected bool, found int64");
    assert_eq!(refusal::<f64>("1"), "v: expected double, found string");
    assert_eq!(refusal::<i64>(1.5), "v: expected int64, found a double that is none");
    assert_eq!(refusal::<()>(1), "v: expected null, found int32");
    assert_eq!(refusal::<char>("ab"), "v: expected one character, found other text");
    assert_eq!(refusal::<IpAddr>("here"), "v: expected an IP address, found other text");
}

#[test]
fn the_identifier_of_the_document_is_kept() {
    let bytes = encode_document(&doc! { "_id": 7, "v": "x" }).expect("a document");
    let refused = decoded::<i32>(&bytes).expect_err("a string");
    assert_eq!(refused.id(), Some(&Bson::Int32(7)));
    assert_eq!((refused.path().as_str(), refused.reason()), ("v", "expected int32, found string"));
}

#[test]
fn a_missing_field_and_a_double_one_are_named() {
    let empty = encode_document(&doc! {}).expect("a document");
    assert_eq!(decoded::<i32>(&empty).unwrap_err().to_string(), "v: the field is missing");
    let twice = b"\x13\0\0\0\x10v\0\x01\0\0\0\x10v\0\x02\0\0\0\0";
    assert_eq!(decoded::<i32>(twice).unwrap_err().to_string(), "v: the field is there twice");
    let map = decode_document::<HashMap<String, i32>>(twice);
    assert_eq!(map.unwrap_err().to_string(), "v: the key is there twice");
}

#[test]
fn numbers_out_of_range_are_refused_both_ways() {
    assert_eq!(refusal::<u8>(256), "v: the number does not fit in u8");
    assert_eq!(refusal::<i32>(1_i64 << 40), "v: the number does not fit in i32");
    assert_eq!(refusal::<u64>(-1), "v: the number does not fit in u64");
    assert_eq!(refusal::<usize>(-1_i64), "v: the number does not fit in usize");
    assert_eq!(refusal::<f32>(1e300), "v: the number does not fit in f32");
    assert_eq!(refusal::<NonZero<u32>>(0), "v: expected an integer other than 0, found 0");
    let too_large = "18446744073709551615 does not fit in int64, the widest integer of BSON";
    assert_eq!(write_refusal(u64::MAX), format!("v: {too_large}"));
    let lines = |qty| BTreeMap::from([("qty", qty)]).into_iter().map(owned).collect();
    let items: Vec<BTreeMap<String, u64>> = vec![lines(1), lines(2), lines(3), lines(u64::MAX)];
    let order = BTreeMap::from([("a".to_owned(), vec![]), ("items".to_owned(), items)]);
    assert_eq!(
        encode_document(&order).unwrap_err().to_string(),
        format!("items[3].qty: {too_large}")
    );
}

fn owned((key, value): (&str, u64)) -> (String, u64) {
    (key.to_owned(), value)
}

#[test]
fn lengths_of_arrays_and_tuples_are_exact() {
    assert_eq!(refusal::<[i32; 3]>(vec![1, 2]), "v: expected 3 items, found 2");
    assert_eq!(refusal::<[i32; 1]>(vec![1, 2]), "v: expected 1 item, found 2");
    assert_eq!(refusal::<(i32, String)>(vec![1]), "v: expected 2 items, found 1");
    assert_eq!(refusal::<(i32, String)>(vec![1, 2]), "v[1]: expected string, found int32");
}

#[test]
fn keys_of_maps_are_checked() {
    assert_eq!(
        refusal::<HashMap<ObjectId, i32>>(doc! { "x": 1 }),
        "v.x: the key \"x\" is not an ObjectId"
    );
    assert_eq!(
        refusal::<HashMap<char, i32>>(doc! { "xy": 1 }),
        "v.xy: the key \"xy\" is not one character"
    );
    assert_eq!(refusal::<HashMap<Uuid, i32>>(doc! { "1": 1 }), "v.1: the key \"1\" is not a UUID");
    let map = BTreeMap::from([("a\0b".to_owned(), 1)]);
    assert_eq!(write_refusal(map), "v.ab: the key \"a\\0b\" holds a NUL, which BSON cannot write");
}

#[test]
fn the_parts_of_a_duration_are_checked() {
    assert_eq!(refusal::<Duration>(doc! { "secs": 1 }), "v.nanos: the field is missing");
    assert_eq!(
        refusal::<Duration>(doc! { "secs": 1, "nanos": 1_000_000_000 }),
        "v.nanos: the nanoseconds are a second or more"
    );
    assert_eq!(refusal::<Duration>(doc! { "secs": -1 }), "v.secs: the number does not fit in u64");
}

#[test]
fn broken_bytes_are_named() {
    let text = |bytes: &[u8]| decoded::<String>(bytes).unwrap_err().to_string();
    let good = encode_document(&doc! { "v": "abc" }).expect("a document");
    let with = |at: usize, byte: u8| {
        let mut bytes = good.clone();
        bytes[at] = byte;
        bytes
    };
    assert_eq!(text(&good[..9]), "malformed BSON: a document is cut short");
    assert_eq!(text(&[]), "malformed BSON: a document is cut short");
    assert_eq!(text(&with(11, 0xFF)), "v: expected UTF-8 text, found other bytes");
    let wrong_length = "v: malformed BSON: the string is cut short, or its length is wrong";
    assert_eq!(text(&with(7, 0xF0)), wrong_length);
    assert_eq!(text(&with(10, 0x7F)), wrong_length);
    assert_eq!(text(&with(10, 0xFF)), wrong_length);
    assert_eq!(text(&with(4, 0x20)), "v: malformed BSON: unknown type 0x20");
    assert_eq!(text(&with(5, 0xFF)), "malformed BSON: a key is not UTF-8");
}

#[test]
fn only_documents_are_written_as_documents() {
    assert_eq!(
        encode_document(&1).unwrap_err().to_string(),
        "expected a document to write, found int32"
    );
    let broken = RawDocumentBuf::from_bytes(b"\x07\0\0\0\x10v\0".to_vec()).expect("a frame");
    assert_eq!(write_refusal(broken), "v: malformed BSON: a key is cut short");
}

#[test]
fn a_uuid_of_another_subtype_is_refused_by_name() {
    let binary = |subtype: u8, length: usize| odm::bson::Binary {
        subtype: subtype.into(),
        bytes: vec![1; length],
    };
    assert_eq!(
        refusal::<Uuid>(binary(3, 16)),
        "v: expected binary subtype 4 (UUID), found subtype 3 (legacy UUID, of unknown byte order)"
    );
    assert_eq!(
        refusal::<Uuid>(binary(0, 16)),
        "v: expected binary subtype 4 (UUID), found subtype 0"
    );
    assert_eq!(
        refusal::<Uuid>(binary(4, 15)),
        "v: expected the 16 bytes of a UUID, found 15 bytes"
    );
    assert_eq!(refusal::<Uuid>("x"), "v: expected binary subtype 4 (UUID), found string");
}

#[test]
fn errors_inside_the_drivers_values_have_a_path() {
    let bytes = b"\x14\0\0\0\x03a\0\x0c\0\0\0\x08b\0\x02\0\0\0\0\0";
    let length = bytes.len();
    assert_eq!(length, usize::from(bytes[0]));
    let refused = decode_document::<Document>(bytes).unwrap_err().to_string();
    assert!(refused.starts_with("a"), "{refused}");
}
