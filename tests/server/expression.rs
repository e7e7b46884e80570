//! What the server computes is what the type of the expression says: each result is written to a
//! field of that type and read back.

mod arrays;
mod conversion;
mod dates;
mod functions;
mod objects;
mod parameters;
mod random;
mod refused;
mod rows;
mod saturated;
mod text;

use std::collections::BTreeSet;

use odm::{
    bson::{DateTime, Decimal128},
    expression::Unit,
    prelude::*,
};

use self::rows::{answers, filled};

fn decimal(text: &str) -> Decimal128 {
    text.parse().expect("a decimal")
}

#[tokio::test]
async fn integers_make_an_i64() {
    let db = &filled("expression_integers").await;
    assert_eq!(answers::<i64, _>(db, |r| r.small() + r.large()).await, [Some(8), Some(8), Some(9)]);
    assert_eq!(answers::<i64, _>(db, |r| r.small() * r.tiny()).await, [Some(21), Some(21), None]);
    assert_eq!(answers::<i64, _>(db, |r| r.large() - r.count()).await, [Some(1), None, None]);
    let widest = |r: rows::Fields<i64>| r.wide() * r.wide();
    let square = i64::from(i32::MAX) * i64::from(i32::MAX);
    assert_eq!(answers::<i64, _>(db, widest).await, [Some(square); 3]);
    assert_eq!(answers::<i64, _>(db, |r| r.large().rem(r.small())).await[..2], [Some(2), Some(2)]);
    assert_eq!(answers::<i64, _>(db, |r| (r.small() - 10).abs()).await[..1], [Some(7)]);
    assert_eq!(answers::<i64, _>(db, |r| r.nums().total()).await, [Some(6), Some(6), Some(0)]);
    assert_eq!(answers::<i64, _>(db, |r| r.maybe().total()).await, [Some(9), Some(0), Some(0)]);
    assert_eq!(answers::<i64, _>(db, |r| (r.small() * 4).round(-1)).await[..1], [Some(10)]);
    assert_eq!(answers::<i64, _>(db, |r| r.ratio().to_long()).await[..1], [Some(2)]);
}

#[tokio::test]
async fn floats_and_quotients_make_an_f64() {
    let db = &filled("expression_floats").await;
    assert_eq!(answers::<f64, _>(db, |r| r.ratio() + r.small()).await[..1], [Some(5.5)]);
    assert_eq!(answers::<f64, _>(db, |r| r.small().div(2)).await[..1], [Some(1.5)]);
    assert_eq!(answers::<f64, _>(db, |r| (r.small() * 2).div(3)).await[..1], [Some(2.0)]);
    assert_eq!(answers::<f64, _>(db, |r| r.small().div(r.count())).await, [Some(0.75), None, None]);
    assert_eq!(
        answers::<f64, _>(db, |r| r.ratios().total()).await,
        [Some(3.0), Some(3.0), Some(0.0)]
    );
    assert_eq!(
        answers::<f64, _>(db, |r| r.ratios().total() + r.big()).await[2],
        Some(i64::MAX as f64)
    );
    assert_eq!(answers::<f64, _>(db, |r| r.nums().average()).await, [Some(2.0), Some(2.0), None]);
    assert_eq!(answers::<f64, _>(db, |r| r.tiny().sqrt()).await[..1], [Some(7_f64.sqrt())]);
    assert_eq!(
        answers::<f64, _>(db, |r| r.ratio().ceil() + r.ratio().floor()).await[..1],
        [Some(5.0)]
    );
    assert_eq!(answers::<f64, _>(db, |r| r.ratio().trunc(0)).await[..1], [Some(2.0)]);
    assert_eq!(answers::<f64, _>(db, |r| r.small().to_double()).await[..1], [Some(3.0)]);
    assert_eq!(answers::<f64, _>(db, |r| r.small()).await[..1], [Some(3.0)]);
    assert_eq!(
        answers::<f64, _>(db, |r| cond(r.flag(), r.ratio(), 1.0)).await,
        [Some(2.5), Some(1.0), Some(1.0)]
    );
}

