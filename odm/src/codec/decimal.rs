//! `i128` and `u128`: Decimal128, which holds integers of 34 digits.
//!
//! A Decimal128 is a sign, an exponent (14 bits, biased) and an integer coefficient (113 bits).

use mongodb::bson::spec::ElementType;

use super::{Decode, DecodeError, Element, Encode, Encoder};

const BIAS: i32 = 6176;
const COEFFICIENT_BITS: u32 = 113;
const COEFFICIENT_MASK: u128 = (1 << COEFFICIENT_BITS) - 1;
const LARGEST_COEFFICIENT: u128 = 10_u128.pow(34) - 1;

macro_rules! wide {
    ($($rust:ident, $magnitude:expr, $is_negative:expr, $join:expr;)*) => {$(
        impl Encode for $rust {
            fn encode(&self, out: &mut Encoder) -> ElementType {
                let magnitude: fn(Self) -> u128 = $magnitude;
                let is_negative: fn(Self) -> bool = $is_negative;
                let coefficient = match magnitude(*self) {
                    fits @ 0..=LARGEST_COEFFICIENT => fits,
                    _ => too_long(&self.to_string(), out),
                };
                let bits = decimal_bits(is_negative(*self), coefficient, 0);
                out.bytes(&bits.to_le_bytes());
                ElementType::Decimal128
            }
        }

        /// BSON's own integers are taken, too. A number with a fraction is refused.
        impl Decode for $rust {
            fn decode(element: Element<'_>) -> Result<Self, DecodeError> {
                let join: fn(u128, bool) -> Option<Self> = $join;
                let (magnitude, is_negative) = integer(element)?;
                join(magnitude, is_negative).ok_or_else(|| does_not_fit(stringify!($rust)))
            }
        }
    )*};
}

wide! {
    i128, i128::unsigned_abs, i128::is_negative, |magnitude, is_negative| match is_negative {
        true => 0_i128.checked_sub_unsigned(magnitude),
        false => i128::try_from(magnitude).ok(),
    };
    u128, |value| value, |_| false, |magnitude, is_negative| {
        (magnitude == 0 || !is_negative).then_some(magnitude)
    };
}

/// The bytes of a Decimal128, as a number.
pub(super) fn decimal_bits(is_negative: bool, coefficient: u128, exponent: i32) -> u128 {
    let exponent = (BIAS + exponent) as u128;
    u128::from(is_negative) << 127 | exponent << COEFFICIENT_BITS | coefficient
}

/// Coefficient and exponent; `None` for infinities and what is not a number.
pub(super) fn parts(bits: u128) -> Option<(u128, i32)> {
    let combination = (bits >> 122) & 0b1_1111;
    let exponent = |bits: u128| (bits & 0x3FFF) as i32 - BIAS;
    match combination {
        0b1_1110 | 0b1_1111 => None,
        // The second form is for coefficients above the largest; the standard reads them as zero.
        0b1_1000.. => Some((0, exponent(bits >> (COEFFICIENT_BITS - 2)))),
        _ => {
            let coefficient = bits & COEFFICIENT_MASK;
            let canonical = if coefficient > LARGEST_COEFFICIENT { 0 } else { coefficient };
            Some((canonical, exponent(bits >> COEFFICIENT_BITS)))
        }
    }
}

/// The integer of a value, and whether it is negative.
fn integer(element: Element<'_>) -> Result<(u128, bool), DecodeError> {
    match element.kind() {
        0x10 | 0x12 => {
            i64::decode(element).map(|value| (value.unsigned_abs().into(), value.is_negative()))
        }
        0x13 => {
            let bits = u128::from_le_bytes(element.fixed()?);
            let (coefficient, exponent) = parts(bits).ok_or_else(not_an_integer)?;
            let magnitude = match exponent {
                _ if coefficient == 0 => 0,
                0.. => power(exponent)
                    .and_then(|power| coefficient.checked_mul(power))
                    .ok_or_else(|| does_not_fit("128 bits"))?,
                _ => power(-exponent)
                    .filter(|power| coefficient.is_multiple_of(*power))
                    .map(|power| coefficient / power)
                    .ok_or_else(not_an_integer)?,
            };
            Ok((magnitude, bits >> 127 == 1))
        }
        _ => Err(element.mismatch("decimal128")),
    }
}

fn power(exponent: i32) -> Option<u128> {
    10_u128.checked_pow(exponent.unsigned_abs())
}

#[cold]
fn not_an_integer() -> DecodeError {
    DecodeError::expected("an integer", "a decimal128 that is none")
}

#[cold]
fn does_not_fit(target: &str) -> DecodeError {
    DecodeError::new(format!("the number does not fit in {target}"))
}

#[cold]
fn too_long(digits: &str, out: &mut Encoder) -> u128 {
    out.fail(format!("{digits} has more than 34 digits, which Decimal128 cannot hold"));
    0
}
