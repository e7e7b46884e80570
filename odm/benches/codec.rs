//! odm's codec beside serde's: `cargo bench -p odm --bench codec`.
//!
//! Two documents: 3 kB with 50 sub-documents, and a small one of ten scalars; and what is not usual:
//! other orders, unknown keys, very many keys.

#![allow(missing_docs)]

#[path = "codec/maps.rs"]
mod maps;
#[path = "codec/orders.rs"]
mod orders;

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use odm::{
    bson::{self, DateTime, RawDocumentBuf, Timestamp, oid::ObjectId, rawdoc},
    codec::{Decode, Encode, decode_document, encode_document},
    prelude::*,
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

#[derive(Debug, PartialEq, Embedded, Serialize, Deserialize)]
struct Item {
    sku: String,
    qty: i32,
    price: f64,
}

#[derive(Debug, PartialEq, Embedded, Serialize, Deserialize)]
struct Address {
    street: String,
    city: String,
    zip: String,
    country: String,
}

#[derive(Debug, PartialEq, Model, Serialize, Deserialize)]
#[model(collection = "orders")]
struct Order {
    #[model(id)]
    #[serde(rename = "_id")]
    id: ObjectId,
    name: String,
    email: String,
    active: bool,
    age: i32,
    visits: i64,
    score: f64,
    #[serde(rename = "created_at")]
    created: DateTime,
    #[serde(rename = "updated_at")]
    updated: DateTime,
    phone: Option<String>,
    #[model(null)]
    nickname: Option<String>,
    address: Address,
    tags: Vec<String>,
    status: String,
    level: i32,
    balance: f64,
    currency: String,
    notes: String,
    version: i64,
    items: Vec<Item>,
}

#[derive(Debug, PartialEq, Model, Serialize, Deserialize)]
#[model(collection = "smalls")]
struct Small {
    #[model(id)]
    #[serde(rename = "_id")]
    id: ObjectId,
    name: String,
    email: String,
    active: bool,
    age: i32,
    visits: i64,
    score: f64,
    #[serde(rename = "created_at")]
    created: DateTime,
    level: i32,
    phone: Option<String>,
}

fn order() -> Order {
    Order {
        id: ObjectId::from_bytes(*b"odm-benches!"),
        name: "Ada Lovelace".into(),
        email: "ada@analytical.example".into(),
        active: true,
        age: 36,
        visits: 1 << 40,
        score: 98.5,
        created: DateTime::from_millis(1_700_000_000_000),
        updated: DateTime::from_millis(1_700_000_100_000),
        phone: Some("+44 20 7946 0000".into()),
        nickname: None,
        address: Address {
            street: "12 St James's Square".into(),
            city: "London".into(),
            zip: "SW1Y 4JH".into(),
            country: "United Kingdom".into(),
        },
        tags: vec!["mathematics".into(), "poetry".into(), "engines".into()],
        status: "confirmed".into(),
        level: 7,
        balance: 1234.25,
        currency: "GBP".into(),
        notes: "leave the parcel with the porter".into(),
        version: 12,
        items: (0..50)
            .map(|index| Item {
                sku: format!("sku-{index:04}"),
                qty: index,
                price: f64::from(index) * 1.25,
            })
            .collect(),
    }
}

fn small() -> Small {
    Small {
        id: ObjectId::from_bytes(*b"odm-benches!"),
        name: "Ada Lovelace".into(),
        email: "ada@analytical.example".into(),
        active: true,
        age: 36,
        visits: 1 << 40,
        score: 98.5,
        created: DateTime::from_millis(1_700_000_000_000),
        level: 7,
        phone: Some("+44 20 7946 0000".into()),
    }
}

fn compare<T>(criterion: &mut Criterion, name: &str, value: &T)
where
    T: Encode + Decode + Serialize + DeserializeOwned + PartialEq + std::fmt::Debug,
{
    let bytes = encode_document(value).expect("the value is a document");
    assert_eq!(bytes, bson::serialize_to_vec(value).expect("the value is a document"));
    assert_eq!(&decode_document::<T>(&bytes).expect("the bytes are sound"), value);
    let mut group = criterion.benchmark_group(format!("{name}, {} bytes", bytes.len()));
    group.throughput(Throughput::Bytes(bytes.len() as u64));
    group.bench_function("encode odm", |b| b.iter(|| encode_document(black_box(value))));
    group.bench_function("encode serde", |b| b.iter(|| bson::serialize_to_vec(black_box(value))));
    // Freeing what was decoded is no part of decoding, and the same on both sides.
    group.bench_function("decode odm", |b| {
        b.iter_with_large_drop(|| decode_document::<T>(black_box(&bytes)));
    });
    group.bench_function("decode serde", |b| {
        b.iter_with_large_drop(|| bson::deserialize_from_slice::<T>(black_box(&bytes)));
    });
    group.finish();
}

/// An event costs little more than the document in it.
fn event<M: Model>(criterion: &mut Criterion, name: &str, document: &M) {
    let stored = encode_document(document).expect("the value is a document");
    let event = rawdoc! {
        "_id": { "_data": "8265F0C1AB000000012B022C0100296E5A1004C4B11BEA5F4319A8E7CAF46816ED7146" },
        "operationType": "insert",
        "clusterTime": Timestamp { time: 1_700_000_000, increment: 1 },
        "wallTime": DateTime::from_millis(1_700_000_000_000),
        "fullDocument": RawDocumentBuf::from_bytes(stored.clone()).expect("a document"),
        "ns": { "db": "shop", "coll": "orders" },
        "documentKey": { "_id": ObjectId::from_bytes(*b"odm-benches!") },
    };
    assert!(matches!(ChangeEvent::<M>::decode(&event), Ok(ChangeEvent::Insert(_))));
    let mut group = criterion.benchmark_group(format!("event of {name}"));
    group.bench_function("decode the document", |b| {
        b.iter_with_large_drop(|| decode_document::<M>(black_box(&stored)));
    });
    group.bench_function("decode the event", |b| {
        b.iter_with_large_drop(|| ChangeEvent::<M>::decode(black_box(&event)));
    });
    group.finish();
}

fn all(criterion: &mut Criterion) {
    compare(criterion, "order", &order());
    compare(criterion, "small", &small());
    event(criterion, "order", &order());
    event(criterion, "small", &small());
}

criterion_group!(benches, all, orders::all, maps::all);
criterion_main!(benches);
