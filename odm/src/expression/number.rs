//! The types that can be computed with.

use mongodb::bson::Decimal128;

use crate::path::{Field, Lift};

/// A number. A newtype of a number is not one.
#[diagnostic::on_unimplemented(
    message = "arithmetic needs numbers, and this is a `{Self}`",
    label = "not a number"
)]
pub trait Number: Field {
    /// What its results are: [`Whole`], [`Floating`] or [`Exact`].
    type Rank: Rank;
}

/// Integers; results are `i64`.
#[derive(Debug)]
pub enum Whole {}
/// Binary floating point numbers; results are `f64`.
#[derive(Debug)]
pub enum Floating {}
/// Decimal numbers; results are `Decimal128`.
#[derive(Debug)]
pub enum Exact {}

/// What the results of arithmetic are.
pub trait Rank {
    /// The type of a result.
    type Value: Field;
    /// The rank of a quotient or a root.
    type Quotient: Rank;
    /// The rank of a result with a number of another rank.
    type With<B: Rank>: Rank;
    /// The same if that one is a float.
    #[doc(hidden)]
    type WithFloating: Rank;
    /// The operator that makes a number of this rank of any.
    #[doc(hidden)]
    const CONVERT: &'static str;
}

impl Rank for Whole {
    type Value = i64;
    type Quotient = Floating;
    type With<B: Rank> = B;
    type WithFloating = Floating;
    const CONVERT: &'static str = "$toLong";
}

impl Rank for Floating {
    type Value = f64;
    type Quotient = Self;
    type With<B: Rank> = B::WithFloating;
    type WithFloating = Self;
    const CONVERT: &'static str = "$toDouble";
}

impl Rank for Exact {
    type Value = Decimal128;
    type Quotient = Self;
    type With<B: Rank> = Self;
    type WithFloating = Self;
    const CONVERT: &'static str = "$toDecimal";
}

macro_rules! number {
    ($($rust:ty => $rank:ident;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl Number for $rust {
            type Rank = $rank;
        }
    )*};
}

number! {
    i8 => Whole; i16 => Whole; i32 => Whole; i64 => Whole; isize => Whole;
    u8 => Whole; u16 => Whole; u32 => Whole; u64 => Whole; usize => Whole;
    f32 => Floating; f64 => Floating;
    Decimal128 => Exact;
}

#[cfg(feature = "rust_decimal")]
number! { rust_decimal::Decimal => Exact; }

/// The rank of a number, which may be in an `Option`.
pub type RankOf<V> = <<V as Field>::Inner as Number>::Rank;

/// The type of a mean of numbers like `V`.
pub type MeanOf<V> = <<RankOf<V> as Rank>::Quotient as Rank>::Value;

/// The type of a result of one operand.
pub(super) type Result1<V> = Lift<V, <RankOf<V> as Rank>::Value>;

/// The type of a quotient or a root of one operand.
pub(super) type Root<V> = Lift<V, <<RankOf<V> as Rank>::Quotient as Rank>::Value>;

/// Integers with bounds that a result can be held in.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an integer that a result can be held in",
    label = "not an integer"
)]
pub trait Bounded: Number {
    /// The bounds of what can be stored.
    #[doc(hidden)]
    const BOUNDS: (i64, i64);
    /// The operator that makes the integer that is stored.
    #[doc(hidden)]
    const CONVERT: &'static str;
}

macro_rules! bounded {
    ($($rust:ty => $low:expr, $high:expr, $convert:literal;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl Bounded for $rust {
            const BOUNDS: (i64, i64) = ($low as i64, $high as i64);
            const CONVERT: &'static str = $convert;
        }
    )*};
}

bounded! {
    i8 => i8::MIN, i8::MAX, "$toInt";
    i16 => i16::MIN, i16::MAX, "$toInt";
    i32 => i32::MIN, i32::MAX, "$toInt";
    i64 => i64::MIN, i64::MAX, "$toLong";
    u8 => 0, u8::MAX, "$toInt";
    u16 => 0, u16::MAX, "$toInt";
    u32 => 0, u32::MAX, "$toLong";
    u64 => 0, i64::MAX, "$toLong";
}

/// Integers of at most 64 bits.
#[diagnostic::on_unimplemented(
    message = "an integer is needed here, and this is a `{Self}`",
    label = "not an integer"
)]
pub trait WholeNumber: Number {}

macro_rules! integer {
    ($($rust:ty)*) => {$(
        #[diagnostic::do_not_recommend]
        impl WholeNumber for $rust {}
    )*};
}

integer! { i8 i16 i32 i64 isize u8 u16 u32 u64 usize }
