//! Documents with values, with nulls and with absent fields, and what is computed from them.

use std::{collections::BTreeMap, fmt::Debug};

use futures::TryStreamExt;
use odm::{
    Database,
    bson::{Bson, DateTime, Decimal128, Document, RawDocumentBuf},
    expression::{Fits, Operand},
    path::{Field, ReadingFields},
    prelude::*,
};
use tests::database;

/// A row, with a place for a result.
#[derive(Model, Clone, Debug, PartialEq)]
#[model(collection = "rows")]
pub(super) struct Row<T: Debug> {
    #[model(id)]
    id: i64,
    small: i32,
    large: i64,
    big: i64,
    wide: i32,
    tiny: Option<u8>,
    ratio: f64,
    ratios: Vec<f64>,
    fixed: [f64; 2],
    price: Decimal128,
    prices: Vec<Decimal128>,
    name: String,
    note: Option<String>,
    count: Option<i64>,
    flag: bool,
    kind: Kind,
    at: DateTime,
    left: Option<DateTime>,
    nums: Vec<i32>,
    maybe: Option<Vec<i32>>,
    points: Vec<Point>,
    grid: Vec<Vec<Point>>,
    inner: Option<Inner>,
    labels: BTreeMap<String, i32>,
    shape: Shape,
    shapes: Vec<Shape>,
    other: Other,
    #[model(default)]
    fallback: i32,
    result: Option<T>,
}

pub(super) type Fields<T> = ReadingFields<Row<T>>;
pub(super) type Plain = Row<i32>;

#[derive(Embedded, Clone, Debug, PartialEq)]
pub(super) enum Kind {
    Good,
    Bad,
}

#[derive(Embedded, Clone, Debug, PartialEq)]
pub(super) struct Point {
    pub(super) x: i32,
    y: Option<i32>,
}

#[derive(Embedded, Clone, Debug, PartialEq)]
pub(super) struct Inner {
    pub(super) n: i32,
    label: Option<String>,
}

#[derive(Embedded, Clone, Debug, PartialEq)]
#[model(tag = "type")]
pub(super) enum Shape {
    Circle { size: f64 },
    Square { size: f64 },
}

#[derive(Embedded, Clone, Debug, PartialEq)]
pub(super) enum Other {
    Circle { size: f64 },
    Nothing,
}

fn decimal(text: &str) -> Bson {
    Bson::Decimal128(text.parse().expect("a decimal"))
}

/// Every field has a value.
fn full() -> Document {
    doc! {
        "_id": 0_i64, "small": 3, "large": 5_i64, "big": i64::MAX, "wide": i32::MAX, "tiny": 7,
        "ratio": 2.5, "ratios": [1.0, 2.0], "fixed": [1.0, 2.0],
        "price": decimal("1.5"), "prices": [decimal("1.5")],
        "name": "an", "note": "b", "count": 4_i64, "flag": true, "kind": "Good",
        "at": DateTime::from_millis(1_700_000_000_000),
        "left": DateTime::from_millis(1_700_003_600_000),
        "nums": [1, 2, 3], "maybe": [9],
        "points": [{ "x": 1, "y": 3 }, { "x": 2 }],
        "grid": [[{ "x": 1 }], [{ "x": 2 }, { "x": 3 }]],
        "inner": { "n": 1, "label": "l" }, "labels": { "k": 4 },
        "shape": { "type": "Circle", "size": 1.5 },
        "shapes": [{ "type": "Circle", "size": 1.0 }, { "type": "Square", "size": 2.0 }],
        "other": { "Circle": { "size": 1.5 } }, "fallback": 1,
    }
}

/// What may be absent is null.
fn null() -> Document {
    let mut row = full();
    for key in ["note", "count", "left", "maybe", "inner", "fallback"] {
        row.insert(key, Bson::Null);
    }
    row.remove("fallback");
    row.extend(doc! {
        "_id": 1_i64, "flag": false, "points": [], "grid": [], "labels": {}, "shapes": [],
        "shape": { "type": "Square", "size": 2.0 }, "other": "Nothing",
    });
    row
}

