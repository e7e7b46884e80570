//! Conversion to other types.

use odm::{
    bson::{Bson, DateTime, Decimal128, Timestamp, oid::ObjectId},
    prelude::*,
};

use super::rows::{Fields, answer, filled, refusal};

/// The instant of every row.
const AT: i64 = 1_700_000_000_000;

fn id() -> ObjectId {
    ObjectId::from_bytes([1; 12])
}

#[tokio::test]
async fn numbers_are_converted() {
    let db = &filled("expression_converted_numbers").await;
    let by_hand = doc! { "$toInt": "$ratio" };
    assert_eq!(answer(db, |r| r.ratio().to_int(), by_hand).await, [2; 3]);
    let by_hand = doc! { "$toString": "$count" };
    assert_eq!(
        answer(db, |r| r.count().to_string(), by_hand).await,
        [Some("4".to_owned()), None, None]
    );
    let by_hand = doc! { "$toString": "$price" };
    assert_eq!(answer(db, |r| r.price().to_string(), by_hand).await[0], "1.5");
    let by_hand = doc! { "$toBool": "$tiny" };
    assert_eq!(answer(db, |r| r.tiny().to_bool(), by_hand).await, [Some(true), Some(true), None]);
    let by_hand = doc! { "$toDate": { "$toLong": "$small" } };
    assert_eq!(answer(db, |r| r.small().to_date(), by_hand).await, [DateTime::from_millis(3); 3]);
    let by_hand = doc! { "$toDate": "$ratio" };
    assert_eq!(answer(db, |r| r.ratio().to_date(), by_hand).await, [DateTime::from_millis(2); 3]);
    let by_hand = doc! { "$toDate": "$price" };
    assert_eq!(answer(db, |r| r.price().to_date(), by_hand).await, [DateTime::from_millis(1); 3]);
    assert!(refusal(db, |r| r.big().to_int()).await.contains("overflow"));
    assert!(refusal(db, |r| (r.ratio() * f64::NAN).to_long()).await.contains("NaN"));
}

#[tokio::test]
async fn text_dates_and_identifiers_are_converted() {
    let db = &filled("expression_converted_text").await;
    let five = || Expr::literal(&"5".to_owned());
    assert_eq!(answer(db, move |_| five().to_int(), 5).await, [5; 3]);
    assert_eq!(answer(db, move |_| five().to_long(), 5_i64).await, [5; 3]);
    assert_eq!(answer(db, move |_| five().to_double(), 5.0).await, [5.0; 3]);
    let decimal: Vec<Decimal128> =
        answer(db, move |_| five().to_decimal(), doc! { "$toDecimal": "5" }).await;
    assert_eq!(decimal[0].to_string(), "5");
    assert_eq!(answer(db, |r| r.name().to_bool(), true).await, [true; 3]);
    let by_hand = doc! { "$toLong": "$left" };
    assert_eq!(
        answer(db, |r| r.left().to_long(), by_hand).await,
        [Some(AT + 3_600_000), None, None]
    );
    let by_hand = doc! { "$toString": "$at" };
    assert_eq!(answer(db, |r| r.at().to_string(), by_hand).await[0], "2023-11-14T22:13:20.000Z");
    assert_eq!(answer(db, |r| r.at().to_double(), AT as f64).await, [AT as f64; 3]);
    let there_and_back = answer(db, |r| r.at().to_string().to_date(), "$at").await;
    assert_eq!(there_and_back, [DateTime::from_millis(AT); 3]);
    let text = || Expr::literal(&id()).to_string();
    assert_eq!(answer(db, move |_| text(), id().to_hex()).await[0], id().to_hex());
    assert_eq!(answer(db, move |_| text().to_object_id(), id()).await, [id(); 3]);
    let made = |_: Fields<i32>| Expr::literal(&id()).to_date();
    assert_eq!(answer(db, made, doc! { "$toDate": id() }).await[0], id().timestamp());
    let made = |_: Fields<i32>| Expr::literal(&Timestamp { time: 7, increment: 2 }).to_date();
    assert_eq!(answer(db, made, DateTime::from_millis(7000)).await[0], DateTime::from_millis(7000));
    assert!(refusal(db, |r| r.name().to_int()).await.contains("parse"));
    assert!(refusal(db, |r| r.name().to_object_id()).await.contains("parse"));
}

#[tokio::test]
async fn what_cannot_be_converted_has_another_value() {
    let db = &filled("expression_conversion_errors").await;
    let by_hand = doc! { "$convert": { "input": "$note", "to": "int", "onError": 7 } };
    let other = answer(db, |r| r.note().convert::<i32>().on_error(7), by_hand).await;
    assert_eq!(other, [Some(7), None, None]);
    let by_hand =
        doc! { "$convert": { "input": "$note", "to": "long", "onError": 7_i64, "onNull": 8_i64 } };
    let both = answer(db, |r| r.note().convert::<i64>().on_error(7).if_null(8), by_hand).await;
    assert_eq!(both, [7, 8, 8]);
    let none = answer(db, |r| r.name().convert::<f64>().on_error_null(), Bson::Null).await;
    assert_eq!(none, [None; 3]);
    let by_hand = doc! { "$convert": { "input": "$big", "to": "int", "onError": -1 } };
    let capped = answer(db, |r| r.big().convert::<i32>().on_error(-1), by_hand).await;
    assert_eq!(capped, [-1; 3]);
    let date = answer(db, |r| r.name().convert::<DateTime>().on_error(r.at()), "$at").await;
    assert_eq!(date, [DateTime::from_millis(AT); 3]);
    let by_hand = doc! { "$convert": { "input": "$small", "to": "string" } };
    assert_eq!(answer(db, |r| r.small().convert::<String>(), by_hand).await[0], "3");
}

#[tokio::test]
async fn types_have_names() {
    let db = &filled("expression_types").await;
    let names = answer(db, |r| r.note().type_(), doc! { "$type": "$note" }).await;
    assert_eq!(names, ["string", "null", "missing"]);
    assert_eq!(answer(db, |r| r.note().is_number(), false).await, [false; 3]);
    let by_hand = doc! { "$isArray": "$maybe" };
    assert_eq!(answer(db, |r| r.maybe().is_array(), by_hand).await, [true, false, false]);
}
