//! `chrono`: instants and days are BSON dates.
//!
//! A BSON date counts milliseconds. A finer instant is refused, if it is not
//! [truncated](super::Truncate) before.

use std::borrow::Cow;

use ::chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone, Utc};
use mongodb::bson::{self, spec::ElementType};

use super::{
    Decode, DecodeError, Element, Encode, Encoder, MapKey, Truncate,
    date::{MILLISECOND, check_fine, date_out_of_range, encode_millis, not_midnight},
    map_key::canonical,
    text::OTHER_TEXT,
};

/// The offset is not stored.
impl<Z: TimeZone> Encode for DateTime<Z> {
    fn encode(&self, out: &mut Encoder) -> ElementType {
        check_fine(self.timestamp_subsec_nanos() % MILLISECOND, out);
        encode_millis(Some(self.timestamp_millis()), out)
    }
}

impl<Z: TimeZone> Truncate for DateTime<Z> {
    fn truncated(&self) -> Self {
        let fine = TimeDelta::nanoseconds((self.timestamp_subsec_nanos() % MILLISECOND).into());
        self.clone().checked_sub_signed(fine).unwrap_or_else(|| self.clone())
    }
}

/// Read as `Utc`, as `FixedOffset` with offset zero, or as `Local` in the zone of the machine.
impl<Z: TimeZone> Decode for DateTime<Z>
where
    DateTime<Utc>: Into<Self>,
{
    fn decode(element: Element<'_>) -> Result<Self, DecodeError> {
        utc(element, "chrono::DateTime").map(Into::into)
    }
}

/// Stored as the date of the same reading in UTC.
impl Encode for NaiveDateTime {
    fn encode(&self, out: &mut Encoder) -> ElementType {
        self.and_utc().encode(out)
    }
}

impl Decode for NaiveDateTime {
    fn decode(element: Element<'_>) -> Result<Self, DecodeError> {
        utc(element, "chrono::NaiveDateTime").map(|date| date.naive_utc())
    }
}

impl Truncate for NaiveDateTime {
    fn truncated(&self) -> Self {
        self.and_utc().truncated().naive_utc()
    }
}

/// Stored as the date of midnight in UTC.
impl Encode for NaiveDate {
    fn encode(&self, out: &mut Encoder) -> ElementType {
        self.and_time(NaiveTime::MIN).encode(out)
    }
}

/// A date with a time of day is refused.
impl Decode for NaiveDate {
    fn decode(element: Element<'_>) -> Result<Self, DecodeError> {
        let date = utc(element, "chrono::NaiveDate")?;
        match date.time() == NaiveTime::MIN {
            true => Ok(date.date_naive()),
            false => Err(not_midnight()),
        }
    }
}

/// Stored as text, as serde does: BSON has no time of day.
impl Encode for NaiveTime {
    fn encode(&self, out: &mut Encoder) -> ElementType {
        self.to_string().encode(out)
    }
}

impl Decode for NaiveTime {
    fn decode(element: Element<'_>) -> Result<Self, DecodeError> {
        let text = element.str()?;
        text.parse().map_err(|_| DecodeError::expected("a time of day", OTHER_TEXT))
    }
}

/// Stored as serde stores it: `[seconds, nanoseconds]`, the seconds rounded down.
impl Encode for TimeDelta {
    fn encode(&self, out: &mut Encoder) -> ElementType {
        let (seconds, nanos) = (self.num_seconds(), self.subsec_nanos());
        match nanos < 0 {
            true => (seconds - 1, nanos + 1_000_000_000).encode(out),
            false => (seconds, nanos).encode(out),
        }
    }
}

impl Decode for TimeDelta {
    fn decode(element: Element<'_>) -> Result<Self, DecodeError> {
        let (seconds, nanos) = <(i64, u32)>::decode(element)?;
        Self::new(seconds, nanos)
            .ok_or_else(|| DecodeError::expected("a duration of chrono", "numbers out of range"))
    }
}

fn utc(element: Element<'_>, target: &str) -> Result<DateTime<Utc>, DecodeError> {
    let millis = bson::DateTime::decode(element)?.timestamp_millis();
    DateTime::from_timestamp_millis(millis).ok_or_else(|| date_out_of_range(target))
}

/// The day as ISO 8601 writes it: `2024-02-29`.
impl MapKey for NaiveDate {
    fn as_key(&self) -> Cow<'_, str> {
        Cow::Owned(self.to_string())
    }
    fn from_key(key: &str) -> Result<Self, DecodeError> {
        canonical(key, key.parse().ok(), "chrono::NaiveDate")
    }
}
