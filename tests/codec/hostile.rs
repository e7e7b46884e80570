//! Random and damaged bytes: every answer is `Ok` or `Err`.
//!
//! `ODM_SEED=…` repeats a run; the seed is printed.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    time::{Duration, SystemTime},
};

use odm::{
    bson::{
        self, Binary, Bson, DbPointer, Document, JavaScriptCodeWithScope, RawArrayBuf, RawBson,
        RawDocument, RawDocumentBuf, Regex, Uuid, doc, oid::ObjectId, raw::CString,
    },
    codec::{Decode, decode_document, decode_serde, encode_document},
    prelude::Embedded,
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
    let sound: Vec<Vec<u8>> = samples().iter().map(|d| encode_document(d).unwrap()).collect();
    for bytes in &sound {
        read_as_everything(bytes);
    }
    damaged(&sound, 6_000, read_as_everything);
}

/// Calls `look` with the documents after up to three damages, the outer length mostly mended.
fn damaged(sound: &[Vec<u8>], rounds: usize, look: impl Fn(&[u8])) {
    let mut random = Random::seeded();
    for round in 0..rounds {
        let mut bytes = sound[round % sound.len()].clone();
        for _ in 0..=random.below(3) {
            damage(&mut bytes, &mut random);
        }
        if random.below(4) != 0 && bytes.len() >= 5 {
            let length = (bytes.len() as i32).to_le_bytes();
            bytes[..4].copy_from_slice(&length);
        }
        look(&bytes);
    }
}

/// Knows some of the fields; the others must be sound, too.
#[derive(Debug, Embedded)]
struct Known {
    #[model(rename = "v")]
    _value: Option<Bson>,
    #[model(rename = "a")]
    _raw: Option<RawBson>,
}

/// Whether the driver reads the document, every value in it included.
fn driver_reads(bytes: &[u8]) -> bool {
    let deep = RawDocument::from_bytes(bytes).ok().map(Document::try_from);
    matches!(deep, Some(Ok(_))) && bson::deserialize_from_slice::<Document>(bytes).is_ok()
}

#[test]
fn what_the_driver_refuses_is_refused() {
    fn refuses<T: Decode>(bytes: &[u8]) {
        let read = decode_document::<T>(bytes).is_ok();
        assert!(!read, "{} reads {bytes:02X?}", std::any::type_name::<T>());
    }
    let look = |bytes: &[u8]| {
        if driver_reads(bytes) {
            return;
        }
        refuses::<Document>(bytes);
        refuses::<Bson>(bytes);
        refuses::<RawDocumentBuf>(bytes);
        refuses::<RawBson>(bytes);
        refuses::<BTreeMap<String, Bson>>(bytes);
        refuses::<HashMap<String, RawBson>>(bytes);
        refuses::<Known>(bytes);
        refuses::<BySerde>(bytes);
    };
    let work = move || {
        let mut sound: Vec<Vec<u8>> =
            samples().iter().map(|d| encode_document(d).unwrap()).collect();
        sound.retain(|bytes| bytes.len() < 500);
        damaged(&sound, 30_000, look);
    };
    // The driver's deserializer needs a large stack.
    let thread = std::thread::Builder::new().stack_size(32 << 20).spawn(work);
    thread.expect("a thread starts").join().expect("what the driver refuses is refused");
}

#[test]
fn a_lone_nul_is_no_end_of_a_document() {
    let broken: &[&[u8]] = &[
        // One NUL more than the length of a string says, than a key has, than an array ends with.
        b"\x0E\0\0\0\x02a\0\x01\0\0\0\0\0\0",
        b"\x0D\0\0\0\x10a\0\0\x01\0\0\0\0",
        b"\x0E\0\0\0\x04a\0\x06\0\0\0\0\0\0",
        b"\x0E\0\0\0\0\x02a\0\x01\0\0\0\0\0",
        b"\x06\0\0\0\0\0",
    ];
    for bytes in broken {
        assert_eq!(usize::from(bytes[0]), bytes.len());
        assert!(!driver_reads(bytes));
        assert!(decode_document::<Document>(bytes).is_err(), "{bytes:02X?}");
        assert!(decode_document::<Known>(bytes).is_err(), "{bytes:02X?}");
        assert!(decode_document::<BTreeMap<String, Bson>>(bytes).is_err(), "{bytes:02X?}");
        assert!(decode_document::<RawDocumentBuf>(bytes).is_err(), "{bytes:02X?}");
    }
    let refused = decode_document::<Document>(broken[0]).expect_err("broken").to_string();
    assert_eq!(refused, "malformed BSON: a key is cut short");
}

#[test]
fn a_raw_field_is_checked_at_any_depth() {
    let raw = |inner: &[u8]| {
        let length = |bytes: usize| i32::try_from(bytes).expect("a short one").to_le_bytes();
        let held = [&length(inner.len() + 5)[..], inner, &[0]].concat();
        [&length(held.len() + 8)[..], b"\x03v\0", &held, &[0]].concat()
    };
    for (inner, expected) in [
        (&b"\x02s\0\x02\0\0\0\xFF\0"[..], "v.s: expected UTF-8 text, found other bytes"),
        (b"\x02s\0\x01\0\0\0x", "v.s: malformed BSON: a string is cut short"),
        (b"\x08b\0\x02", "v.b: malformed BSON: a bool is neither 0 nor 1"),
        (b"\x0Br\0\xFF\0\0", "v.r: expected UTF-8 text, found other bytes"),
        (b"\0", "v: malformed BSON: a key is cut short"),
    ] {
        let bytes = raw(inner);
        let refused = crate::support::decoded::<RawDocumentBuf>(&bytes).expect_err("broken");
        assert_eq!(refused.to_string(), expected);
        let refused = crate::support::decoded::<RawBson>(&bytes).expect_err("broken");
        assert_eq!(refused.to_string(), expected);
        let unread = RawDocumentBuf::from_bytes(raw(inner)).expect("a frame");
        let refused = encode_document(&Holder { v: unread }).expect_err("broken").to_string();
        assert!(refused.starts_with("v: "), "{refused}");
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
