//! Dates: parts, zones, arithmetic, text.

use odm::{
    bson::{Bson, DateTime, Document},
    expression::{
        DateParts, IsoDateParts, Unit, Weekday, date_from_iso_parts, date_from_parts, now,
    },
    prelude::*,
};

use super::rows::{Fields, answer, filled, refusal};

/// Five and a half hours before UTC, so that 22:13 is 3:43 of the next day.
const ZONE: &str = "Asia/Kolkata";

/// The instant of every row: 2023-11-14T22:13:20Z.
const AT: i64 = 1_700_000_000_000;

const DAY: i64 = 86_400_000;

fn date(millis: i64) -> DateTime {
    DateTime::from_millis(millis)
}

fn zoned(operator: &str) -> Document {
    doc! { operator: { "date": "$at", "timezone": ZONE } }
}

#[tokio::test]
async fn every_part_has_a_zone() {
    let db = &filled("expression_date_parts").await;
    for (operator, found, expected) in [
        ("$year", answer(db, |r| r.at().in_zone(ZONE).year(), zoned("$year")).await, 2023),
        ("$month", answer(db, |r| r.at().in_zone(ZONE).month(), zoned("$month")).await, 11),
        ("$dayOfMonth", answer(db, |r| r.at().in_zone(ZONE).day(), zoned("$dayOfMonth")).await, 15),
        (
            "$dayOfYear",
            answer(db, |r| r.at().in_zone(ZONE).day_of_year(), zoned("$dayOfYear")).await,
            319,
        ),
        (
            "$isoDayOfWeek",
            answer(db, |r| r.at().in_zone(ZONE).weekday(), zoned("$isoDayOfWeek")).await,
            3,
        ),
        (
            "$dayOfWeek",
            answer(db, |r| r.at().in_zone(ZONE).day_of_week(), zoned("$dayOfWeek")).await,
            4,
        ),
        ("$week", answer(db, |r| r.at().in_zone(ZONE).week(), zoned("$week")).await, 46),
        ("$isoWeek", answer(db, |r| r.at().in_zone(ZONE).iso_week(), zoned("$isoWeek")).await, 46),
        (
            "$isoWeekYear",
            answer(db, |r| r.at().in_zone(ZONE).iso_week_year(), zoned("$isoWeekYear")).await,
            2023,
        ),
        ("$hour", answer(db, |r| r.at().in_zone(ZONE).hour(), zoned("$hour")).await, 3),
        ("$minute", answer(db, |r| r.at().in_zone(ZONE).minute(), zoned("$minute")).await, 43),
        ("$second", answer(db, |r| r.at().in_zone(ZONE).second(), zoned("$second")).await, 20),
        (
            "$millisecond",
            answer(db, |r| r.at().in_zone(ZONE).millisecond(), zoned("$millisecond")).await,
            0,
        ),
    ] {
        assert_eq!(found, [expected; 3], "{operator}");
    }
    let unknown = refusal(db, |r| r.left().in_zone(r.note()).hour()).await;
    assert!(unknown.contains("time zone"), "{unknown}");
    let none = |r: Fields<i32>| r.at().in_zone(cond(r.flag(), Some("UTC"), None::<&str>)).hour();
    assert_eq!(
        answer(db, none, doc! { "$cond": ["$flag", 22, null] }).await,
        [Some(22), None, None]
    );
}