#[tokio::test]
async fn decimals_make_a_decimal() {
    let db = &filled("expression_decimals").await;
    let results = answers::<Decimal128, _>(db, |r| r.price() * r.small()).await;
    assert_eq!(results[..1], [Some(decimal("4.5"))]);
    assert_eq!(
        answers::<Decimal128, _>(db, |r| r.price() + 0.5).await[0]
            .map(|d| d.to_string()[..3].to_owned()),
        Some("2.0".into())
    );
    assert_eq!(
        answers::<Decimal128, _>(db, |r| r.price().div(2)).await[..1],
        [Some(decimal("0.75"))]
    );
    assert_eq!(
        answers::<Decimal128, _>(db, |r| r.small().to_decimal()).await[..1],
        [Some(decimal("3"))]
    );
    assert_eq!(answers::<Decimal128, _>(db, |r| r.prices().total()).await[2], Some(decimal("0")));
}

#[tokio::test]
async fn a_scaled_decimal_fits_rust_decimal() {
    use rust_decimal::Decimal;

    let db = &filled("expression_scaled").await;
    let scaled = answers::<Decimal, _>(db, |r| r.price().div(7).to_scale(3)).await;
    assert_eq!(scaled[..1], [Some(Decimal::new(214, 3))]);
    let widest = "9999999999999999999999999999".parse::<Decimal>().unwrap();
    let held = |r: rows::Fields<Decimal>| (r.price() * r.big() * r.big()).to_scale(0);
    assert_eq!(answers::<Decimal, _>(db, held).await, [Some(widest); 3]);
    let lowest = -"999999999999999999999999.9999".parse::<Decimal>().unwrap();
    let held = |r: rows::Fields<Decimal>| (r.price() * r.big() * r.big() * -1).to_scale(4);
    assert_eq!(answers::<Decimal, _>(db, held).await, [Some(lowest); 3]);
    let below_one = "0.9999999999999999999999999999".parse::<Decimal>().unwrap();
    let digits = answers::<Decimal, _>(db, |r| r.count().to_scale(28)).await;
    assert_eq!(digits, [Some(below_one), None, None]);
}

#[tokio::test]
async fn null_and_absent_fields_are_none() {
    let db = &filled("expression_null").await;
    assert_eq!(answers::<i64, _>(db, |r| r.count() + 1).await, [Some(5), None, None]);
    assert_eq!(answers::<i64, _>(db, |r| r.count().if_null(0)).await, [Some(4), Some(0), Some(0)]);
    assert_eq!(
        answers::<i32, _>(db, |r| r.fallback().if_null(9)).await,
        [Some(1), Some(9), Some(9)]
    );
    assert_eq!(
        answers::<bool, _>(db, |r| r.note().eq(None::<&str>)).await,
        [Some(false), Some(true), Some(true)]
    );
    assert_eq!(
        answers::<bool, _>(db, |r| r.note().is_null()).await,
        [Some(false), Some(true), Some(true)]
    );
    assert_eq!(
        answers::<bool, _>(db, |r| r.note().eq(r.inner().label())).await,
        [Some(false), Some(true), Some(true)]
    );
    assert_eq!(
        answers::<bool, _>(db, |r| r.note().ne(r.inner().label())).await,
        [Some(true), Some(false), Some(false)]
    );
    assert_eq!(
        answers::<bool, _>(db, |r| r.note().in_([None, Some("a")])).await,
        [Some(false), Some(true), Some(true)]
    );
    assert_eq!(
        answers::<String, _>(db, |r| r.name().concat(r.note())).await,
        [Some("anb".to_owned()), None, None]
    );
    assert_eq!(answers::<i64, _>(db, |r| r.count().max_of(5)).await, [Some(5); 3]);
    assert_eq!(answers::<i64, _>(db, |r| r.count().min_of(2)).await, [Some(2); 3]);
}

