//! Durations, instants, addresses and paths of the standard library.

use std::{
    marker::PhantomData,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6},
    path::PathBuf,
    time::{Duration, SystemTime},
};

use mongodb::bson::{DateTime, spec::ElementType};

use super::{Decode, DecodeError, Element, Encode, Encoder, text::quoted};

/// Stored as serde stores it, exactly: `{secs: int64, nanos: int64}`.
impl Encode for Duration {
    fn encode(&self, out: &mut Encoder) -> ElementType {
        out.document(|out| {
            out.field("secs", &self.as_secs());
            out.field("nanos", &self.subsec_nanos());
        });
        ElementType::EmbeddedDocument
    }
}

impl Decode for Duration {
    fn decode(element: Element<'_>) -> Result<Self, DecodeError> {
        let (mut secs, mut nanos) = (None, None);
        let mut elements = element.elements()?;
        while let Some((key, value)) = elements.next_element()? {
            let slot = match key {
                "secs" => &mut secs,
                "nanos" => &mut nanos,
                _ => continue,
            };
            if slot.is_some() {
                return Err(DecodeError::new("the field is there twice").in_key(key));
            }
            *slot = Some(u64::decode(value).map_err(|error| error.in_key(key))?);
        }
        let secs = secs.ok_or_else(|| DecodeError::new("the field is missing").in_key("secs"))?;
        let nanos =
            nanos.ok_or_else(|| DecodeError::new("the field is missing").in_key("nanos"))?;
        match nanos {
            0..1_000_000_000 => Ok(Self::new(secs, nanos as u32)),
            _ => Err(DecodeError::new(format!("{nanos} is a second or more")).in_key("nanos")),
        }
    }
}

/// Stored as a BSON date. What is finer than a millisecond is cut off towards the past.
impl Encode for SystemTime {
    fn encode(&self, out: &mut Encoder) -> ElementType {
        let millis = match self.duration_since(Self::UNIX_EPOCH) {
            Ok(after) => i64::try_from(after.as_millis()).ok(),
            Err(before) => {
                let millis = before.duration().as_nanos().div_ceil(1_000_000);
                i64::try_from(millis).ok().map(|millis| -millis)
            }
        };
        encode_millis(millis, out)
    }
}

impl Decode for SystemTime {
    fn decode(element: Element<'_>) -> Result<Self, DecodeError> {
        let millis = DateTime::decode(element)?.timestamp_millis();
        let distance = Duration::from_millis(millis.unsigned_abs());
        match millis < 0 {
            true => Self::UNIX_EPOCH.checked_sub(distance),
            false => Self::UNIX_EPOCH.checked_add(distance),
        }
        .ok_or_else(|| date_out_of_range(millis, "SystemTime"))
    }
}

/// Appends a BSON date; `None` is an instant that BSON cannot hold.
pub(super) fn encode_millis(millis: Option<i64>, out: &mut Encoder) -> ElementType {
    if millis.is_none() {
        out.fail("the instant is out of range of a BSON date");
    }
    out.bytes(&millis.unwrap_or_default().to_le_bytes());
    ElementType::DateTime
}

#[cold]
pub(super) fn date_out_of_range(millis: i64, target: &str) -> DecodeError {
    DecodeError::new(format!("the date {} does not fit in {target}", shown_date(millis)))
}

/// The refusal of a date with a time of day where a day is expected.
#[cfg(any(feature = "chrono", feature = "time", feature = "jiff"))]
#[cold]
pub(super) fn not_midnight(millis: i64) -> DecodeError {
    DecodeError::expected("a date at midnight UTC", &shown_date(millis))
}

/// As text for the years 0 to 9999; further out the driver's text is that of the nearest year.
fn shown_date(millis: i64) -> String {
    let is_usual = (-62_167_219_200_000..253_402_300_800_000).contains(&millis);
    match DateTime::from_millis(millis).try_to_rfc3339_string() {
        Ok(text) if is_usual => text,
        _ => format!("{millis} ms after 1970"),
    }
}

/// Addresses are stored as text, the form that people query.
macro_rules! address {
    ($($address:ty: $expected:literal;)*) => {$(
        impl Encode for $address {
            fn encode(&self, out: &mut Encoder) -> ElementType {
                self.to_string().encode(out)
            }
        }

        impl Decode for $address {
            fn decode(element: Element<'_>) -> Result<Self, DecodeError> {
                let text = element.str()?;
                text.parse().map_err(|_| DecodeError::expected($expected, &quoted(text)))
            }
        }
    )*};
}

address! {
    IpAddr: "an IP address";
    Ipv4Addr: "an IPv4 address";
    Ipv6Addr: "an IPv6 address";
    SocketAddr: "an IP address and a port";
    SocketAddrV4: "an IPv4 address and a port";
    SocketAddrV6: "an IPv6 address and a port";
}

/// Stored as text. A path that is not UTF-8 cannot be written.
impl Encode for PathBuf {
    fn encode(&self, out: &mut Encoder) -> ElementType {
        match self.to_str() {
            Some(text) => text.encode(out),
            None => {
                out.fail(format!("the path {} is not UTF-8", self.display()));
                "".encode(out)
            }
        }
    }
}

impl Decode for PathBuf {
    fn decode(element: Element<'_>) -> Result<Self, DecodeError> {
        element.str().map(Self::from)
    }
}

/// A field with nothing in it is left out; in an array or a map it is null, as serde stores it.
impl<T: ?Sized> Encode for PhantomData<T> {
    fn encode(&self, _: &mut Encoder) -> ElementType {
        ElementType::Null
    }
    fn is_absent(&self) -> bool {
        true
    }
}

impl<T: ?Sized> Decode for PhantomData<T> {
    fn decode(element: Element<'_>) -> Result<Self, DecodeError> {
        <()>::decode(element).map(|()| Self)
    }
    fn absent() -> Option<Self> {
        Some(Self)
    }
}