#[tokio::test]
async fn the_other_parts_are_of_utc() {
    let db = &filled("expression_utc_parts").await;
    let at = || doc! { "date": "$at" };
    for (found, expected) in [
        (answer(db, |r| r.at().millisecond(), doc! { "$millisecond": at() }).await, 0),
        (answer(db, |r| r.at().day_of_week(), doc! { "$dayOfWeek": at() }).await, 3),
        (answer(db, |r| r.at().week(), doc! { "$week": at() }).await, 46),
        (answer(db, |r| r.at().iso_week(), doc! { "$isoWeek": at() }).await, 46),
        (answer(db, |r| r.at().iso_week_year(), doc! { "$isoWeekYear": at() }).await, 2023),
    ] {
        assert_eq!(found, [expected; 3]);
    }
    let none = answer(db, |r| r.left().iso_week(), doc! { "$isoWeek": { "date": "$left" } });
    assert_eq!(none.await, [Some(46), None, None]);

    let parts =
        answer(db, |r| r.left().parts(), doc! { "$dateToParts": { "date": "$left" } }).await;
    let (hour, minute, second, millisecond) = (23, 13, 20, 0);
    let expected = DateParts { year: 2023, month: 11, day: 14, hour, minute, second, millisecond };
    assert_eq!(parts, [Some(expected), None, None]);
    let by_hand = doc! { "$dateToParts": { "date": "$left", "iso8601": true } };
    let parts = answer(db, |r| r.left().iso_parts(), by_hand).await;
    let (iso_week_year, iso_week, iso_day_of_week) = (2023, 46, 2);
    let expected = IsoDateParts {
        iso_week_year,
        iso_week,
        iso_day_of_week,
        hour,
        minute,
        second,
        millisecond,
    };
    assert_eq!(parts, [Some(expected), None, None]);
    let zoned = |r: Fields<i32>| {
        let at = r.at().in_zone(ZONE);
        at.parts().let_in(|p| p.day()) - at.iso_parts().let_in(|p| p.iso_day_of_week())
    };
    assert_eq!(answer(db, zoned, 12_i64).await, [12; 3]);
}

#[tokio::test]
async fn dates_are_truncated_and_moved() {
    let db = &filled("expression_moved_dates").await;
    let by_hand = doc! { "$dateTrunc": { "date": "$at", "unit": "minute", "binSize": 15 } };
    let quarter = answer(db, |r| r.at().truncate(Unit::Minute.every(15)), by_hand).await;
    assert_eq!(quarter, [date(AT - 13 * 60_000 - 20_000); 3]);
    let by_hand = doc! { "$dateTrunc": {
        "date": "$at", "unit": "week", "binSize": 2, "startOfWeek": "monday", "timezone": ZONE,
    } };
    let weeks = Unit::Week.starting(Weekday::Monday).every(2);
    answer(db, |r| r.at().in_zone(ZONE).truncate(weeks), by_hand).await;
    let by_hand = doc! { "$dateTrunc": { "date": "$left", "unit": "day", "timezone": ZONE } };
    let days = answer(db, |r| r.left().in_zone(ZONE).truncate(Unit::Day), by_hand).await;
    assert_eq!(days[1..], [None, None]);

    let by_hand = doc! { "$dateAdd": { "startDate": "$at", "unit": "day", "amount": "$small" } };
    let later = answer(db, |r| r.at().date_add(r.small(), Unit::Day), by_hand).await;
    assert_eq!(later, [date(AT + 3 * DAY); 3]);
    let by_hand =
        doc! { "$dateSubtract": { "startDate": "$left", "unit": "day", "amount": "$count" } };
    let before = answer(db, |r| r.left().date_subtract(r.count(), Unit::Day), by_hand).await;
    assert_eq!(before, [Some(date(AT + 3_600_000 - 4 * DAY)), None, None]);
    let by_hand = doc! { "$dateAdd": {
        "startDate": "$at", "unit": "month", "amount": "$count", "timezone": ZONE,
    } };
    let later =
        answer(db, |r| r.at().in_zone(ZONE).date_add(r.count(), Unit::Month), by_hand).await;
    assert_eq!(later[1..], [None, None]);
    let back = |r: Fields<i32>| {
        r.at().in_zone(ZONE).date_subtract(2, Unit::Hour).until(r.at(), Unit::Minute)
    };
    assert_eq!(answer(db, back, 120_i64).await, [120_i64; 3]);
    assert!(refusal(db, |r| r.at().date_add(r.big(), Unit::Year)).await.contains("amount"));
}

#[tokio::test]
async fn weeks_and_days_between_dates_are_those_of_the_zone() {
    let db = &filled("expression_date_differences").await;
    let week = Unit::Week.starting(Weekday::Wednesday);
    let by_hand = doc! { "$dateDiff": {
        "startDate": "$at", "endDate": "$left", "unit": "week", "startOfWeek": "wednesday",
    } };
    let weeks = answer(db, |r| r.at().until(r.left(), week), by_hand).await;
    assert_eq!(weeks, [Some(0), None, None]);
    let later = |r: &Fields<i32>| r.at().date_add(2, Unit::Hour);
    assert_eq!(answer(db, |r| r.at().until(later(&r), week), 1_i64).await, [1_i64; 3]);
    let zoned = |r: Fields<i32>| r.at().in_zone(ZONE).until(later(&r), Unit::Day);
    assert_eq!(answer(db, zoned, 0_i64).await, [0_i64; 3]);
    let far = |r: Fields<i32>| Expr::literal(&DateTime::MIN).until(r.at(), Unit::Millisecond);
    assert!(refusal(db, far).await.contains("overflow"));
}

