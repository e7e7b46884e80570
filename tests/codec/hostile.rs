//! Random and damaged bytes: every answer is `Ok` or `Err`.
//!
//! `ODM_SEED=…` repeats a run; the seed is printed.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    time::{Duration, SystemTime},
};

use odm::{
    bson::{
        Binary, Bson, DbPointer, Document, JavaScriptCodeWithScope, RawArrayBuf, RawBson,
        RawDocumentBuf, Regex, Uuid, doc, oid::ObjectId, raw::CString,
    },
    codec::{Decode, decode_document, decode_serde, encode_document},
};

use crate::support::Holder;

/// SplitMix64: a few lines, so that a seed means the same everywhere.
struct Random(u64);

impl Random {
    fn seeded() -> Self {
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
        let seed = std::env::var("ODM_SEED").ok().and_then(|text| text.parse().ok());
        let seed = seed.unwrap_or_else(|| now.unwrap_or_default().as_nanos() as u64);
        println!("ODM_SEED={seed}");
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }
}

struct BySerde;

impl Decode for BySerde {
    fn decode(element: odm::codec::Element<'_>) -> Result<Self, odm::codec::DecodeError> {
        decode_serde::<Bson>(element).map(|_| Self)
    }
}

fn read_as_everything(bytes: &[u8]) {
    fn read<T: Decode>(bytes: &[u8]) {
        if let Err(error) = decode_document::<T>(bytes) {
            assert!(!error.to_string().contains('\n'), "{error}");
        }
    }
    read::<Document>(bytes);
    read::<Bson>(bytes);
    read::<RawDocumentBuf>(bytes);
    read::<RawBson>(bytes);
    read::<BySerde>(bytes);
    read::<Duration>(bytes);
    read::<HashMap<String, Bson>>(bytes);
    read::<HashMap<String, RawBson>>(bytes);
    read::<HashMap<ObjectId, RawArrayBuf>>(bytes);
    read::<BTreeMap<String, Vec<String>>>(bytes);
    read::<BTreeMap<String, Vec<Vec<(i32, [u8; 3])>>>>(bytes);
    read::<BTreeMap<String, HashSet<()>>>(bytes);
    read::<BTreeMap<String, BTreeMap<String, Option<f64>>>>(bytes);
    read::<BTreeMap<char, Regex>>(bytes);
    read::<BTreeMap<String, Binary>>(bytes);
    read::<BTreeMap<String, Uuid>>(bytes);
    read::<BTreeMap<String, DbPointer>>(bytes);
    read::<BTreeMap<String, JavaScriptCodeWithScope>>(bytes);
    read::<BTreeMap<String, BySerde>>(bytes);
    read::<Holder<Vec<i64>>>(bytes);
    read::<Holder<SystemTime>>(bytes);
}

#[test]
fn random_bytes_do_no_harm() {
    let mut random = Random::seeded();
    for _ in 0..4_000 {
        let length = random.below(64);
        let mut bytes: Vec<u8> = (0..length).map(|_| random.next() as u8).collect();
        // Every other time with a frame and a first element that are right.
        if length > 12 && random.below(2) == 0 {
            let kinds =
                [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 127, 255];
            bytes[..4].copy_from_slice(&(length as i32).to_le_bytes());
            bytes[4..7].copy_from_slice(&[kinds[random.below(kinds.len())], b'v', 0]);
            bytes[8..11].fill(0);
            bytes[length - 1] = 0;
        }
        read_as_everything(&bytes);
    }
}

#[test]
fn damaged_documents_do_no_harm() {
    let mut random = Random::seeded();
    let sound: Vec<Vec<u8>> = samples().iter().map(|d| encode_document(d).unwrap()).collect();
    for bytes in &sound {
        read_as_everything(bytes);
    }
    for round in 0..6_000 {
        let mut bytes = sound[round % sound.len()].clone();
        for _ in 0..=random.below(3) {
            damage(&mut bytes, &mut random);
        }
        if random.below(4) != 0 && bytes.len() >= 5 {
            let length = (bytes.len() as i32).to_le_bytes();
            bytes[..4].copy_from_slice(&length);
        }
        read_as_everything(&bytes);
    }
}

fn damage(bytes: &mut Vec<u8>, random: &mut Random) {
    if bytes.is_empty() {
        return;
    }
    let at = random.below(bytes.len());
    match random.below(6) {
        0 => bytes[at] = random.next() as u8,
        1 => bytes[at] ^= 1 << random.below(8),
        2 => bytes.truncate(at),
        3 => bytes.insert(at, random.next() as u8),
        4 => drop(bytes.remove(at)),
        _ => {
            let extremes = [0, 1, -1, i32::MAX, i32::MIN, 4, 5];
            let extreme = extremes[random.below(extremes.len())].to_le_bytes();
            let end = (at + 4).min(bytes.len());
            bytes[at..end].copy_from_slice(&extreme[..end - at]);
        }
    }
}

fn samples() -> Vec<Document> {
    let regex = Regex {
        pattern: CString::try_from("a.*b").expect("no NUL"),
        options: CString::try_from("im").expect("no NUL"),
    };
    let code = JavaScriptCodeWithScope { code: "f()".into(), scope: doc! { "x": [1, { "y": 2 }] } };
    let deep = (0..90).fold(doc! {}, |inner, _| doc! { "v": inner });
    vec![
        doc! { "v": [1_i64, 2_i64, 3_i64], "w": ["a", "b"], "x": [[[1, [1, 2, 3]]]] },
        doc! { "secs": 5_i64, "nanos": 7_i64 },
        doc! { "a": regex.clone(), "b": regex },
        doc! { "a": code.clone(), "b": [code] },
        doc! { "a": Uuid::from_bytes([1; 16]), "b": Uuid::from_bytes([2; 16]) },
        doc! { "a": Binary { subtype: 2.into(), bytes: vec![1, 2, 3] } },
        doc! { "v": odm::bson::DateTime::MAX, "a": Bson::Symbol("s".into()), "b": Bson::MinKey },
        (0..300).map(|index| (format!("k{index}"), Bson::Int32(index))).collect(),
        doc! { "65f0c165f0c165f0c165f0c1": [1, "two", 3.0] },
        deep,
    ]
}

#[test]
fn an_array_of_nothing_asks_for_little_memory() {
    let nothing = doc! { "v": vec![Bson::Null; 100_000] };
    let bytes = encode_document(&nothing).expect("a document");
    assert_eq!(crate::support::decoded::<Vec<()>>(&bytes).map(|all| all.len()), Ok(100_000));
    let refused = crate::support::decoded::<Vec<[u64; 64]>>(&bytes).expect_err("not arrays");
    assert_eq!(refused.to_string(), "v[0]: expected array, found null");
}
