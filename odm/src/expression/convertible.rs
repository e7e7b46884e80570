//! Which types the server converts to which.

use std::{borrow::Cow, rc::Rc, sync::Arc, time::SystemTime};

use mongodb::bson::{DateTime, Decimal128, Timestamp, oid::ObjectId};

use crate::path::Field;

/// Types that a value can be converted to.
#[diagnostic::on_unimplemented(
    message = "the server converts to `i32`, `i64`, `f64`, `Decimal128`, `bool`, `String`, `DateTime` and `ObjectId`, and this is `{Self}`",
    label = "nothing is converted to a `{Self}`"
)]
pub trait Convertible: Field {
    /// The server's name of the type.
    #[doc(hidden)]
    const NAME: &'static str;
}

macro_rules! target {
    ($($rust:ty => $name:literal;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl Convertible for $rust {
            const NAME: &'static str = $name;
        }
    )*};
}

target! {
    i32 => "int"; i64 => "long"; f64 => "double"; Decimal128 => "decimal"; bool => "bool";
    String => "string"; DateTime => "date"; ObjectId => "objectId";
}

/// Types whose values the server converts to a `T`.
#[diagnostic::on_unimplemented(
    message = "the server does not convert a `{Self}` to a `{T}`",
    label = "not converted to a `{T}`"
)]
pub trait ConvertsTo<T>: Field {
    /// The operator that makes a value which the server converts.
    #[doc(hidden)]
    const VIA: Option<&'static str> = None;
}

macro_rules! converts {
    ([$($from:ty),* $(,)?] to $targets:tt) => {$(
        converts! { @one $from, $targets }
    )*};
    (@one $from:ty, [$($to:ty),*]) => {$(
        #[diagnostic::do_not_recommend]
        impl ConvertsTo<$to> for $from {}
    )*};
}

/// Numbers, which the server makes a date of by way of another type: not of an `int`, which is how
/// any number may be stored.
macro_rules! dated {
    ($($operator:literal: [$($from:ty),*];)*) => {$($(
        converts! { [$from] to [i32, i64, f64, Decimal128, bool, String] }
        #[diagnostic::do_not_recommend]
        impl ConvertsTo<DateTime> for $from {
            const VIA: Option<&'static str> = Some($operator);
        }
    )*)*};
}

dated! {
    "$toLong": [i8, i16, i32, i64, isize, u8, u16, u32, u64, usize];
    "$toDouble": [f32, f64];
    "$toDecimal": [Decimal128];
}

#[cfg(feature = "rust_decimal")]
dated! { "$toDecimal": [rust_decimal::Decimal]; }

converts! { [bool] to [i32, i64, f64, Decimal128, bool, String] }
converts! {
    [String, Box<str>, Arc<str>, Rc<str>, Cow<'static, str>]
    to [i32, i64, f64, Decimal128, bool, String, DateTime, ObjectId]
}
converts! { [DateTime, SystemTime] to [i64, f64, Decimal128, bool, String, DateTime] }
converts! { [ObjectId] to [bool, String, DateTime, ObjectId] }
converts! { [Timestamp] to [DateTime] }

#[cfg(feature = "chrono")]
converts! {
    [chrono::DateTime<chrono::Utc>, chrono::DateTime<chrono::FixedOffset>]
    to [i64, f64, Decimal128, bool, String, DateTime]
}

#[cfg(feature = "time")]
converts! { [time::OffsetDateTime] to [i64, f64, Decimal128, bool, String, DateTime] }

#[cfg(feature = "jiff")]
converts! { [jiff::Timestamp] to [i64, f64, Decimal128, bool, String, DateTime] }
