//! Dates.

use odm::{
    bson::{Bson, DateTime, Document},
    expression::{Expr, Operand, Unit, Weekday, date_from_iso_parts, date_from_parts, now},
    path::ReadingFields,
    prelude::*,
};

#[derive(Embedded)]
struct Visit {
    came: DateTime,
    left: Option<DateTime>,
    day: chrono::NaiveDate,
    zone: Option<String>,
    n: i32,
}

fn is<E: Operand<Visit>>(made: impl FnOnce(ReadingFields<Visit>) -> E, expected: Document) {
    let mut found = Ok(Bson::Null);
    let _ = Visit::expr(|visit| {
        found = made(visit).into_expr().as_bson();
        true
    });
    assert_eq!(found.expect("a valid expression"), expected.into());
}

#[test]
fn parts_in_utc_and_in_a_zone() {
    is(|v| v.came().iso_week(), doc! { "$isoWeek": "$came" });
    is(|v| v.day().day_of_week(), doc! { "$dayOfWeek": "$day" });
    is(
        |v| v.came().in_zone("Europe/Zurich").month(),
        doc! { "$month": { "date": "$came", "timezone": "Europe/Zurich" } },
    );
    is(
        |v| v.left().in_zone(v.zone()).iso_parts(),
        doc! { "$dateToParts": { "date": "$left", "iso8601": true, "timezone": "$zone" } },
    );
}

#[test]
fn units_have_sizes_and_first_days() {
    let week = Unit::Week.starting(Weekday::Monday);
    is(
        |v| v.came().truncate(week.every(2)),
        doc! { "$dateTrunc": {
            "date": "$came", "unit": "week", "startOfWeek": "monday", "binSize": 2_i64,
        } },
    );
    is(
        |v| v.came().until(now(), week),
        doc! { "$dateDiff": {
            "startDate": "$came", "endDate": "$$NOW", "unit": "week", "startOfWeek": "monday",
        } },
    );
    is(
        |v| v.came().in_zone("UTC").date_subtract(v.n(), Unit::Quarter),
        doc! { "$dateSubtract": {
            "startDate": "$came", "amount": "$n", "unit": "quarter", "timezone": "UTC",
        } },
    );
    let none = Visit::expr(|v| v.came().truncate(Unit::Hour.every(0)).eq(v.came()));
    let error = none.as_document().expect_err("a mistake").to_string();
    assert_eq!(error, "`$dateTrunc` needs at least one unit");
}

#[test]
fn dates_of_text_and_of_parts() {
    is(
        |v| v.zone().date_from_string().format("%Y").on_error_null(),
        doc! { "$dateFromString": { "dateString": "$zone", "format": "%Y", "onError": null } },
    );
    is(
        |v| date_from_parts(v.n()).day(2).day(3).in_zone("UTC"),
        doc! { "$dateFromParts": { "year": "$n", "day": 3, "timezone": "UTC" } },
    );
    is(
        |v| date_from_iso_parts(2024_i64).iso_week(v.n()),
        doc! { "$dateFromParts": { "isoWeekYear": 2024_i64, "isoWeek": "$n" } },
    );
}

#[test]
fn a_date_that_may_be_absent_makes_an_option() {
    fn is_optional<T>(_: &Expr<Visit, Option<T>>) {}

    let _ = Visit::expr(|v| {
        is_optional(&v.left().week());
        is_optional(&v.came().in_zone(v.zone()).truncate(Unit::Day));
        is_optional(&v.zone().date_from_string().expr());
        is_optional(&date_from_parts(2024).month(v.left().month()).expr());
        is_optional(&v.came().date_to_string(v.zone()));
        true
    });
}
