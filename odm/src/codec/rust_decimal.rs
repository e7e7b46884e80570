//! `rust_decimal`: Decimal128, digit for digit.
//!
//! `Decimal` is a sign, a scale of 0 to 28 and a coefficient of 96 bits, so it always fits; the
//! other way it may not, which is an error.

use ::rust_decimal::Decimal;
use mongodb::bson::spec::ElementType;

use super::{
    Decode, DecodeError, Element, Encode, Encoder,
    decimal::{decimal_bits, parts},
};

const LARGEST: u128 = (1 << 96) - 1;
const LARGEST_SCALE: i32 = 28;

impl Encode for Decimal {
    fn encode(&self, out: &mut Encoder) -> ElementType {
        let exponent = -(self.scale() as i32);
        let coefficient = self.mantissa().unsigned_abs();
        let bits = decimal_bits(self.is_sign_negative(), coefficient, exponent);
        out.bytes(&bits.to_le_bytes());
        ElementType::Decimal128
    }
}

/// Integers are taken, too: a shell writes `5` as one.
impl Decode for Decimal {
    fn decode(element: Element<'_>) -> Result<Self, DecodeError> {
        match element.kind() {
            0x10 | 0x12 => i64::decode(element).map(Self::from),
            0x13 => {
                let bits = u128::from_le_bytes(element.fixed()?);
                from_bits(bits).ok_or_else(does_not_fit)
            }
            _ => Err(element.mismatch("decimal128")),
        }
    }
}

#[cold]
fn does_not_fit() -> DecodeError {
    DecodeError::new("the number does not fit in rust_decimal::Decimal")
}

fn from_bits(bits: u128) -> Option<Decimal> {
    let (coefficient, exponent) = parts(bits)?;
    let (coefficient, exponent) = match coefficient {
        0 => (0, exponent.clamp(-LARGEST_SCALE, 0)),
        _ => fitted(coefficient, exponent)?,
    };
    let scale = exponent.unsigned_abs();
    let mut decimal = Decimal::try_from_i128_with_scale(coefficient as i128, scale).ok()?;
    decimal.set_sign_negative(bits >> 127 == 1);
    Some(decimal)
}

/// The same number with an exponent of -28 to 0 and a coefficient of 96 bits.
fn fitted(mut coefficient: u128, mut exponent: i32) -> Option<(u128, i32)> {
    while (exponent < -LARGEST_SCALE || (exponent < 0 && coefficient > LARGEST))
        && coefficient.is_multiple_of(10)
    {
        coefficient /= 10;
        exponent += 1;
    }
    while exponent > 0 && coefficient <= LARGEST {
        coefficient *= 10;
        exponent -= 1;
    }
    let fits = coefficient <= LARGEST && (-LARGEST_SCALE..=0).contains(&exponent);
    fits.then_some((coefficient, exponent))
}
