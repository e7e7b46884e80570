//! Types that are stored as their natural BSON type, not as serde would.

use std::{
    collections::HashMap,
    net::{IpAddr, SocketAddr},
    time::{Duration, SystemTime},
};

use odm::bson::{Bson, DateTime, Decimal128};
use proptest::prelude::*;

use crate::support::{agrees, read, refusal, returns, stored, write_refusal};

fn date(millis: i64) -> Bson {
    Bson::DateTime(DateTime::from_millis(millis))
}

#[test]
fn system_times_are_dates() {
    let at = |millis: i64| match millis < 0 {
        true => SystemTime::UNIX_EPOCH - Duration::from_millis(millis.unsigned_abs()),
        false => SystemTime::UNIX_EPOCH + Duration::from_millis(millis as u64),
    };
    assert_eq!(stored(at(1)), date(1));
    assert_eq!(stored(at(-1)), date(-1));
    assert_eq!(read::<SystemTime>(date(-2)), Ok(at(-2)));
}

#[test]
fn addresses_are_text() {
    let address: IpAddr = "::1".parse().expect("an address");
    assert_eq!(stored(address), Bson::from("::1"));
    returns(address);
    returns::<SocketAddr>("127.0.0.1:80".parse().expect("an address"));
}

#[test]
fn chrono_instants_are_dates() {
    use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, Utc};

    let utc = |nanos| DateTime::<Utc>::from_timestamp_nanos(nanos);
    assert_eq!(stored(utc(-1_000_000)), date(-1));
    returns(utc(1_700_000_000_123_000_000));
    let east = utc(5_000_000).with_timezone(&FixedOffset::east_opt(3600).expect("an hour"));
    assert_eq!(stored(east), date(5));
    let read_back: DateTime<FixedOffset> = read(date(5)).expect("a date");
    assert_eq!((read_back, read_back.offset().local_minus_utc()), (east, 0));
    returns(utc(7_000_000).naive_utc());
    let day = NaiveDate::from_ymd_opt(2024, 2, 29).expect("a day");
    assert_eq!(stored(day), date(1_709_164_800_000));
    returns(day);
    returns(NaiveDate::MAX);
    assert_eq!(
        refusal::<NaiveDate>(date(1)),
        "v: expected a date at midnight UTC, found another time of day"
    );
    assert_eq!(
        refusal::<DateTime<Utc>>(date(i64::MAX)),
        "v: the date does not fit in chrono::DateTime"
    );
    assert_eq!(
        refusal::<NaiveDateTime>(date(i64::MIN)),
        "v: the date does not fit in chrono::NaiveDateTime"
    );
    assert_eq!(refusal::<DateTime<Utc>>("x"), "v: expected date, found string");
    agrees(NaiveTime::from_hms_nano_opt(1, 2, 3, 4).expect("a time"));
    assert_eq!(refusal::<NaiveTime>("x"), "v: expected a time of day, found other text");
}

#[test]
fn time_instants_are_dates() {
    use time::{Date, OffsetDateTime, PrimitiveDateTime};

    let at = |nanos| OffsetDateTime::from_unix_timestamp_nanos(nanos).expect("in range");
    assert_eq!(stored(at(-1_000_000)), date(-1));
    returns(at(1_700_000_000_123_000_000));
    returns(PrimitiveDateTime::MIN);
    returns(Date::MIN);
    returns(Date::MAX);
    assert_eq!(
        refusal::<Date>(date(-1)),
        "v: expected a date at midnight UTC, found another time of day"
    );
    assert_eq!(
        refusal::<OffsetDateTime>(date(i64::MAX)),
        "v: the date does not fit in time::OffsetDateTime"
    );
}

#[test]
fn jiff_instants_are_dates() {
    use jiff::{Timestamp, civil};

    let at = |nanos| Timestamp::from_nanosecond(nanos).expect("in range");
    assert_eq!(stored(at(-1_000_000)), date(-1));
    returns(at(1_700_000_000_123_000_000));
    returns(civil::date(2024, 2, 29));
    returns(civil::date(2024, 2, 29).at(1, 2, 3, 4_000_000));
    assert_eq!(refusal::<Timestamp>(date(i64::MIN)), "v: the date does not fit in jiff::Timestamp");
    assert_eq!(
        write_refusal(civil::DateTime::MAX),
        "v: the instant is out of range of a BSON date"
    );
}

#[test]
fn uuids_are_binary_subtype_4() {
    let uuid = uuid::Uuid::from_bytes([9; 16]);
    assert_eq!(stored(uuid), stored(odm::bson::Uuid::from_bytes([9; 16])));
    returns(uuid);
    returns(HashMap::from([(uuid, 1)]));
}

#[test]
fn urls_are_text() {
    let url: url::Url = "https://example.com/a?b".parse().expect("a URL");
    assert_eq!(stored(url.clone()), Bson::from("https://example.com/a?b"));
    returns(url);
    assert_eq!(
        refusal::<url::Url>("a b"),
        "v: expected a URL, found other text: relative URL without a base"
    );
}

#[test]
fn decimals_that_do_not_fit_are_refused() {
    let refused = |text: &str| {
        let decimal: Decimal128 = text.parse().expect("a decimal");
        refusal::<rust_decimal::Decimal>(decimal)
    };
    assert_eq!(refused("NaN"), "v: the number does not fit in rust_decimal::Decimal");
    assert_eq!(refused("-Infinity"), "v: the number does not fit in rust_decimal::Decimal");
    assert_eq!(refused("1E+29"), "v: the number does not fit in rust_decimal::Decimal");
    assert_eq!(refused("1E-29"), "v: the number does not fit in rust_decimal::Decimal");
    assert_eq!(refusal::<rust_decimal::Decimal>(1.5), "v: expected decimal128, found double");
    assert_eq!(read(5), Ok(rust_decimal::Decimal::from(5)));
}

proptest! {
    #[test]
    fn decimals_are_exact(mantissa in -(1_i128 << 96) + 1..1_i128 << 96, scale in 0..=28_u32) {
        let decimal = rust_decimal::Decimal::from_i128_with_scale(mantissa, scale);
        let bson: Decimal128 = decimal.to_string().parse().expect("a decimal");
        prop_assert_eq!(stored(decimal), Bson::Decimal128(bson));
        let back: rust_decimal::Decimal = read(bson).expect("it fits");
        prop_assert_eq!((back, back.scale()), (decimal, scale));
    }

    #[test]
    fn any_decimal128_is_read_or_refused(bytes: [u8; 16]) {
        let bson = Decimal128::from_bytes(bytes);
        if let Ok(decimal) = read::<rust_decimal::Decimal>(bson) {
            returns(decimal);
        }
    }

    #[test]
    fn any_date_is_read_or_refused(millis: i64) {
        let bson = date(millis);
        prop_assert!(read::<chrono::DateTime<chrono::Utc>>(bson.clone()).is_ok_and(|date| date.timestamp_millis() == millis)
            || refusal::<chrono::DateTime<chrono::Utc>>(bson.clone()).contains("does not fit"));
        prop_assert!(read::<time::OffsetDateTime>(bson.clone()).is_ok()
            || refusal::<time::OffsetDateTime>(bson.clone()).contains("does not fit"));
        prop_assert!(read::<jiff::Timestamp>(bson.clone()).is_ok()
            || refusal::<jiff::Timestamp>(bson.clone()).contains("does not fit"));
        prop_assert!(read::<SystemTime>(bson).is_ok());
    }
}
