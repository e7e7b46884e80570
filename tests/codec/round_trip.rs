//! Bytes equal to serde's, and values that come back.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet, LinkedList, VecDeque},
    num::{NonZero, Saturating, Wrapping},
    rc::Rc,
    sync::Arc,
    time::Duration,
};

use odm::bson::{
    Binary, Bson, DateTime, Decimal128, Document, JavaScriptCodeWithScope, RawArrayBuf, RawBson,
    RawDocumentBuf, Regex, Timestamp, Uuid, doc, oid::ObjectId, raw::CString, spec::BinarySubtype,
};
use proptest::{collection::vec, option, prelude::*};

use crate::support::{agrees, returns};

/// A key: any text without a NUL.
fn key() -> impl Strategy<Value = String> {
    "[^\0]{0,12}"
}

fn scalar() -> impl Strategy<Value = Bson> {
    prop_oneof![
        any::<f64>().prop_map(Bson::Double),
        ".{0,20}".prop_map(Bson::String),
        any::<bool>().prop_map(Bson::Boolean),
        any::<i32>().prop_map(Bson::Int32),
        any::<i64>().prop_map(Bson::Int64),
        any::<[u8; 12]>().prop_map(|bytes| Bson::ObjectId(ObjectId::from_bytes(bytes))),
        any::<[u8; 16]>().prop_map(|bytes| Bson::Decimal128(Decimal128::from_bytes(bytes))),
        any::<(u32, u32)>()
            .prop_map(|(time, increment)| Bson::Timestamp(Timestamp { time, increment })),
        (any::<u8>(), vec(any::<u8>(), 0..20)).prop_map(|(subtype, bytes)| {
            Bson::Binary(Binary { subtype: BinarySubtype::from(subtype), bytes })
        }),
        (key(), "i?m?s?x?").prop_map(|(pattern, options)| {
            let part = |text: String| CString::try_from(text).expect("no NUL");
            Bson::RegularExpression(Regex { pattern: part(pattern), options: part(options) })
        }),
        ".{0,20}".prop_map(Bson::JavaScriptCode),
        ".{0,20}".prop_map(Bson::Symbol),
        any::<i64>().prop_map(|millis| Bson::DateTime(DateTime::from_millis(millis))),
        Just(Bson::Null),
        Just(Bson::Undefined),
        Just(Bson::MinKey),
        Just(Bson::MaxKey),
    ]
}

fn any_bson() -> impl Strategy<Value = Bson> {
    scalar().prop_recursive(4, 32, 6, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..6).prop_map(Bson::Array),
            vec((key(), inner.clone()), 0..6)
                .prop_map(|entries| Bson::Document(entries.into_iter().collect())),
            (key(), vec((key(), inner), 0..3)).prop_map(|(code, scope)| {
                let scope = scope.into_iter().collect();
                Bson::JavaScriptCodeWithScope(JavaScriptCodeWithScope { code, scope })
            }),
        ]
    })
}

proptest! {
    #[test]
    fn integers_agree(
        a: (i8, i16, i32, i64, isize), b: (u8, u16, u32), c in 0..=i64::MAX as u64,
    ) {
        agrees(a);
        agrees(b);
        agrees((c, c as usize, Wrapping(a.2), Saturating(a.3)));
        if let Some(number) = NonZero::new(c) { agrees(number) }
        if let Some(number) = NonZero::new(a.0) { agrees(number) }
    }

    #[test]
    fn floats_and_text_agree(a: f64, b: f32, c: bool, d: char, text in ".{0,200}") {
        agrees((a, b, c, d));
        agrees(text.clone());
        agrees(text.clone().into_boxed_str());
        agrees(std::borrow::Cow::<'_, str>::Owned(text.clone()));
        returns::<Arc<str>>(text.as_str().into());
        returns::<Rc<str>>(text.as_str().into());
    }

    #[test]
    fn sequences_agree(a in vec(any::<i32>(), 0..120), b in vec(".{0,8}", 0..20)) {
        agrees(a.clone());
        agrees(a.iter().copied().collect::<VecDeque<_>>());
        agrees(a.iter().copied().collect::<LinkedList<_>>());
        agrees(a.iter().copied().collect::<BTreeSet<_>>());
        returns(a.iter().copied().collect::<HashSet<_>>());
        agrees(a.clone().into_boxed_slice());
        returns::<Arc<[i32]>>(a.as_slice().into());
        returns::<std::borrow::Cow<'_, [i32]>>(a.as_slice().into());
        agrees(b.clone());
        agrees([a.clone(), a]);
        agrees(vec![(); b.len()]);
    }

    #[test]
    fn long_arrays_agree(length in 990..1010_usize, bytes in vec(any::<u8>(), 0..300)) {
        agrees((0..length as i64).collect::<Vec<_>>());
        agrees(bytes);
    }

    #[test]
    fn maps_agree(a in vec((key(), option::of(any::<i64>())), 0..12), b: HashMap<char, i32>) {
        agrees(a.iter().cloned().collect::<BTreeMap<_, _>>());
        returns(a.into_iter().collect::<HashMap<_, _>>());
        returns(b.into_iter().filter(|(key, _)| *key != '\0').collect::<HashMap<_, _>>());
    }

    #[test]
    fn nested_values_agree(
        value in vec(option::of((key(), vec((any::<i32>(), any::<bool>()), 0..3))), 0..8),
        seconds in 0..=i64::MAX as u64, nanos in 0..1_000_000_000_u32,
    ) {
        agrees(value.clone());
        agrees(Some(Box::new(Some(value))));
        agrees(Duration::new(seconds, nanos));
        agrees(((1, 2, 3, 4), (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12_i64), ("a".to_owned(),)));
    }

    #[test]
    fn the_drivers_values_agree(value in any_bson(), entries in vec((key(), any_bson()), 0..5)) {
        let document: Document = entries.into_iter().collect();
        agrees(value);
        agrees(document);
    }

    #[test]
    fn raw_values_return(value in any_bson(), entries in vec((key(), any_bson()), 0..5)) {
        let document: Document = entries.into_iter().collect();
        returns(RawDocumentBuf::try_from(&document).expect("a plain document"));
        let raw = RawBson::try_from(value.clone()).expect("a plain value");
        returns(raw.clone());
        returns(RawArrayBuf::from_iter([raw.as_raw_bson_ref(), raw.as_raw_bson_ref()]));
        agrees(vec![raw]);
    }
}

#[test]
fn identifiers_are_keys_of_maps() {
    returns(BTreeMap::from([(ObjectId::from_bytes(*b"twelve bytes"), 1)]));
    returns(HashMap::from([(Uuid::from_bytes([7; 16]), 1)]));
    agrees(Uuid::from_bytes([7; 16]));
    agrees(ObjectId::from_bytes(*b"twelve bytes"));
}

#[test]
fn a_set_stored_with_doubles_is_read_as_a_set() {
    let read = crate::support::read::<BTreeSet<i32>>(vec![3, 1, 3]).expect("numbers");
    assert_eq!(read, BTreeSet::from([1, 3]));
}

#[test]
fn an_absent_field_is_none() {
    let empty = odm::bson::serialize_to_vec(&doc! {}).expect("a document");
    assert_eq!(crate::support::decoded::<Option<i32>>(&empty), Ok(None));
    assert_eq!(crate::support::decoded::<Box<Option<i32>>>(&empty), Ok(Box::new(None)));
}
