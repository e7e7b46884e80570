//! Types of the standard library and of other crates as fields: what is stored, what is read back.

use std::{
    collections::{BTreeMap, HashMap},
    marker::PhantomData,
    net::{SocketAddr, SocketAddrV4, SocketAddrV6},
    num::NonZero,
    path::PathBuf,
};

use odm::{
    bson::{self, Bson, Decimal128, Document, RawDocumentBuf, bson, doc, oid::ObjectId},
    codec::{Encode, MapKey, decode_document, encode_document},
    prelude::*,
};
use proptest::prelude::proptest;
use serde_json::json;

use crate::support::{agrees, read, refusal, returns, stored, write_refusal};

#[derive(Embedded, Clone, Debug, PartialEq)]
struct Fields<T> {
    json: serde_json::Value,
    object: serde_json::Map<String, serde_json::Value>,
    counts: (NonZero<u8>, NonZero<i64>),
    non_zero: NonZero<usize>,
    addresses: Vec<SocketAddr>,
    v4: SocketAddrV4,
    v6: Option<SocketAddrV6>,
    path: PathBuf,
    wait: chrono::TimeDelta,
    of: PhantomData<T>,
    wide: i128,
    wider: u128,
    by_number: BTreeMap<u32, String>,
    by_day: HashMap<chrono::NaiveDate, i32>,
}

fn fields() -> Fields<String> {
    let object = json!({ "a": 1, "b": [null, true, 1.5] });
    Fields {
        json: json!({ "list": [1, -2, 3.25, "text", null, true, { "": {} }] }),
        object: object.as_object().expect("an object").clone(),
        counts: (NonZero::<u8>::MAX, NonZero::<i64>::MIN),
        non_zero: NonZero::<usize>::MIN,
        addresses: vec!["[::1]:80".parse().expect("an address")],
        v4: "127.0.0.1:1".parse().expect("an address"),
        v6: None,
        path: "/tmp/a b".into(),
        wait: chrono::TimeDelta::milliseconds(-1500),
        of: PhantomData,
        wide: -(10_i128.pow(34) - 1),
        wider: 10_u128.pow(34) - 1,
        by_number: BTreeMap::from([(10, "ten".into()), (9, "nine".into())]),
        by_day: HashMap::from([(chrono::NaiveDate::from_ymd_opt(2024, 2, 29).expect("a day"), 1)]),
    }
}

#[test]
fn a_struct_of_all_of_them_is_read_back() {
    let bytes = encode_document(&fields()).expect("it can be written");
    assert_eq!(decode_document::<Fields<String>>(&bytes), Ok(fields()));
    let document: Document = bson::deserialize_from_slice(&bytes).expect("it is sound");
    assert_eq!(document.get("path"), Some(&Bson::from("/tmp/a b")));
    assert_eq!(document.get("by_number"), Some(&bson!({ "9": "nine", "10": "ten" })));
    assert_eq!(document.get("by_day"), Some(&bson!({ "2024-02-29": 1 })));
    assert_eq!(document.get("v4"), Some(&Bson::from("127.0.0.1:1")));
}

#[test]
fn json_is_stored_as_serde_stores_it() {
    agrees(json!({ "a": [1, -1, u32::MAX, i64::MIN, 1.5, "x", null, false], "b": {} }));
    agrees(json!(null));
    agrees(fields().object);
    assert_eq!(stored(json!(5)), Bson::Int64(5));
    assert_eq!(read(5), Ok(json!(5)));
    assert_eq!(read(doc! { "a": [Bson::Undefined] }), Ok(json!({ "a": [null] })));
}

#[test]
fn json_that_bson_cannot_hold_is_refused_with_its_path() {
    let refused = write_refusal(json!({ "a": [0, { "b": u64::MAX }] }));
    let too_large = "18446744073709551615 does not fit in int64, the widest integer of BSON";
    assert_eq!(refused, format!("v.a[1].b: {too_large}"));
    let refused = refusal::<serde_json::Value>(doc! { "a": [1, ObjectId::from_bytes([0; 12])] });
    assert_eq!(refused, "v.a[1]: expected a JSON value, found objectId");
    assert_eq!(
        refusal::<serde_json::Value>(f64::NAN),
        "v: expected a JSON value, found a double that is not finite"
    );
    let twice = b"\x13\0\0\0\x10v\0\x01\0\0\0\x10v\0\x02\0\0\0\0";
    let refused = decode_document::<serde_json::Map<_, _>>(twice).expect_err("a key twice");
    assert_eq!(refused.to_string(), "v: the key is there twice");
}

