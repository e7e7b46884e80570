//! Random values of every type that the models have.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, VecDeque},
    hash::Hash,
};

use odm::{
    bson::{Binary, Bson, DateTime, Decimal128, Document, Timestamp, doc, oid::ObjectId, spec},
    path::Handle,
    prelude::{Model, Ref},
};
use tests::Random;

/// Types with random values. Numbers are small: what `$inc` does past the range is the caller's.
pub(super) trait Any: Sized {
    fn any(random: &mut Random) -> Self;
}

pub(super) fn any<T: Any>(random: &mut Random) -> T {
    T::any(random)
}

/// A random value for the field at a path.
pub(super) fn like<P: Handle<Value: Any>>(_: &P, random: &mut Random) -> P::Value {
    any(random)
}

/// One of several values.
pub(super) fn pick<T: Clone>(random: &mut Random, values: &[T]) -> T {
    values[below(random, values.len())].clone()
}

/// A position in an array or past its end.
pub(super) fn index(random: &mut Random) -> usize {
    pick(random, &[0, 0, 0, 1, 1, 2, 3, 5])
}

/// A key of a map; stored documents have some of them.
pub(super) fn key(random: &mut Random) -> &'static str {
    pick(random, &["a", "b", "c", "new"])
}

pub(super) fn text(random: &mut Random) -> String {
    any(random)
}

pub(super) fn int(random: &mut Random) -> i32 {
    any(random)
}

pub(super) fn below(random: &mut Random, end: usize) -> usize {
    let end = u64::try_from(end).expect("a small number");
    usize::try_from(random.below(end)).expect("a small number")
}

/// Implements [`Any`] by a list of values.
macro_rules! one_of {
    ($($type:ty: $($value:expr),*;)*) => {$(
        impl Any for $type {
            fn any(random: &mut Random) -> Self {
                let values: &[fn() -> $type] = &[$(|| $value),*];
                pick(random, values)()
            }
        }
    )*};
}

one_of! {
    i8: 0, 1, -7, 20; i16: 0, 1, -7, 300; i32: 0, 1, -7, 70_000; i64: 0, 1, -7, 5_000_000_000;
    u8: 0, 1, 7, 40; u16: 0, 1, 7, 300; u32: 0, 1, 7, 3_000_000_000; u64: 0, 1, 7, 5_000_000_000;
    f32: 0.0, 1.0, -2.5; f64: 0.0, 1.0, -2.5, 1e10;
    bool: false, true;
    char: 'a', 'ß', '$';
    String: String::new(), "a".into(), "b".into(), "$a".into(), "a.b".into(), "ä".into();
    DateTime: DateTime::from_millis(0), DateTime::from_millis(1_700_000_000_123);
    Timestamp: Timestamp { time: 0, increment: 1 }, Timestamp { time: 9, increment: 0 };
    Decimal128: decimal("0"), decimal("1.50"), decimal("-2E+3");
    rust_decimal::Decimal: rust_decimal::Decimal::ZERO, rust_decimal::Decimal::new(150, 2);
    odm::bson::Uuid: odm::bson::Uuid::from_bytes([1; 16]), odm::bson::Uuid::from_bytes([2; 16]);
    uuid::Uuid: uuid::Uuid::nil(), uuid::Uuid::from_u128(7);
    ObjectId: ObjectId::from_bytes([1; 12]), ObjectId::from_bytes([2; 12]);
    Binary: binary(&[]), binary(&[1, 2]);
    chrono::DateTime<chrono::Utc>: chrono::DateTime::UNIX_EPOCH, moment();
    chrono::NaiveDate: chrono::DateTime::UNIX_EPOCH.date_naive(), moment().date_naive();
    jiff::Timestamp: jiff::Timestamp::UNIX_EPOCH, jiff::Timestamp::from_millisecond(5).unwrap();
    time::OffsetDateTime: time::OffsetDateTime::UNIX_EPOCH;
    url::Url: "https://example.org/a".parse().unwrap(), "file:///b".parse().unwrap();
    Bson: Bson::Null, Bson::Int32(1), Bson::String("$a".into()), Bson::Array(vec![]),
        Bson::Document(doc! { "$gt": "" }), Bson::Document(doc! { "x": [1, null] });
    Document: doc! {}, doc! { "x": 1 }, doc! { "a": { "b": null }, "x": [] };
    serde_json::Map<String, serde_json::Value>: serde_json::Map::new();
}

fn decimal(text: &str) -> Decimal128 {
    text.parse().expect("a decimal")
}

fn binary(bytes: &[u8]) -> Binary {
    Binary { subtype: spec::BinarySubtype::Generic, bytes: bytes.to_vec() }
}

fn moment() -> chrono::DateTime<chrono::Utc> {
    chrono::DateTime::from_timestamp_millis(1_700_000_000_123).expect("a date")
}

impl<M: Model<Id: Any + Clone>> Any for Ref<M> {
    fn any(random: &mut Random) -> Self {
        Self::new(any::<M::Id>(random))
    }
}

impl<M> Any for odm::Id<M> {
    fn any(random: &mut Random) -> Self {
        any::<ObjectId>(random).into()
    }
}

