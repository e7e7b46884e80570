//! Numbers and `bool`. What does not fit is refused, in both directions.

use std::num::{NonZero, Saturating, Wrapping};

use mongodb::bson::spec::ElementType;

use super::{Decode, DecodeError, Element, Encode, Encoder};

/// Integers that always fit, by way of the BSON integer they are written as.
macro_rules! integer {
    ($($rust:ty => $stored:ty, $kind:ident, $expected:literal;)*) => {$(
        impl Encode for $rust {
            #[inline]
            fn encode(&self, out: &mut Encoder) -> ElementType {
                out.bytes(&<$stored>::from(*self).to_le_bytes());
                ElementType::$kind
            }
        }

        impl Decode for $rust {
            #[inline]
            fn decode(element: Element<'_>) -> Result<Self, DecodeError> {
                let value = integer(element, $expected)?;
                value.try_into().map_err(|_| out_of_range(stringify!($rust)))
            }
        }
    )*};
}

integer! {
    i8 => i32, Int32, "int32";
    i16 => i32, Int32, "int32";
    i32 => i32, Int32, "int32";
    i64 => i64, Int64, "int64";
    u8 => i32, Int32, "int32";
    u16 => i32, Int32, "int32";
    u32 => i64, Int64, "int64";
}

/// Integers that may be above `i64::MAX`.
macro_rules! wide_integer {
    ($($rust:ty)*) => {$(
        impl Encode for $rust {
            #[inline]
            fn encode(&self, out: &mut Encoder) -> ElementType {
                let value = i64::try_from(*self).unwrap_or_else(|_| too_large(*self as u64, out));
                out.bytes(&value.to_le_bytes());
                ElementType::Int64
            }
        }

        impl Decode for $rust {
            #[inline]
            fn decode(element: Element<'_>) -> Result<Self, DecodeError> {
                let value = integer(element, "int64")?;
                value.try_into().map_err(|_| out_of_range(stringify!($rust)))
            }
        }
    )*};
}

wide_integer! { u64 usize }

impl Encode for isize {
    #[inline]
    fn encode(&self, out: &mut Encoder) -> ElementType {
        out.bytes(&(*self as i64).to_le_bytes());
        ElementType::Int64
    }
}

impl Decode for isize {
    #[inline]
    fn decode(element: Element<'_>) -> Result<Self, DecodeError> {
        let value = integer(element, "int64")?;
        value.try_into().map_err(|_| out_of_range("isize"))
    }
}

impl Encode for f64 {
    #[inline]
    fn encode(&self, out: &mut Encoder) -> ElementType {
        out.bytes(&self.to_le_bytes());
        ElementType::Double
    }
}

impl Decode for f64 {
    #[inline]
    fn decode(element: Element<'_>) -> Result<Self, DecodeError> {
        match element.kind() {
            0x01 => element.fixed().map(f64::from_le_bytes),
            _ => float_from_integer(element),
        }
    }
}

impl Encode for f32 {
    #[inline]
    fn encode(&self, out: &mut Encoder) -> ElementType {
        f64::from(*self).encode(out)
    }
}

impl Decode for f32 {
    #[inline]
    fn decode(element: Element<'_>) -> Result<Self, DecodeError> {
        let wide = f64::decode(element)?;
        let narrow = wide as f32;
        match narrow.is_infinite() && wide.is_finite() {
            true => Err(DecodeError::new("the number does not fit in f32")),
            false => Ok(narrow),
        }
    }
}

impl Encode for bool {
    #[inline]
    fn encode(&self, out: &mut Encoder) -> ElementType {
        out.bytes(&[u8::from(*self)]);
        ElementType::Boolean
    }
}

impl Decode for bool {
    #[inline]
    fn decode(element: Element<'_>) -> Result<Self, DecodeError> {
        match element.kind() {
            0x08 => element.bool(),
            _ => Err(element.mismatch("bool")),
        }
    }
}

/// Zero is refused.
macro_rules! non_zero {
    ($($integer:ty)*) => {$(
        impl Encode for NonZero<$integer> {
            #[inline]
            fn encode(&self, out: &mut Encoder) -> ElementType {
                self.get().encode(out)
            }
        }

        impl Decode for NonZero<$integer> {
            fn decode(element: Element<'_>) -> Result<Self, DecodeError> {
                let value = <$integer>::decode(element)?;
                Self::new(value).ok_or_else(|| DecodeError::expected("an integer other than 0", "0"))
            }
        }
    )*};
}

non_zero! { i8 i16 i32 i64 isize u8 u16 u32 u64 usize }

macro_rules! transparent {
    ($($wrapper:ident)*) => {$(
        impl<T: Encode> Encode for $wrapper<T> {
            #[inline]
            fn encode(&self, out: &mut Encoder) -> ElementType {
                self.0.encode(out)
            }
        }

        impl<T: Decode> Decode for $wrapper<T> {
            #[inline]
            fn decode(element: Element<'_>) -> Result<Self, DecodeError> {
                T::decode(element).map(Self)
            }
        }
    )*};
}

transparent! { Saturating Wrapping }

/// An integer of either width, or a double without a fraction (shells of old write those).
#[inline]
fn integer(element: Element<'_>, expected: &'static str) -> Result<i64, DecodeError> {
    match element.kind() {
        0x10 => element.fixed().map(|bytes| i32::from_le_bytes(bytes).into()),
        0x12 => element.fixed().map(i64::from_le_bytes),
        _ => integer_from_double(element, expected),
    }
}

#[cold]
fn integer_from_double(element: Element<'_>, expected: &str) -> Result<i64, DecodeError> {
    if element.kind() != 0x01 {
        return Err(element.mismatch(expected));
    }
    let value = element.fixed().map(f64::from_le_bytes)?;
    match value.trunc() == value && value.abs() <= EXACT as f64 {
        true => Ok(value as i64),
        false => Err(DecodeError::new(format!("expected {expected}, found a double that is none"))),
    }
}

#[cold]
fn float_from_integer(element: Element<'_>) -> Result<f64, DecodeError> {
    let value = match element.kind() {
        0x10 | 0x12 => integer(element, "double")?,
        _ => return Err(element.mismatch("double")),
    };
    match value.unsigned_abs() <= EXACT {
        true => Ok(value as f64),
        false => Err(DecodeError::new("expected double, found an int64 that is none")),
    }
}

/// Up to here every integer is a double of its own.
const EXACT: u64 = 1 << f64::MANTISSA_DIGITS;

#[cold]
fn out_of_range(target: &str) -> DecodeError {
    DecodeError::new(format!("the number does not fit in {target}"))
}

#[cold]
fn too_large(value: u64, out: &mut Encoder) -> i64 {
    out.fail(format!("{value} does not fit in int64, the widest integer of BSON"));
    0
}