#[test]
fn zero_is_refused_where_it_cannot_be() {
    let expected = "v[1]: expected an integer other than 0, found 0";
    assert_eq!(refusal::<Vec<NonZero<i16>>>(vec![1, 0]), expected);
    assert_eq!(refusal::<Vec<NonZero<u64>>>(vec![1, 0]), expected);
    assert_eq!(stored(NonZero::<u8>::MAX), Bson::Int32(255));
}

#[test]
fn addresses_with_ports_are_text() {
    let address: SocketAddr = "[2001:db8::1]:80".parse().expect("an address");
    assert_eq!(stored(address), Bson::from("[2001:db8::1]:80"));
    assert_eq!(
        refusal::<SocketAddrV4>("::1"),
        "v: expected an IPv4 address and a port, found other text"
    );
}

#[cfg(unix)]
#[test]
fn a_path_that_is_not_text_cannot_be_written() {
    use std::os::unix::ffi::OsStringExt;

    let path = PathBuf::from(std::ffi::OsString::from_vec(b"/tmp/\xFF".to_vec()));
    assert_eq!(write_refusal(path), "v: the path /tmp/\u{FFFD} is not UTF-8");
    returns(PathBuf::from("C:\\é"));
}

#[test]
fn what_holds_nothing_is_left_out() {
    #[derive(Embedded, Debug, PartialEq)]
    struct Tagged<T> {
        id: i32,
        of: PhantomData<T>,
    }
    assert!(PhantomData::<i32>.is_absent() && Some(PhantomData::<i32>).is_absent());
    for stored in [doc! { "id": 1 }, doc! { "id": 1, "of": Bson::Null }] {
        let bytes = encode_document(&stored).expect("a document");
        let tagged = Tagged::<String> { id: 1, of: PhantomData };
        assert_eq!(decode_document(&bytes), Ok(tagged));
    }
    agrees(vec![PhantomData::<i32>]);
    assert_eq!(refusal::<PhantomData<i32>>(1), "v: expected null, found int32");
}

#[test]
fn wide_integers_are_decimals_of_34_digits() {
    let decimal = |text: &str| Bson::Decimal128(text.parse::<Decimal128>().expect("a decimal"));
    assert_eq!(stored(-5_i128), decimal("-5"));
    let most = 10_i128.pow(34) - 1;
    assert_eq!(stored(most), decimal(&most.to_string()));
    assert_eq!(
        write_refusal(vec![0, most + 1]),
        "v[1]: 10000000000000000000000000000000000 has more than 34 digits, which Decimal128 \
         cannot hold"
    );
    assert!(write_refusal(u128::MAX).ends_with("which Decimal128 cannot hold"));
    assert!(write_refusal(i128::MIN).contains("-170141183460469231731687303715884105728 has"));
    assert_eq!(read::<i128>(decimal("-1.20E+2")), Ok(-120));
    assert_eq!(read::<i128>(decimal("5.00")), Ok(5));
    assert_eq!(read::<u128>(decimal("-0E+6000")), Ok(0));
    assert_eq!(read::<u128>(7_i64), Ok(7));
    assert_eq!(
        refusal::<i128>(decimal("1.5")),
        "v: expected an integer, found a decimal128 that is none"
    );
    assert_eq!(
        refusal::<i128>(decimal("NaN")),
        "v: expected an integer, found a decimal128 that is none"
    );
    assert_eq!(refusal::<u128>(decimal("-1")), "v: the number does not fit in u128");
    assert_eq!(refusal::<u128>(-1), "v: the number does not fit in u128");
    assert_eq!(refusal::<i128>(decimal("1E+39")), "v: the number does not fit in 128 bits");
    assert_eq!(refusal::<i128>(1.0), "v: expected decimal128, found double");
}

