//! `time`: instants and days are BSON dates.
//!
//! A BSON date counts milliseconds. A finer instant is refused, if it is not
//! [truncated](super::Truncate) before.

use std::borrow::Cow;

use ::time::{Date, Month, OffsetDateTime, PrimitiveDateTime, Time};
use mongodb::bson::{DateTime, spec::ElementType};

use super::{
    Decode, DecodeError, Element, Encode, Encoder, MapKey, Truncate,
    date::{MILLISECOND, date_out_of_range, encode_nanos, not_midnight},
    map_key::canonical,
};

/// The offset is not stored.
impl Encode for OffsetDateTime {
    fn encode(&self, out: &mut Encoder) -> ElementType {
        encode_nanos(self.unix_timestamp_nanos(), out)
    }
}

impl Truncate for OffsetDateTime {
    fn truncated(&self) -> Self {
        let nanos = self.nanosecond();
        self.replace_nanosecond(nanos - nanos % MILLISECOND).unwrap_or(*self)
    }
}

impl Truncate for PrimitiveDateTime {
    fn truncated(&self) -> Self {
        let nanos = self.nanosecond();
        self.replace_nanosecond(nanos - nanos % MILLISECOND).unwrap_or(*self)
    }
}

/// Read with offset zero.
impl Decode for OffsetDateTime {
    fn decode(element: Element<'_>) -> Result<Self, DecodeError> {
        utc(element, "time::OffsetDateTime")
    }
}

/// Stored as the date of the same reading in UTC.
impl Encode for PrimitiveDateTime {
    fn encode(&self, out: &mut Encoder) -> ElementType {
        self.assume_utc().encode(out)
    }
}

impl Decode for PrimitiveDateTime {
    fn decode(element: Element<'_>) -> Result<Self, DecodeError> {
        utc(element, "time::PrimitiveDateTime").map(|date| Self::new(date.date(), date.time()))
    }
}

/// Stored as the date of midnight in UTC.
impl Encode for Date {
    fn encode(&self, out: &mut Encoder) -> ElementType {
        self.midnight().encode(out)
    }
}

/// A date with a time of day is refused.
impl Decode for Date {
    fn decode(element: Element<'_>) -> Result<Self, DecodeError> {
        let date = utc(element, "time::Date")?;
        match date.time() == Time::MIDNIGHT {
            true => Ok(date.date()),
            false => Err(not_midnight()),
        }
    }
}

fn utc(element: Element<'_>, target: &str) -> Result<OffsetDateTime, DecodeError> {
    let millis = DateTime::decode(element)?.timestamp_millis();
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(millis) * 1_000_000)
        .map_err(|_| date_out_of_range(target))
}

/// The day as ISO 8601 writes it: `2024-02-29`.
impl MapKey for Date {
    fn as_key(&self) -> Cow<'_, str> {
        Cow::Owned(self.to_string())
    }
    fn from_key(key: &str) -> Result<Self, DecodeError> {
        canonical(key, parsed_day(key), "time::Date")
    }
}

/// Year, month and day; the year may have a sign.
fn parsed_day(key: &str) -> Option<Date> {
    let (rest, day) = key.rsplit_once('-')?;
    let (year, month) = rest.rsplit_once('-')?;
    let month: u8 = month.parse().ok()?;
    Date::from_calendar_date(year.parse().ok()?, Month::try_from(month).ok()?, day.parse().ok()?)
        .ok()
}
