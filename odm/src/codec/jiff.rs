//! `jiff`: instants and days are BSON dates. `Zoned` is refused: BSON has no place for a zone.
//!
//! A BSON date counts milliseconds. A finer instant is refused, if it is not
//! [truncated](super::Truncate) before.

use std::borrow::Cow;

use ::jiff::{Timestamp, civil, tz::TimeZone};
use mongodb::bson::{self, spec::ElementType};

use super::{
    Decode, DecodeError, Element, Encode, Encoder, MapKey, Truncate,
    date::{MILLISECOND, date_out_of_range, encode_millis, encode_nanos, not_midnight},
    map_key::canonical,
};

impl Encode for Timestamp {
    fn encode(&self, out: &mut Encoder) -> ElementType {
        encode_nanos(self.as_nanosecond(), out)
    }
}

impl Truncate for Timestamp {
    fn truncated(&self) -> Self {
        let fine = self.as_nanosecond().rem_euclid(i128::from(MILLISECOND));
        Self::from_nanosecond(self.as_nanosecond() - fine).unwrap_or(*self)
    }
}

impl Truncate for civil::DateTime {
    fn truncated(&self) -> Self {
        let nanos = self.time().subsec_nanosecond();
        let coarse = nanos - nanos % MILLISECOND as i32;
        self.with().subsec_nanosecond(coarse).build().unwrap_or(*self)
    }
}

impl Decode for Timestamp {
    fn decode(element: Element<'_>) -> Result<Self, DecodeError> {
        timestamp(element, "jiff::Timestamp")
    }
}

/// Stored as the date of the same reading in UTC.
impl Encode for civil::DateTime {
    fn encode(&self, out: &mut Encoder) -> ElementType {
        match TimeZone::UTC.to_timestamp(*self) {
            Ok(timestamp) => timestamp.encode(out),
            Err(_) => encode_millis(None, out),
        }
    }
}

impl Decode for civil::DateTime {
    fn decode(element: Element<'_>) -> Result<Self, DecodeError> {
        timestamp(element, "jiff::civil::DateTime").map(|date| TimeZone::UTC.to_datetime(date))
    }
}

/// Stored as the date of midnight in UTC.
impl Encode for civil::Date {
    fn encode(&self, out: &mut Encoder) -> ElementType {
        self.to_datetime(civil::Time::midnight()).encode(out)
    }
}

/// A date with a time of day is refused.
impl Decode for civil::Date {
    fn decode(element: Element<'_>) -> Result<Self, DecodeError> {
        let timestamp = timestamp(element, "jiff::civil::Date")?;
        let date = TimeZone::UTC.to_datetime(timestamp);
        match date.time() == civil::Time::midnight() {
            true => Ok(date.date()),
            false => Err(not_midnight()),
        }
    }
}

fn timestamp(element: Element<'_>, target: &str) -> Result<Timestamp, DecodeError> {
    let millis = bson::DateTime::decode(element)?.timestamp_millis();
    Timestamp::from_millisecond(millis).map_err(|_| date_out_of_range(target))
}

/// The day as ISO 8601 writes it: `2024-02-29`.
impl MapKey for civil::Date {
    fn as_key(&self) -> Cow<'_, str> {
        Cow::Owned(self.to_string())
    }
    fn from_key(key: &str) -> Result<Self, DecodeError> {
        canonical(key, key.parse().ok(), "jiff::civil::Date")
    }
}
