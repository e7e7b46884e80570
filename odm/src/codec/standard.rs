//! Durations, addresses and paths of the standard library.

use std::{
    marker::PhantomData,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6},
    path::PathBuf,
    time::Duration,
};

use mongodb::bson::spec::ElementType;

use super::{Decode, DecodeError, Element, Encode, Encoder, text::OTHER_TEXT};

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
            _ => Err(DecodeError::new("the nanoseconds are a second or more").in_key("nanos")),
        }
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
                text.parse().map_err(|_| DecodeError::expected($expected, OTHER_TEXT))
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