proptest! {
    #[test]
    fn wide_integers_are_exact(value in -(10_i128.pow(34) - 1)..10_i128.pow(34)) {
        returns(value);
        returns(value.unsigned_abs());
    }

    #[test]
    fn any_decimal128_is_an_integer_or_refused(bytes: [u8; 16]) {
        let decimal = Decimal128::from_bytes(bytes);
        if let Ok(value) = read::<i128>(decimal) {
            assert!(value.unsigned_abs() >= 10_u128.pow(34) || read(stored(value)) == Ok(value));
        }
    }

    #[test]
    fn maps_are_keyed_by_any_integer(a: BTreeMap<i8, u8>, b: HashMap<u64, i32>, c: BTreeMap<i128, i32>) {
        returns(a);
        returns(b);
        returns(c);
    }

    #[test]
    fn a_duration_of_chrono_agrees_with_serde(seconds in -9_223_372_036_854_775_i64..9_223_372_036_854_775, nanos in 0..1_000_000_000_u32) {
        agrees(chrono::TimeDelta::new(seconds, nanos).expect("in range"));
    }

    #[test]
    fn maps_are_keyed_by_any_day(days in -3_000_000..2_000_000_i32) {
        let unix = chrono::NaiveDate::from_ymd_opt(1970, 1, 1).expect("a day");
        let day = unix + chrono::TimeDelta::days(days.into());
        agrees(BTreeMap::from([(day, 1)]));
        if let Ok(day) = time::Date::from_julian_day(days) {
            returns(BTreeMap::from([(day, 1)]));
        }
        let day = jiff::civil::date(1970, 1, 1).checked_add(jiff::Span::new().days(days));
        if let Ok(day) = day {
            agrees(BTreeMap::from([(day, 1)]));
        }
    }
}

#[test]
fn a_key_has_one_spelling() {
    for key in ["05", "+5", "-0", "", " 5", "5.0"] {
        assert!(u32::from_key(key).is_err() && i64::from_key(key).is_err(), "{key}");
    }
    assert_eq!(
        refusal::<BTreeMap<u8, i32>>(doc! { "256": 1 }),
        "v.256: the key \"256\" is not of type u8"
    );
    for key in ["2024-2-29", "2024-02-30", "2024-02-29T00:00:00", "20240229", " 2024-02-29"] {
        assert!(chrono::NaiveDate::from_key(key).is_err(), "{key}");
        assert!(time::Date::from_key(key).is_err(), "{key}");
        assert!(jiff::civil::Date::from_key(key).is_err(), "{key}");
    }
}

#[test]
fn the_longest_durations_are_read_back() {
    agrees(chrono::TimeDelta::MAX);
    agrees(chrono::TimeDelta::MIN);
    let refused = refusal::<chrono::TimeDelta>(vec![1_i64, 1_000_000_000]);
    assert_eq!(refused, "v: expected a duration of chrono, found numbers out of range");
}

#[derive(Embedded, Clone, Debug, PartialEq)]
struct Open {
    id: i32,
    #[model(flatten)]
    rest: Document,
}

#[derive(Embedded, Clone, Debug, PartialEq)]
struct OpenRaw {
    id: i32,
    #[model(flatten)]
    rest: RawDocumentBuf,
}

#[derive(Embedded, Clone, Debug, PartialEq)]
struct OpenJson {
    id: i32,
    #[model(flatten)]
    rest: serde_json::Map<String, serde_json::Value>,
}

#[test]
fn a_document_can_be_flattened() {
    let rest = doc! { "a": [1, { "b": "c" }], "d": Bson::MinKey };
    let bytes = encode_document(&Open { id: 1, rest: rest.clone() }).expect("a document");
    let document: Document = bson::deserialize_from_slice(&bytes).expect("it is sound");
    assert_eq!(document, doc! { "id": 1, "a": [1, { "b": "c" }], "d": Bson::MinKey });
    assert_eq!(decode_document(&bytes), Ok(Open { id: 1, rest: rest.clone() }));
    let rest = RawDocumentBuf::try_from(&rest).expect("a plain document");
    let raw = OpenRaw { id: 1, rest };
    assert_eq!(encode_document(&raw).expect("a document"), bytes);
    assert_eq!(decode_document(&bytes), Ok(raw));
    let bytes = encode_document(&doc! { "id": 1, "a": [1_i64, {}] }).expect("a document");
    let json: OpenJson = decode_document(&bytes).expect("JSON");
    assert_eq!(serde_json::Value::Object(json.rest.clone()), json!({ "a": [1, {}] }));
    assert_eq!(encode_document(&json).expect("a document"), bytes);
}

#[test]
fn nothing_may_be_flattened() {
    let open = Open { id: 1, rest: doc! {} };
    let bytes = encode_document(&open).expect("a document");
    assert_eq!(decode_document(&bytes), Ok(open));
    let raw = OpenRaw { id: 1, rest: RawDocumentBuf::new() };
    assert_eq!(encode_document(&raw).expect("a document"), bytes);
    assert_eq!(decode_document(&bytes), Ok(raw));
}
