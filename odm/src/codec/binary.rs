//! The values of BSON that are a few bytes: identifiers, dates, decimals, binary data.

use mongodb::bson::{
    Binary, DateTime, Decimal128, Regex, Timestamp, Uuid,
    oid::ObjectId,
    raw::CString,
    spec::{BinarySubtype, ElementType},
};

use super::{Decode, DecodeError, Element, Encode, Encoder};

/// Values whose bytes are of one known size.
macro_rules! fixed {
    ($($rust:ty: $kind:ident = $byte:literal, $name:literal, $write:expr, $read:expr;)*) => {$(
        impl Encode for $rust {
            #[inline]
            fn encode(&self, out: &mut Encoder) -> ElementType {
                let write: fn(&Self) -> _ = $write;
                out.bytes(&write(self));
                ElementType::$kind
            }
        }

        impl Decode for $rust {
            #[inline]
            fn decode(element: Element<'_>) -> Result<Self, DecodeError> {
                match element.kind() {
                    $byte => element.fixed().map($read),
                    _ => Err(element.mismatch($name)),
                }
            }
        }
    )*};
}

fixed! {
    ObjectId: ObjectId = 0x07, "objectId", |id| id.bytes(), Self::from_bytes;
    DateTime: DateTime = 0x09, "date", |date| date.timestamp_millis().to_le_bytes(),
        |bytes| Self::from_millis(i64::from_le_bytes(bytes));
    Decimal128: Decimal128 = 0x13, "decimal128", |decimal| decimal.bytes(), Self::from_bytes;
    Timestamp: Timestamp = 0x11, "timestamp", timestamp_bytes, timestamp_from_bytes;
}

fn timestamp_bytes(timestamp: &Timestamp) -> [u8; 8] {
    (u64::from(timestamp.time) << 32 | u64::from(timestamp.increment)).to_le_bytes()
}

fn timestamp_from_bytes(bytes: [u8; 8]) -> Timestamp {
    let both = u64::from_le_bytes(bytes);
    Timestamp { time: (both >> 32) as u32, increment: both as u32 }
}

impl Encode for Binary {
    fn encode(&self, out: &mut Encoder) -> ElementType {
        out.binary(self.subtype, &self.bytes);
        ElementType::Binary
    }
}

impl Decode for Binary {
    fn decode(element: Element<'_>) -> Result<Self, DecodeError> {
        let (subtype, bytes) = element.binary()?;
        Ok(Self { subtype, bytes: bytes.to_vec() })
    }
}

impl Encode for Uuid {
    fn encode(&self, out: &mut Encoder) -> ElementType {
        out.binary(BinarySubtype::Uuid, &self.bytes());
        ElementType::Binary
    }
}

impl Decode for Uuid {
    fn decode(element: Element<'_>) -> Result<Self, DecodeError> {
        uuid_bytes(element).map(Self::from_bytes)
    }
}

/// The bytes of a UUID. Subtype 3 is refused: its byte order depends on the driver that wrote it.
pub(super) fn uuid_bytes(element: Element<'_>) -> Result<[u8; 16], DecodeError> {
    if element.kind() != 0x05 {
        return Err(element.mismatch("binary subtype 4 (UUID)"));
    }
    let (subtype, bytes) = element.binary()?;
    match (subtype, bytes.try_into()) {
        (BinarySubtype::Uuid, Ok(bytes)) => Ok(bytes),
        (BinarySubtype::Uuid, Err(_)) => {
            let found = format!("{} bytes", bytes.len());
            Err(DecodeError::expected("the 16 bytes of a UUID", &found))
        }
        (BinarySubtype::UuidOld, _) => Err(DecodeError::expected(
            "binary subtype 4 (UUID)",
            "subtype 3 (legacy UUID, of unknown byte order)",
        )),
        (other, _) => Err(DecodeError::expected(
            "binary subtype 4 (UUID)",
            &format!("subtype {}", u8::from(other)),
        )),
    }
}

impl Encode for Regex {
    fn encode(&self, out: &mut Encoder) -> ElementType {
        for part in [&self.pattern, &self.options] {
            out.bytes(part.as_str().as_bytes());
            out.bytes(&[0]);
        }
        ElementType::RegularExpression
    }
}

impl Decode for Regex {
    fn decode(element: Element<'_>) -> Result<Self, DecodeError> {
        if element.kind() != 0x0B {
            return Err(element.mismatch("regex"));
        }
        let mut parts = element.value().split(|byte| *byte == 0).map(text);
        let mut next = || parts.next().unwrap_or(Ok(""));
        let (pattern, options) = (next()?, next()?);
        Ok(Self { pattern: part(pattern.to_owned())?, options: part(sorted(options))? })
    }
}

fn text(bytes: &[u8]) -> Result<&str, DecodeError> {
    std::str::from_utf8(bytes).map_err(|_| DecodeError::not_utf8())
}

/// BSON wants the options in order; the driver sorts what it reads, too.
fn sorted(options: &str) -> String {
    let mut options: Vec<char> = options.chars().collect();
    options.sort_unstable();
    options.into_iter().collect()
}

fn part(text: String) -> Result<CString, DecodeError> {
    CString::try_from(text).map_err(|_| DecodeError::malformed("a regular expression with a NUL"))
}
