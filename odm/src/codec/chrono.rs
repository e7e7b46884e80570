//! `chrono`: instants and days are BSON dates.
//!
//! A BSON date counts milliseconds. What is finer is cut off towards the past, so that the order
//! of instants is kept.

use ::chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeZone, Utc};
use mongodb::bson::{self, spec::ElementType};

use super::{
    Decode, DecodeError, Element, Encode, Encoder,
    standard::{date_out_of_range, encode_millis, not_midnight},
    text::quoted,
};

/// The offset is not stored.
impl<Z: TimeZone> Encode for DateTime<Z> {
    fn encode(&self, out: &mut Encoder) -> ElementType {
        encode_millis(Some(self.timestamp_millis()), out)
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
            false => Err(not_midnight(date.timestamp_millis())),
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
        text.parse().map_err(|_| DecodeError::expected("a time of day", &quoted(text)))
    }
}

fn utc(element: Element<'_>, target: &str) -> Result<DateTime<Utc>, DecodeError> {
    let millis = bson::DateTime::decode(element)?.timestamp_millis();
    DateTime::from_timestamp_millis(millis).ok_or_else(|| date_out_of_range(millis, target))
}