impl<T: Any> Any for Option<T> {
    fn any(random: &mut Random) -> Self {
        (random.below(3) > 0).then(|| any(random))
    }
}

impl<T: Any> Any for Box<T> {
    fn any(random: &mut Random) -> Self {
        Box::new(any(random))
    }
}

/// Collections of a few values.
macro_rules! few {
    ($($collection:ty, [$($generics:tt)*];)*) => {$(
        impl<$($generics)*> Any for $collection {
            fn any(random: &mut Random) -> Self {
                (0..random.below(4)).map(|_| any(random)).collect()
            }
        }
    )*};
}

few! {
    Vec<T>, [T: Any];
    VecDeque<T>, [T: Any];
    BTreeSet<T>, [T: Any + Ord];
}

/// Keys of maps, most of which paths can name.
pub(super) trait AnyKey: Sized {
    fn any_key(random: &mut Random) -> Self;
}

impl AnyKey for String {
    fn any_key(random: &mut Random) -> Self {
        match random.below(16) {
            0 => any(random),
            _ => key(random).into(),
        }
    }
}

impl AnyKey for ObjectId {
    fn any_key(random: &mut Random) -> Self {
        any(random)
    }
}

/// One entry: the order of several is the hasher's.
impl<K: AnyKey + Eq + Hash, V: Any> Any for HashMap<K, V> {
    fn any(random: &mut Random) -> Self {
        [(K::any_key(random), any(random))].into()
    }
}

impl<K: AnyKey + Ord, V: Any> Any for BTreeMap<K, V> {
    fn any(random: &mut Random) -> Self {
        (0..random.below(4)).map(|_| (K::any_key(random), any(random))).collect()
    }
}

impl<T: Any, const N: usize> Any for [T; N] {
    fn any(random: &mut Random) -> Self {
        std::array::from_fn(|_| any(random))
    }
}

impl<A: Any, B: Any> Any for (A, B) {
    fn any(random: &mut Random) -> Self {
        (any(random), any(random))
    }
}

/// Implements [`Any`] for structs or for enums by the names of their fields; a field of a tuple
/// variant has any name.
macro_rules! any {
    ($(struct $type:ident { $($field:ident),* $(,)? })*) => {$(
        impl $crate::promise::any::Any for $type {
            fn any(random: &mut tests::Random) -> Self {
                Self { $($field: $crate::promise::any::any(random)),* }
            }
        }
    )*};
    ($(enum $type:ident { $($variant:ident $({ $($field:ident),* })? $(($($part:ident),*))?),* })*) => {$(
        impl $crate::promise::any::Any for $type {
            fn any(random: &mut tests::Random) -> Self {
                let variants: &[fn(&mut tests::Random) -> Self] = &[$(|_random| {
                    $($(let $field = $crate::promise::any::any(_random);)*)?
                    $($(let $part = $crate::promise::any::any(_random);)*)?
                    Self::$variant $({ $($field),* })? $(($($part),*))?
                }),*];
                $crate::promise::any::pick(random, variants)(random)
            }
        }
    )*};
}
pub(super) use any as any_of_fields;

/// Arrays that elements are pushed to.
pub(super) trait List {
    type Item: Any;
}

impl<T: Any> List for Vec<T> {
    type Item = T;
}
impl<T: Any> List for VecDeque<T> {
    type Item = T;
}
impl<T: Any> List for BTreeSet<T> {
    type Item = T;
}
impl<L: List> List for Option<L> {
    type Item = L::Item;
}

/// A random element for the array at a path.
pub(super) fn element_of<P: Handle<Value: List>>(
    _: &P,
    random: &mut Random,
) -> <P::Value as List>::Item {
    any(random)
}

/// Some random elements for the array at a path.
pub(super) fn elements_of<P: Handle<Value: List>>(
    _: &P,
    random: &mut Random,
) -> Vec<<P::Value as List>::Item> {
    any(random)
}

/// Numbers that are changed by small amounts.
pub(super) trait Amount {
    type By;

    /// Small amounts, and the same as factors.
    fn by(random: &mut Random) -> Self::By;
}

macro_rules! amounts {
    ($($number:ty: $($by:expr),*;)*) => {$(
        impl Amount for $number {
            type By = Self;

            fn by(random: &mut Random) -> Self {
                pick(random, &[$($by),*])
            }
        }
    )*};
}

amounts! {
    i8: 0, 1, -1; i16: 0, 1, -1; i32: 0, 1, -1; i64: 0, 1, -1;
    u8: 0, 1; u16: 0, 1; u32: 0, 1; u64: 0, 1;
    f32: 0.5, -1.0; f64: 0.1, -1.0;
    Decimal128: decimal("0.5"), decimal("-1");
    rust_decimal::Decimal: rust_decimal::Decimal::ONE, rust_decimal::Decimal::new(-5, 1);
}

impl<T: Amount> Amount for Option<T> {
    type By = T::By;

    fn by(random: &mut Random) -> T::By {
        T::by(random)
    }
}

/// What the number at a path is changed by.
pub(super) fn amount_of<P: Handle<Value: Amount>>(
    _: &P,
    random: &mut Random,
) -> <P::Value as Amount>::By {
    P::Value::by(random)
}
