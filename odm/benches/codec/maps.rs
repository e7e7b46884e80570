//! Documents with very many keys, read as a map, and what the standard library alone takes for them.

use std::{
    collections::{BTreeMap, HashMap},
    hint::black_box,
};

use criterion::{BatchSize, Criterion};
use odm::{
    bson::{self, Bson, Document},
    codec::{Encode, decode_document, encode_document},
    prelude::*,
};
use serde::{Deserialize, Serialize};

use crate::orders::decode;

type Tree = BTreeMap<String, String>;
type Hashed = HashMap<String, String>;

macro_rules! flattened {
    ($($name:ident: $map:ty,)*) => {$(
        #[derive(Debug, PartialEq, Embedded, Serialize, Deserialize)]
        struct $name {
            text: String,
            #[serde(flatten)]
            rest: $map,
        }
    )*};
}

flattened! {
    FlatTree: Tree,
    FlatHashed: Hashed,
}

#[derive(Debug, PartialEq, Embedded, Serialize, Deserialize)]
struct Nested<M> {
    text: String,
    rest: M,
}

/// As many keys as the large document of the drivers' common benchmark.
const COUNT: u32 = 94_354;

pub(crate) fn all(criterion: &mut Criterion) {
    // In no order.
    let text = |n: u32| format!("{:08x}", n.wrapping_mul(0x9E37_79B1));
    let entries: Document = (0..COUNT).map(|n| (text(n), text(n + 1).into())).collect();
    flattened(criterion, &entries);
    nested(criterion, &entries);
    alike(criterion, &entries);
    for count in [10, 100, 1000] {
        few(criterion, &entries.iter().take(count).map(owned).collect());
    }
    alone(criterion, &entries);
}

fn owned((key, value): (&String, &Bson)) -> (String, Bson) {
    (key.clone(), value.clone())
}

fn flattened(criterion: &mut Criterion, entries: &Document) {
    let mut document = bson::doc! { "text": "a" };
    document.extend(entries.clone());
    let bytes = bson::serialize_to_vec(&document).expect("a document");
    let name = "94,355 keys, flattened";
    decode::<FlatTree>(criterion, &format!("{name}, BTreeMap"), &bytes);
    decode::<FlatHashed>(criterion, &format!("{name}, HashMap"), &bytes);
    let tree: FlatTree = decode_document(&bytes).expect("the bytes are sound");
    let hashed: FlatHashed = decode_document(&bytes).expect("the bytes are sound");
    assert_eq!((tree.rest.len(), hashed.rest.len()), (94_354, 94_354));
    // Each entry where it was when it came, not where it is walked.
    let mut grown = FlatTree { text: "a".to_owned(), rest: Tree::new() };
    grown.rest.extend(text_entries(entries));
    encode(criterion, &format!("{name}, Document"), &document);
    encode(criterion, &format!("{name}, BTreeMap"), &tree);
    encode(criterion, &format!("{name}, BTreeMap, grown"), &grown);
    encode(criterion, &format!("{name}, HashMap"), &hashed);
}

fn nested(criterion: &mut Criterion, entries: &Document) {
    let document = bson::doc! { "text": "a", "rest": entries.clone() };
    let bytes = bson::serialize_to_vec(&document).expect("a document");
    let name = "94,355 keys, nested";
    decode::<Nested<Tree>>(criterion, &format!("{name}, BTreeMap"), &bytes);
    decode::<Nested<Hashed>>(criterion, &format!("{name}, HashMap"), &bytes);
    let tree: Nested<Tree> = decode_document(&bytes).expect("the bytes are sound");
    let hashed: Nested<Hashed> = decode_document(&bytes).expect("the bytes are sound");
    encode(criterion, &format!("{name}, Document"), &document);
    encode(criterion, &format!("{name}, BTreeMap"), &tree);
    encode(criterion, &format!("{name}, HashMap"), &hashed);
}