#[tokio::test]
async fn dates_are_written_and_read_as_text() {
    let db = &filled("expression_date_texts").await;
    let by_hand = doc! { "$dateToString": { "date": "$left", "format": "%d.%m.%Y" } };
    let text = answer(db, |r| r.left().date_to_string("%d.%m.%Y"), by_hand).await;
    assert_eq!(text, [Some("14.11.2023".to_owned()), None, None]);
    let by_hand = doc! { "$dateToString": { "date": "$at", "format": "%H:%M", "timezone": ZONE } };
    let text = answer(db, |r| r.at().in_zone(ZONE).date_to_string("%H:%M"), by_hand).await;
    assert_eq!(text, ["03:43"; 3].map(str::to_owned));
    let by_hand = doc! { "$dateToString": { "date": "$at", "format": "$nothing" } };
    let form = |r: Fields<i32>| r.at().date_to_string(cond(r.flag(), None::<&str>, None::<&str>));
    assert_eq!(answer(db, form, by_hand).await, [None, None, None]);

    let day = |r: &Fields<i32>| cond(r.flag(), "14.11.2023", r.note());
    let read = |r: Fields<i32>| day(&r).date_from_string().format("%d.%m.%Y").in_zone(ZONE);
    let by_hand = doc! { "$dateFromString": {
        "dateString": { "$cond": ["$flag", "14.11.2023", "$note"] },
        "format": "%d.%m.%Y", "timezone": ZONE,
    } };
    let start = date(1_699_920_000_000 - 19_800_000);
    assert_eq!(answer(db, read, by_hand).await, [Some(start), None, None]);
    let or_now = |r: Fields<i32>| r.note().date_from_string().on_error(r.at());
    let by_hand = doc! { "$cond": [{ "$eq": ["$note", "b"] }, "$at", null] };
    assert_eq!(answer(db, or_now, by_hand).await, [Some(date(AT)), None, None]);
    let or_null = |r: Fields<i32>| r.name().date_from_string().on_error_null();
    assert_eq!(answer(db, or_null, Bson::Null).await, [None; 3]);
    let never_null = |r: Fields<i32>| r.note().date_from_string().on_error_null().if_null(r.at());
    assert_eq!(answer(db, never_null, "$at").await, [date(AT); 3]);
    assert!(refusal(db, |r| r.name().date_from_string()).await.contains("an"));
}

#[tokio::test]
async fn dates_are_made_of_parts() {
    let db = &filled("expression_dates_of_parts").await;
    let by_hand = doc! { "$dateFromParts": {
        "year": 2023, "month": 11, "day": 14, "hour": 22, "minute": 13, "second": 20,
        "millisecond": 5, "timezone": "UTC",
    } };
    let made = |_: Fields<i32>| {
        let day = date_from_parts(2023).month(11).day(14);
        day.hour(22).minute(13).second(20).millisecond(5).in_zone("UTC")
    };
    assert_eq!(answer(db, made, by_hand).await, [date(AT + 5); 3]);
    let by_hand = doc! { "$dateFromParts": { "year": { "$year": "$at" }, "month": "$count" } };
    let made = |r: Fields<i32>| date_from_parts(r.at().year()).month(r.count());
    let first_of_april = date(1_680_307_200_000);
    assert_eq!(answer(db, made, by_hand).await, [Some(first_of_april), None, None]);
    let by_hand = doc! { "$dateFromParts": {
        "isoWeekYear": 2023, "isoWeek": 46, "isoDayOfWeek": 2, "hour": 5,
    } };
    let made = |_: Fields<i32>| date_from_iso_parts(2023).iso_week(46).iso_day_of_week(2).hour(5);
    assert_eq!(answer(db, made, by_hand).await, [date(1_699_920_000_000 + 5 * 3_600_000); 3]);
    assert!(refusal(db, |_| date_from_parts(0)).await.contains("year"));
    let clock = |r: Fields<i32>| now().gt(r.at()) & now().year().gte(2024);
    assert_eq!(answer(db, clock, true).await, [true; 3]);
}
