//! Where a value may stand: what fits a field, and what may stand beside another value.

use std::{borrow::Cow, rc::Rc, sync::Arc};

use mongodb::bson::Decimal128;

use crate::path::Field;

/// A value that a field of type `T` can be given: it has the field's type, or becomes it without
/// loss (`i32` an `i64`, `T` an `Option<T>`).
///
/// A number that may be out of the field's range does not fit:
/// [`saturating`](super::Numbers::saturating) holds it in the range.
#[diagnostic::on_unimplemented(
    message = "the field is a `{T}`, and this expression gives a `{Self}`",
    label = "gives a `{Self}`",
    note = "use `.if_null(…)` for what may be null, and `.saturating::<…>()` for another type of number"
)]
pub trait Fits<T>: Field {
    /// How the value is made one of the field's type.
    #[doc(hidden)]
    const CAST: Cast = Cast::None;
}

/// A value that may stand beside one of type `T`, as the other outcome of a condition.
#[diagnostic::on_unimplemented(
    message = "the outcomes of a condition are of one type, and these are `{T}` and `{Self}`",
    label = "a `{Self}`"
)]
pub trait Joins<T> {
    /// The type of both: an `Option` if one of them is.
    type Output: Field;
}

/// How the server makes a value of another type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cast {
    /// It is of the type.
    None,
    /// By `$toLong`.
    Long,
    /// By `$toDouble`.
    Double,
    /// By `$toDecimal`.
    Decimal,
}

impl Cast {
    /// The operator for a type that is not decoded from other numbers.
    pub(crate) fn exact(self) -> Option<&'static str> {
        (self == Self::Decimal).then_some("$toDecimal")
    }

    pub(super) fn operator(self) -> Option<&'static str> {
        match self {
            Self::None => None,
            Self::Long => Some("$toLong"),
            Self::Double => Some("$toDouble"),
            Self::Decimal => Some("$toDecimal"),
        }
    }
}

#[diagnostic::do_not_recommend]
impl<T: Field> Fits<T> for T {}
#[diagnostic::do_not_recommend]
impl<T: Field> Fits<Option<T>> for T {}
#[diagnostic::do_not_recommend]
impl<T: Field> Fits<Box<T>> for T {}
#[diagnostic::do_not_recommend]
impl<T: Field> Fits<Arc<T>> for T {}

#[diagnostic::do_not_recommend]
impl<T: Field> Joins<T> for T {
    type Output = T;
}
#[diagnostic::do_not_recommend]
impl<T: Field> Joins<Option<T>> for T {
    type Output = Option<T>;
}
#[diagnostic::do_not_recommend]
impl<T: Field> Joins<T> for Option<T> {
    type Output = Self;
}

/// What becomes another type without loss, plain and in an `Option`. Each type that takes other
/// types of numbers takes `i32`, the type that rustc gives to an integer literal by default.
macro_rules! lossless {
    ($($to:ty: $cast:ident [$($from:ty),*];)*) => {$($(
        #[diagnostic::do_not_recommend]
        impl Fits<$to> for $from {
            const CAST: Cast = Cast::$cast;
        }
        #[diagnostic::do_not_recommend]
        impl Fits<Option<$to>> for $from {
            const CAST: Cast = Cast::$cast;
        }
        #[diagnostic::do_not_recommend]
        impl Fits<Option<$to>> for Option<$from> {
            const CAST: Cast = Cast::$cast;
        }
    )*)*};
}

lossless! {
    i32: None [i8, i16, u8, u16];
    i64: Long [i8, i16, i32, u8, u16, u32];
    f64: Double [i8, i16, i32, u8, u16, u32, f32];
    Decimal128: Decimal [i8, i16, i32, i64, u8, u16, u32, u64];
    Box<str>: None [String];
    Arc<str>: None [String];
    Rc<str>: None [String];
    Cow<'static, str>: None [String];
}

#[cfg(feature = "rust_decimal")]
lossless! { rust_decimal::Decimal: Decimal [i8, i16, i32, i64, u8, u16, u32, u64]; }