/// Keys that begin alike, as identifiers do.
fn alike(criterion: &mut Criterion, entries: &Document) {
    let key = |key: &str| format!("65f0c1ab0000000000{key}");
    let document: Document =
        entries.iter().map(|(text, value)| (key(text), value.clone())).collect();
    let bytes = bson::serialize_to_vec(&document).expect("a document");
    let name = "94,354 keys, alike";
    decode::<Tree>(criterion, &format!("{name}, BTreeMap"), &bytes);
    let hashed: Hashed = decode_document(&bytes).expect("the bytes are sound");
    encode(criterion, &format!("{name}, Document"), &document);
    encode(criterion, &format!("{name}, HashMap"), &hashed);
}

fn few(criterion: &mut Criterion, document: &Document) {
    let bytes = bson::serialize_to_vec(document).expect("a document");
    let hashed: Hashed = decode_document(&bytes).expect("the bytes are sound");
    let name = format!("{} keys", document.len());
    decode::<Tree>(criterion, &format!("{name}, BTreeMap"), &bytes);
    encode(criterion, &format!("{name}, Document"), document);
    encode(criterion, &format!("{name}, HashMap"), &hashed);
}

fn encode<T: Encode + Serialize>(criterion: &mut Criterion, name: &str, value: &T) {
    let mut group = criterion.benchmark_group(name);
    group.bench_function("encode odm", |b| b.iter(|| encode_document(black_box(value))));
    group.bench_function("encode serde", |b| b.iter(|| bson::serialize_to_vec(black_box(value))));
    group.finish();
}

/// What cannot be saved: no codec is in this.
fn alone(criterion: &mut Criterion, entries: &Document) {
    let pairs: Vec<_> = text_entries(entries).collect();
    let mut sorted = pairs.clone();
    sorted.sort_unstable();
    let hashed: Hashed = pairs.iter().cloned().collect();
    let mut group = criterion.benchmark_group("94,354 keys, std alone");
    group.bench_function("copies of keys and values", |b| {
        b.iter_with_large_drop(|| black_box(&pairs).clone());
    });
    group.bench_function("BTreeMap of pairs", |b| {
        b.iter_batched(|| pairs.clone(), Tree::from_iter, BatchSize::LargeInput);
    });
    group.bench_function("BTreeMap of sorted pairs", |b| {
        b.iter_batched(|| sorted.clone(), Tree::from_iter, BatchSize::LargeInput);
    });
    group.bench_function("BTreeMap, one pair after the other", |b| {
        let insert = |pairs: Vec<_>| {
            let mut all = Tree::new();
            all.extend(pairs);
            all
        };
        b.iter_batched(|| pairs.clone(), insert, BatchSize::LargeInput);
    });
    group.bench_function("HashMap of pairs", |b| {
        b.iter_batched(|| pairs.clone(), Hashed::from_iter, BatchSize::LargeInput);
    });
    group.bench_function("HashMap, texts in a row", |b| b.iter(|| in_a_row(black_box(&hashed))));
    // As many bytes as a place in a buffer and the beginning of a key.
    let places: Vec<(u64, u64)> =
        (0..u64::from(COUNT)).map(|n| (n.wrapping_mul(0x9E37_79B9_7F4A_7C15), n)).collect();
    group.bench_function("numbers of 16 bytes sorted", |b| {
        let sort = |mut places: Vec<_>| {
            places.sort_by_key(|(key, _)| *key);
            places
        };
        b.iter_batched(|| places.clone(), sort, BatchSize::LargeInput);
    });
    group.bench_function("HashMap, borrowed keys sorted", |b| {
        b.iter(|| {
            let mut keys: Vec<(&str, &String)> =
                black_box(&hashed).iter().map(|(key, value)| (&**key, value)).collect();
            keys.sort_unstable_by_key(|(key, _)| *key);
            keys
        });
    });
    group.finish();
}

/// All keys and values in one buffer, unsorted.
fn in_a_row(map: &Hashed) -> Vec<u8> {
    let mut all = Vec::with_capacity(map.len() * 16);
    for (key, value) in map {
        all.extend_from_slice(key.as_bytes());
        all.extend_from_slice(value.as_bytes());
    }
    all
}

fn text_entries(entries: &Document) -> impl Iterator<Item = (String, String)> {
    let text = |value: &Bson| value.as_str().expect("a text").to_owned();
    entries.iter().map(move |(key, value)| (key.clone(), text(value)))
}