/// What may be absent is absent, and arrays are empty.
fn absent() -> Document {
    let mut row = full();
    for key in ["tiny", "note", "count", "left", "maybe", "inner", "fallback"] {
        row.remove(key);
    }
    row.extend(doc! {
        "_id": 2_i64, "large": 6_i64, "flag": false, "kind": "Bad", "nums": [], "ratios": [],
        "prices": [], "points": [{ "x": 5, "y": null }], "grid": [], "labels": {}, "shapes": [],
        "shape": { "type": "Circle", "size": 2.5 }, "other": "Nothing",
    });
    row
}

/// A database with one row of each sort.
pub(super) async fn filled(name: &str) -> Database {
    let db = database(name).await;
    let rows = db.as_driver().collection::<Document>("rows");
    rows.insert_many([full(), null(), absent()]).await.expect("rows");
    db
}

/// What the server computes from each row, by way of a field of that type.
pub(super) async fn answers<T, E>(
    db: &Database,
    expression: impl FnOnce(Fields<T>) -> E,
) -> Vec<Option<T>>
where
    T: Field + Debug + Send + Sync + 'static,
    E: Operand<Row<T>>,
    E::Value: Fits<Option<T>>,
{
    let stages = Row::<T>::stages().unset(|r| r.result()).compute(|r| r.result(), expression);
    Row::update_pipeline(stages).all_documents().many(db).await.expect("an update");
    let rows = Row::<T>::find().sort(|r| r.id().asc()).all(db).await.expect("rows that are read");
    rows.into_iter().map(|row| row.result).collect()
}

/// A result of the type that an expression promises.
#[derive(Embedded, Clone, Debug, PartialEq)]
struct Answer<T> {
    v: T,
}

/// What the server computes from each row, decoded into the type that the expression promises; the
/// same expression, written by hand, gives the same.
pub(super) async fn answer<E>(
    db: &Database,
    expression: impl FnOnce(Fields<i32>) -> E,
    by_hand: impl Into<Bson>,
) -> Vec<E::Value>
where
    E: Operand<Plain>,
    E::Value: PartialEq + Debug,
{
    let found = computed::<E::Value>(db, code(expression)).await.expect("an answer");
    let expected = computed::<E::Value>(db, by_hand.into()).await.expect("an answer");
    assert_eq!(found, expected);
    found
}

/// What the server says to an expression that it refuses.
pub(super) async fn refusal<E>(db: &Database, expression: impl FnOnce(Fields<i32>) -> E) -> String
where
    E: Operand<Plain>,
    E::Value: Debug,
{
    computed::<E::Value>(db, code(expression)).await.expect_err("a refusal")
}

/// The expression as it is sent.
fn code<E: Operand<Plain>>(expression: impl FnOnce(Fields<i32>) -> E) -> Bson {
    let mut code = None;
    let _ = Plain::expr(|row| {
        code = Some(expression(row).into_expr().as_bson().expect("a valid expression"));
        true
    });
    code.expect("an expression")
}

/// The results of an expression for all rows, or the server's message.
async fn computed<T: Field>(db: &Database, expression: Bson) -> Result<Vec<T>, String> {
    let rows = db.as_driver().collection::<RawDocumentBuf>("rows");
    let stages = [doc! { "$sort": { "_id": 1 } }, doc! { "$replaceWith": { "v": expression } }];
    let answers = rows.aggregate(stages).with_type::<RawDocumentBuf>();
    let answers = async { answers.await?.try_collect::<Vec<_>>().await };
    let answers = answers.await.map_err(|error: mongodb::error::Error| error.to_string())?;
    let decoded = answers.iter().map(|answer| {
        let decoded = odm::codec::decode_document::<Answer<T>>(answer.as_bytes());
        decoded.unwrap_or_else(|error| panic!("{answer:?}: {error}")).v
    });
    Ok(decoded.collect())
}

/// The rows that a condition finds.
pub(super) async fn found(db: &Database, filter: Filter<Plain>) -> Vec<i64> {
    let rows = Plain::find().filter(|_| filter).sort(|r| r.id().asc()).all(db).await;
    rows.expect("rows").into_iter().map(|row| row.id).collect()
}