#[tokio::test]
async fn paths_are_read_as_their_type_says() {
    let db = &filled("expression_paths").await;
    assert_eq!(answers::<i32, _>(db, |r| r.inner().n()).await, [Some(1), None, None]);
    assert_eq!(
        answers::<Vec<i32>, _>(db, |r| r.points().each().x()).await,
        [Some(vec![1, 2]), Some(vec![]), Some(vec![5])]
    );
    assert_eq!(
        answers::<Vec<Option<i32>>, _>(db, |r| r.points().each().y()).await,
        [Some(vec![Some(3)]), Some(vec![]), Some(vec![None])]
    );
    assert_eq!(answers::<i32, _>(db, |r| r.points().at(1).x()).await, [Some(2), None, None]);
    assert_eq!(answers::<i32, _>(db, |r| r.points().at(0).y()).await, [Some(3), None, None]);
    assert_eq!(answers::<i32, _>(db, |r| r.maybe().at(0)).await, [Some(9), None, None]);
    assert_eq!(answers::<i32, _>(db, |r| r.labels().key("k")).await, [Some(4), None, None]);
    assert_eq!(
        answers::<Vec<Vec<i32>>, _>(db, |r| r.grid().each().each().x()).await[..2],
        [Some(vec![vec![1], vec![2, 3]]), Some(vec![])]
    );
    assert_eq!(
        answers::<Vec<Option<rows::Point>>, _>(db, |r| r.grid().each().at(1)).await[0]
            .as_ref()
            .map(Vec::len),
        Some(2)
    );
    assert_eq!(
        answers::<Vec<Option<i32>>, _>(db, |r| r.grid().each().at(1).x()).await[..1],
        [Some(vec![None, Some(3)])]
    );
    assert_eq!(
        answers::<f64, _>(db, |r| r.shape().as_circle().size()).await,
        [Some(1.5), None, Some(2.5)]
    );
    assert_eq!(
        answers::<f64, _>(db, |r| r.shape().as_square().size()).await,
        [None, Some(2.0), None]
    );
    assert_eq!(
        answers::<f64, _>(db, |r| r.other().as_circle().size()).await,
        [Some(1.5), None, None]
    );
    assert_eq!(
        answers::<Vec<Option<f64>>, _>(db, |r| r.shapes().each().as_circle().size()).await[..1],
        [Some(vec![Some(1.0), None])]
    );
    assert_eq!(
        answers::<f64, _>(db, |r| r.shapes().at(1).as_square().size()).await[..1],
        [Some(2.0)]
    );
    assert_eq!(
        answers::<rows::Inner, _>(db, |r| r.inner()).await[0].as_ref().map(|i| i.n),
        Some(1)
    );
}

#[tokio::test]
async fn arrays_are_gone_through() {
    let db = &filled("expression_arrays").await;
    assert_eq!(answers::<i32, _>(db, |r| r.nums().len()).await, [Some(3), Some(3), Some(0)]);
    let empty = answers::<bool, _>(db, |r| r.nums().is_empty()).await;
    assert_eq!(empty, [Some(false), Some(false), Some(true)]);
    assert_eq!(
        answers::<i32, _>(db, |r| r.maybe().if_null(vec![]).len()).await,
        [Some(1), Some(0), Some(0)]
    );
    assert_eq!(
        answers::<Vec<i64>, _>(db, |r| r.nums().map(|n| n * 2)).await[..1],
        [Some(vec![2, 4, 6])]
    );
    assert_eq!(
        answers::<Vec<i64>, _>(db, |r| r.maybe().map(|n| n + 1)).await,
        [Some(vec![10]), None, None]
    );
    assert_eq!(
        answers::<Vec<i32>, _>(db, |r| r.nums().filter(|n| n.gt(1) & n.lt(r.small()))).await[..1],
        [Some(vec![2])]
    );
    assert_eq!(
        answers::<Vec<i32>, _>(db, |r| r.maybe().filter(|n| n.gt(1))).await,
        [Some(vec![9]), None, None]
    );
    assert_eq!(
        answers::<i64, _>(db, |r| r.points().map(|p| p.x() * p.y().if_null(1)).total()).await,
        [Some(5), Some(0), Some(5)]
    );
    let nested =
        |r: rows::Fields<i64>| r.grid().map(|row| row.map(|p| p.x() * r.small()).total()).total();
    assert_eq!(answers::<i64, _>(db, nested).await[..2], [Some(18), Some(0)]);
    assert_eq!(answers::<i32, _>(db, |r| r.nums().first()).await, [Some(1), Some(1), None]);
    assert_eq!(answers::<i32, _>(db, |r| r.nums().last()).await, [Some(3), Some(3), None]);
    assert_eq!(answers::<i32, _>(db, |r| r.nums().largest()).await, [Some(3), Some(3), None]);
    assert_eq!(answers::<i32, _>(db, |r| r.maybe().smallest()).await, [Some(9), None, None]);
    assert_eq!(
        answers::<bool, _>(db, |r| r.nums().contains(2)).await,
        [Some(true), Some(true), Some(false)]
    );
    assert_eq!(
        answers::<bool, _>(db, |r| r.points().each().x().eq([1, 2])).await[..1],
        [Some(true)]
    );
    assert_eq!(answers::<bool, _>(db, |r| r.fixed().eq([1.0, 2.0])).await, [Some(true); 3]);
    assert_eq!(answers::<f64, _>(db, |r| r.fixed().total()).await, [Some(3.0); 3]);
}

