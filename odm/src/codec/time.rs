//! `time`: instants and days are BSON dates.
//!
//! A BSON date counts milliseconds. What is finer is cut off towards the past, so that the order
//! of instants is kept.

use ::time::{Date, OffsetDateTime, PrimitiveDateTime, Time};
use mongodb::bson::{DateTime, spec::ElementType};

use super::{
    Decode, DecodeError, Element, Encode, Encoder,
    standard::{date_out_of_range, encode_millis, not_midnight},
};

/// The offset is not stored.
impl Encode for OffsetDateTime {
    fn encode(&self, out: &mut Encoder) -> ElementType {
        let millis = self.unix_timestamp_nanos().div_euclid(1_000_000);
        encode_millis(i64::try_from(millis).ok(), out)
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
            false => Err(not_midnight(DateTime::decode(element)?.timestamp_millis())),
        }
    }
}

fn utc(element: Element<'_>, target: &str) -> Result<OffsetDateTime, DecodeError> {
    let millis = DateTime::decode(element)?.timestamp_millis();
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(millis) * 1_000_000)
        .map_err(|_| date_out_of_range(millis, target))
}
