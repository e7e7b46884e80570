//! Documents in another order than the type's.

use std::{
    collections::{BTreeMap, HashMap},
    time::{Duration, Instant},
};

use odm::{
    bson::{Document, doc},
    codec::{
        Decode, DecodeError, Element, Slots, decode_document, encode_document, put, read_fields,
    },
    prelude::*,
};
use proptest::prelude::*;

use crate::support::Own;

/// Slots for as many fields as there are names.
struct Many(Vec<Option<i64>>, usize);

impl Slots for Many {
    fn put(&mut self, index: usize, element: Element<'_>) -> Result<(), DecodeError> {
        put::<Own, i64>(&mut self.0[index], element)
    }
    fn other(&mut self, _: &str, _: Element<'_>) -> Result<(), DecodeError> {
        self.1 += 1;
        Ok(())
    }
}

type Names = &'static [&'static str];

fn names(count: usize, name: impl Fn(usize) -> String) -> Names {
    let names = (0..count).map(|index| &*format!("{}\0", name(index)).leak());
    names.collect::<Vec<_>>().leak()
}

fn read(names: Names, bytes: &[u8]) -> Result<Many, DecodeError> {
    let mut slots = Many(vec![None; names.len()], 0);
    read_fields(Element::document(bytes), names, &mut slots).map(|()| slots)
}

/// A document with these names as keys, the values being the places of the names.
fn document(names: Names, order: &[usize]) -> Vec<u8> {
    let entry = |index: &usize| (names[*index].trim_end_matches('\0'), *index as i64);
    let document: Document =
        order.iter().map(entry).map(|(key, n)| (key.into(), n.into())).collect();
    encode_document(&document).expect("a document")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn any_order_is_read(count in 0..120_usize, seed: u64, kind in 0..3) {
        // Short names, names alike in all but the middle, and names of many lengths.
        let names = names(count, |index| match kind {
            0 => format!("f{index}"),
            1 => format!("the customer's address, line {index:05}, of many and more"),
            _ => "x".repeat(index),
        });
        let mut order: Vec<usize> = (0..count).collect();
        let mut random = seed;
        for last in (1..count).rev() {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            order.swap(last, (random >> 33) as usize % (last + 1));
        }
        order.truncate(count - count / 4);
        let read = read(names, &document(names, &order)).expect("it is sound");
        for index in 0..count {
            let expected = order.contains(&index).then_some(index as i64);
            prop_assert_eq!(read.0[index], expected);
        }
        prop_assert_eq!(read.1, 0);
    }
}

#[test]
fn a_field_that_is_there_twice_is_refused_in_any_order() {
    let names = names(50, |index| format!("field {index}"));
    let mut order: Vec<usize> = (0..50).rev().collect();
    let sound = document(names, &order);
    assert!(read(names, &sound).is_ok());
    order.truncate(1);
    let last = document(names, &order);
    let twice = [&sound[4..sound.len() - 1], &last[4..]].concat();
    let twice = [&(twice.len() as i32 + 4).to_le_bytes()[..], &twice].concat();
    let refused = read(names, &twice).err().expect("a field twice").to_string();
    assert_eq!(refused, "field 49: the field is there twice");
}

#[test]
fn an_unknown_key_is_not_taken_for_a_field() {
    let names = names(20, |index| format!("name{index:02}"));
    let unknown = doc! { "name20": 1, "name2": 1, "": 1, "name000": 1, "name19": 1_i64 };
    let read = read(names, &encode_document(&unknown).expect("a document")).expect("it is sound");
    assert_eq!((read.0[19], read.1), (Some(1), 4));
}

/// The least of many times, which other programs do not disturb.
fn least(mut work: impl FnMut()) -> Duration {
    let once = |_| {
        let begin = Instant::now();
        work();
        begin.elapsed()
    };
    (0..30).map(once).min().expect("a time")
}

#[test]
fn another_order_costs_no_search_through_all_names() {
    let names = names(2_000, |index| format!("field{index:04}"));
    let usual = document(names, &(0..2_000).collect::<Vec<_>>());
    let reversed = document(names, &(0..2_000).rev().collect::<Vec<_>>());
    let unknown = (0..2_000).map(|index| (format!("other{index:04}"), 1_i64.into()));
    let unknown = encode_document(&unknown.collect::<Document>()).expect("a document");
    let in_order = least(|| drop(read(names, &usual).expect("it is sound")));
    for other in [reversed, unknown] {
        let out_of_order = least(|| drop(read(names, &other).expect("it is sound")));
        assert!(out_of_order < in_order * 8, "{out_of_order:?} after {in_order:?}");
    }
}

#[derive(Embedded, Clone, Debug, PartialEq)]
struct Ordered {
    id: i32,
    #[model(flatten)]
    rest: BTreeMap<String, String>,
}

#[derive(Embedded, Clone, Debug, PartialEq)]
struct Unordered {
    id: i32,
    #[model(flatten)]
    rest: HashMap<String, String>,
}

/// Keys in no order, and enough of them that the map is read from sorted entries.
fn entries() -> impl Iterator<Item = (String, String)> {
    (0..2_000_u32).map(|n| (format!("key {:08x}", n.wrapping_mul(0x9E37_79B1)), n.to_string()))
}

#[test]
fn a_large_map_in_no_order_is_read() {
    fn read<T: Decode + PartialEq + std::fmt::Debug>(bytes: &[u8], expected: T) {
        assert_eq!(decode_document::<T>(bytes), Ok(expected));
    }
    let document: Document = entries().map(|(key, text)| (key, text.into())).collect();
    let bytes = encode_document(&document).expect("a document");
    read(&bytes, entries().collect::<BTreeMap<_, _>>());
    read(&bytes, entries().collect::<HashMap<_, _>>());
    let mut large = doc! { "id": 1 };
    large.extend(document);
    let bytes = encode_document(&large).expect("a document");
    read(&bytes, Ordered { id: 1, rest: entries().collect() });
    read(&bytes, Unordered { id: 1, rest: entries().collect() });
}

#[test]
fn a_key_that_is_twice_in_a_large_map_is_named() {
    let mut document: Document = entries().map(|(key, text)| (key, text.into())).collect();
    document.insert("twice", "a");
    let mut bytes = encode_document(&document).expect("a document");
    bytes.pop();
    bytes.extend_from_slice(b"\x02twice\0\x02\0\0\0b\0\0");
    let length = (bytes.len() as i32).to_le_bytes();
    bytes[..4].copy_from_slice(&length);
    let refused = decode_document::<BTreeMap<String, String>>(&bytes).expect_err("a key twice");
    assert_eq!(refused.to_string(), "twice: the key is there twice");
    let refused = decode_document::<HashMap<String, String>>(&bytes).expect_err("a key twice");
    assert_eq!(refused.to_string(), "twice: the key is there twice");
    let refused = decode_document::<BTreeMap<String, i32>>(&bytes).expect_err("text");
    assert!(refused.to_string().ends_with(": expected int32, found string"), "{refused}");
}
