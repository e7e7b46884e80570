//! Numbers at the ends of their type's range.

use odm::path::Handle;
use rust_decimal::Decimal;
use tests::Random;

use super::any::pick;

/// Types of numbers, and those that may be absent.
pub(super) trait Edge {
    type Number;

    fn edge(random: &mut Random) -> Self::Number;
}

macro_rules! edges {
    ($($number:ty: $($value:expr),*;)*) => {$(
        impl Edge for $number {
            type Number = Self;

            fn edge(random: &mut Random) -> Self {
                pick(random, &[$($value),*])
            }
        }
    )*};
}

edges! {
    i8: i8::MIN, i8::MIN + 1, -1, 0, 1, 2, i8::MAX - 1, i8::MAX;
    i16: i16::MIN, i16::MIN + 1, -1, 0, 1, 2, i16::MAX - 1, i16::MAX;
    i32: i32::MIN, i32::MIN + 1, -1, 0, 1, 2, i32::MAX - 1, i32::MAX;
    i64: i64::MIN, i64::MIN + 1, -1, 0, 1, 2, i64::MAX - 1, i64::MAX;
    u8: 0, 1, 2, 100, u8::MAX - 1, u8::MAX;
    u16: 0, 1, 2, 1_000, u16::MAX - 1, u16::MAX;
    u32: 0, 1, 2, 100_000, u32::MAX - 1, u32::MAX;
    // BSON has no wider integer than `i64`.
    u64: 0, 1, 2, 100_000, i64::MAX as u64 - 1, i64::MAX as u64;
    f32: f32::MIN, -0.5, 0.0, 1.0, 3.0, f32::MAX;
    f64: f64::MIN, -0.5, 0.0, 1.0, 1e300, f64::MAX;
    Decimal: Decimal::MIN, Decimal::ZERO, Decimal::ONE, Decimal::new(5, 1), Decimal::MAX;
}

impl<T: Edge> Edge for Option<T> {
    type Number = T::Number;

    fn edge(random: &mut Random) -> T::Number {
        T::edge(random)
    }
}

pub(super) fn edge<T: Edge<Number = T>>(random: &mut Random) -> T {
    T::edge(random)
}

/// What the number at a path is changed by.
pub(super) fn edge_of<P: Handle<Value: Edge>>(
    _: &P,
    random: &mut Random,
) -> <P::Value as Edge>::Number {
    P::Value::edge(random)
}
