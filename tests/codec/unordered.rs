//! Equal maps and sets have equal bytes, however they came about.

use std::{
    collections::{HashMap, HashSet, hash_map::RandomState},
    hash::BuildHasher,
};

use odm::{
    bson::{Bson, bson, doc},
    codec::{Encode, encode_document},
    prelude::*,
};

use crate::support::{encoded, stored, write_refusal};

#[derive(Embedded, Clone, Debug, PartialEq)]
struct Shelf {
    tags: HashSet<String>,
    #[model(flatten)]
    labels: HashMap<String, HashSet<(i32, String)>>,
}

/// The same map, filled in another order, with another hasher and another capacity.
fn again<K: Clone + Eq + std::hash::Hash, V: Clone>(map: &HashMap<K, V>) -> HashMap<K, V> {
    let mut entries: Vec<_> = map.iter().map(|(key, value)| (key.clone(), value.clone())).collect();
    entries.reverse();
    let mut again = HashMap::with_capacity_and_hasher(500, RandomState::new());
    again.extend(entries);
    again
}

fn set_again<T: Clone + Eq + std::hash::Hash>(set: &HashSet<T>) -> HashSet<T> {
    let map: HashMap<T, ()> = set.iter().map(|item| (item.clone(), ())).collect();
    again(&map).into_keys().collect()
}

#[test]
fn equal_maps_and_sets_have_equal_bytes() {
    let numbers: HashMap<String, i32> = (0..50).map(|n| (format!("key {n}"), n)).collect();
    let items: HashSet<String> = numbers.keys().cloned().collect();
    let nested: HashMap<char, HashSet<String>> =
        ('a'..'m').map(|key| (key, items.clone())).collect();
    for _ in 0..20 {
        assert_eq!(encoded(numbers.clone()), encoded(again(&numbers)));
        assert_eq!(encoded(items.clone()), encoded(set_again(&items)));
        let other: HashMap<_, _> =
            again(&nested).into_iter().map(|(key, items)| (key, set_again(&items))).collect();
        assert_eq!(other, nested);
        assert_eq!(encoded(nested.clone()), encoded(other.clone()));
        assert_eq!(encoded(vec![nested.clone()]), encoded(vec![other]));
    }
}

#[test]
fn a_flattened_map_is_written_in_order() {
    let pairs: HashSet<_> = [(2, "b".to_owned()), (1, "a".to_owned())].into();
    let shelf = Shelf {
        tags: HashSet::from(["y".into(), "x".into(), "z".into()]),
        labels: HashMap::from([("n".into(), pairs), ("m".into(), HashSet::new())]),
    };
    let bytes = encode_document(&shelf).expect("a document");
    let document: odm::bson::Document =
        odm::bson::deserialize_from_slice(&bytes).expect("what is written is sound");
    let expected = doc! { "tags": ["x", "y", "z"], "m": [], "n": [[1, "a"], [2, "b"]] };
    assert_eq!(document.to_string(), expected.to_string());
}

#[test]
fn keys_are_in_the_order_of_their_text() {
    let keys = ["", "a", "aaaaaaaa", "aaaaaaaab", "aaaaaaaac", "b", "é"];
    let map: HashMap<&str, i32> = keys.into_iter().rev().zip(0..).collect();
    let map: HashMap<String, i32> = map.into_iter().map(|(key, n)| (key.to_owned(), n)).collect();
    let Bson::Document(document) = stored(map) else { panic!("not a document") };
    assert!(document.keys().eq(keys.iter()), "{document}");
}

#[test]
fn items_are_in_the_order_of_their_bytes() {
    let many: HashSet<u8> = (0..=255).collect();
    let expected: Vec<Bson> = (0..=255).map(Bson::Int32).collect();
    assert_eq!(stored(many), Bson::Array(expected));
    assert_eq!(stored(HashSet::from([Some(1), None])), bson!([null, 1]));
}

#[test]
fn an_item_that_cannot_be_written_is_named() {
    let refused = write_refusal(HashSet::from([u64::MAX]));
    assert!(refused.starts_with("v[0]: 18446744073709551615 does not fit"), "{refused}");
}

/// Any hasher will do.
#[derive(Default)]
struct Constant;

impl BuildHasher for Constant {
    type Hasher = std::hash::DefaultHasher;
    fn build_hasher(&self) -> Self::Hasher {
        std::hash::DefaultHasher::new()
    }
}

#[test]
fn the_hasher_does_not_matter() {
    fn bytes(value: impl Encode) -> Vec<u8> {
        encoded(value)
    }
    let entries = || (0..50).map(|n| (n.to_string(), n));
    let constant: HashMap<String, i32, Constant> = entries().collect();
    let random: HashMap<String, i32> = entries().collect();
    assert_eq!(bytes(constant), bytes(random));
    let constant: HashSet<i32, Constant> = (0..50).collect();
    let random: HashSet<i32> = (0..50).collect();
    assert_eq!(bytes(constant), bytes(random));
}