#[tokio::test]
async fn choices_text_and_dates() {
    let db = &filled("expression_choices").await;
    let size = |r: rows::Fields<String>| {
        when(r.large().gt(9), "big").when(r.flag(), "flag").otherwise(r.note())
    };
    assert_eq!(answers::<String, _>(db, size).await, [Some("flag".to_owned()), None, None]);
    assert_eq!(
        answers::<i64, _>(db, |r| cond(r.flag(), 0, r.large())).await[..2],
        [Some(0), Some(5)]
    );
    assert_eq!(answers::<i64, _>(db, |r| (r.small() + 1).let_in(|n| n * 2)).await[..1], [Some(8)]);
    assert_eq!(
        answers::<String, _>(db, |r| r.name().to_upper().concat(r.name().to_lower())).await[0]
            .as_deref(),
        Some("ANan")
    );
    assert_eq!(
        answers::<String, _>(db, |r| r.name().concat(" ").trim()).await[0].as_deref(),
        Some("an")
    );
    assert_eq!(
        answers::<Vec<String>, _>(db, |r| r.note().split("b")).await,
        [Some(vec![String::new(), String::new()]), None, None]
    );
    assert_eq!(answers::<i32, _>(db, |r| r.name().char_count()).await[..1], [Some(2)]);
    assert_eq!(answers::<i32, _>(db, |r| r.at().year()).await[..1], [Some(2023)]);
    assert_eq!(answers::<i32, _>(db, |r| r.left().month()).await, [Some(11), None, None]);
    let parts = |r: rows::Fields<Vec<i32>>| r.nums().map(move |_| r.at().weekday());
    assert_eq!(answers::<Vec<i32>, _>(db, parts).await[..1], [Some(vec![2, 2, 2])]);
    assert_eq!(
        answers::<DateTime, _>(db, |r| r.at().truncate(Unit::Day)).await[..1],
        [Some(DateTime::from_millis(1_699_920_000_000))]
    );
    assert_eq!(answers::<DateTime, _>(db, |r| r.left().truncate(Unit::Day)).await[1], None);
    assert_eq!(
        answers::<i64, _>(db, |r| r.at().until(r.left(), Unit::Hour)).await,
        [Some(1), None, None]
    );
    for (index, (expected, part)) in [14, 318, 22, 13, 20].into_iter().zip(0..).enumerate() {
        let found = answers::<i32, _>(db, move |r| match part {
            0 => r.at().day(),
            1 => r.at().day_of_year(),
            2 => r.at().hour(),
            3 => r.at().minute(),
            _ => r.at().second(),
        });
        assert_eq!(found.await[0], Some(expected), "part {index}");
    }
}

#[tokio::test]
async fn documents_are_found_by_what_is_computed() {
    let db = &filled("expression_filters").await;
    let found = |filter| rows::found(db, filter);
    assert_eq!(
        found(rows::Plain::expr(|r| (r.small() + r.tiny().if_null(0)).gt(r.large()))).await,
        [0, 1]
    );
    assert_eq!(found(rows::Plain::expr(|r| r.kind().eq(rows::Kind::Good) & r.flag())).await, [0]);
    assert_eq!(found(rows::Plain::expr(|r| !(r.kind().eq(rows::Kind::Good)))).await, [2]);
    assert_eq!(found(rows::Plain::expr(|r| r.name().eq("$name"))).await, [0_i64; 0]);
    let ids: BTreeSet<_> =
        found(rows::Plain::expr(|r| r.at().lt(DateTime::now()))).await.into_iter().collect();
    assert_eq!(ids, BTreeSet::from([0, 1, 2]));
}
