//! Documents that their model can read, with the values at the ends of their types.

use std::collections::BTreeMap;

use odm::{
    bson::{Bson, DateTime, Decimal128, Document},
    prelude::*,
};
use tests::Random;

/// A document with a field of each sort, and each sort in an `Option`.
#[derive(Model, Clone, Debug)]
#[model(collection = "wild")]
pub(super) struct Wild {
    #[model(id)]
    id: i64,
    whole: i64,
    small: i32,
    maybe_whole: Option<i64>,
    float: f64,
    maybe_float: Option<f64>,
    decimal: Decimal128,
    text: String,
    maybe_text: Option<String>,
    truth: bool,
    date: DateTime,
    maybe_date: Option<DateTime>,
    list: Vec<i64>,
    holes: Vec<Option<i64>>,
    maybe_list: Option<Vec<i64>>,
    items: Vec<Item>,
    map: BTreeMap<String, i64>,
    item: Option<Item>,
    #[model(default)]
    fallback: i32,
}

#[derive(Embedded, Clone, Debug)]
pub(super) struct Item {
    qty: i32,
    price: f64,
    note: Option<String>,
}

/// A number as any type that its field reads.
pub(super) fn whole(random: &mut Random) -> Bson {
    match random.below(8) {
        0 => Bson::Int64(i64::MAX),
        1 => Bson::Int64(i64::MIN),
        2 => Bson::Int32(i32::MAX),
        3 => Bson::Int32(0),
        4 => Bson::Int64(-1),
        5 => Bson::Int64(2),
        _ => Bson::Int32(i32::try_from(random.below(7)).unwrap_or(0)),
    }
}

fn float(random: &mut Random) -> Bson {
    match random.below(8) {
        0 => Bson::Double(f64::NAN),
        1 => Bson::Double(f64::INFINITY),
        2 => Bson::Double(-0.0),
        3 => Bson::Double(f64::MAX),
        4 => Bson::Int32(1),
        5 => Bson::Int64(3),
        6 => Bson::Double(0.5),
        _ => Bson::Double(-2.25),
    }
}

fn decimal(random: &mut Random) -> Bson {
    let texts = ["1.50", "0", "-7", "NaN", "9.999999999999999999999999999999999E+6144", "0.001"];
    Bson::Decimal128(one_of(&texts, random).parse::<Decimal128>().expect("a decimal"))
}

fn text(random: &mut Random) -> Bson {
    one_of(&["", "a", "äöü", "5", " x ", "$text", "2024-02-29", "Abcabc"], random).into()
}

fn date(random: &mut Random) -> Bson {
    let millis = [0, 1_700_000_000_123, -1, i64::MAX, i64::MIN, 4_102_444_800_000];
    Bson::DateTime(DateTime::from_millis(one_of(&millis, random)))
}

fn item(random: &mut Random) -> Bson {
    let mut item = doc! { "qty": one_of(&[0, 1, i32::MAX], random), "price": float(random) };
    add(&mut item, "note", text, random);
    item.into()
}

fn list(of: fn(&mut Random) -> Bson, random: &mut Random) -> Bson {
    Bson::Array((0..random.below(4)).map(|_| of(random)).collect())
}

fn hole(random: &mut Random) -> Bson {
    match random.below(3) {
        0 => Bson::Null,
        _ => whole(random),
    }
}

fn map(random: &mut Random) -> Bson {
    let keys = ["a", "b", "with space", ""];
    let keys = keys.iter().take(usize::try_from(random.below(4)).unwrap_or(0));
    Bson::Document(keys.map(|key| ((*key).to_owned(), whole(random))).collect())
}

fn one_of<T: Copy>(values: &[T], random: &mut Random) -> T {
    values[usize::try_from(random.below(values.len() as u64)).unwrap_or(0)]
}

/// Adds a field, null or nothing.
fn add(document: &mut Document, key: &str, of: fn(&mut Random) -> Bson, random: &mut Random) {
    match random.below(3) {
        0 => {}
        1 => drop(document.insert(key, Bson::Null)),
        _ => drop(document.insert(key, of(random))),
    }
}

pub(super) fn document(id: i64, random: &mut Random) -> Document {
    let mut document = doc! {
        "_id": id, "whole": whole(random), "small": one_of(&[0, 1, -5, i32::MAX, i32::MIN], random),
        "float": float(random), "decimal": decimal(random), "text": text(random),
        "truth": random.below(2) == 0, "date": date(random), "list": list(whole, random),
        "holes": list(hole, random), "items": list(item, random), "map": map(random),
    };
    add(&mut document, "maybe_whole", whole, random);
    add(&mut document, "maybe_float", float, random);
    add(&mut document, "maybe_text", text, random);
    add(&mut document, "maybe_date", date, random);
    add(&mut document, "maybe_list", |random| list(whole, random), random);
    add(&mut document, "item", item, random);
    if random.below(2) == 0 {
        document.insert("fallback", 7);
    }
    document
}
