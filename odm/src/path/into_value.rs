//! What a field's value can be given as.

use std::{
    borrow::{Borrow, Cow},
    path::{Path, PathBuf},
    sync::Arc,
};

/// A value for a field of type `T`: the `T` itself, a reference to one, or something that becomes a
/// `T` without loss (`&str` a `String`, `i32` an `i64`, `T` an `Option<T>`).
///
/// Plain literals need no suffix. Each type that takes other types of numbers takes `i32`, the type
/// that rustc gives to an integer literal by default.
///
/// An `Option<String>` takes `None`, a `String`, a `&str` and an `Option<String>`, but no
/// `Option<&str>`: rustc could not tell which of the two a plain `None` is. Write
/// `text.map(str::to_owned)`. A `Vec<String>` takes a `Vec<&str>` too, so an empty list of text needs
/// its type: `Vec::<String>::new()`.
#[diagnostic::on_unimplemented(
    message = "a value of type `{T}` is needed here, and this is of type `{Self}`",
    label = "does not become a `{T}` without loss"
)]
pub trait IntoValue<T> {
    /// What is encoded.
    type Stored: Borrow<T>;

    /// Makes the value.
    fn into_stored(self) -> Self::Stored;
}

#[diagnostic::do_not_recommend]
impl<T> IntoValue<T> for T {
    type Stored = T;
    fn into_stored(self) -> T {
        self
    }
}

#[diagnostic::do_not_recommend]
impl<'a, T> IntoValue<T> for &'a T {
    type Stored = &'a T;
    fn into_stored(self) -> &'a T {
        self
    }
}

#[diagnostic::do_not_recommend]
impl<T> IntoValue<Option<T>> for T {
    type Stored = Option<T>;
    fn into_stored(self) -> Option<T> {
        Some(self)
    }
}

#[diagnostic::do_not_recommend]
impl<T: Clone> IntoValue<Option<T>> for &T {
    type Stored = Option<T>;
    fn into_stored(self) -> Option<T> {
        Some(self.clone())
    }
}

fn owned<'a>(texts: impl AsRef<[&'a str]>) -> Vec<String> {
    texts.as_ref().iter().map(|text| (*text).to_owned()).collect()
}

/// A `T` from another type, plain and in an `Option`.
macro_rules! lossless {
    ($([$($generics:tt)*] $from:ty => $to:ty, $convert:expr;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<$($generics)*> IntoValue<$to> for $from {
            type Stored = $to;
            fn into_stored(self) -> $to {
                let convert: fn(Self) -> $to = $convert;
                convert(self)
            }
        }

        #[diagnostic::do_not_recommend]
        impl<$($generics)*> IntoValue<Option<$to>> for $from {
            type Stored = Option<$to>;
            fn into_stored(self) -> Option<$to> {
                let convert: fn(Self) -> $to = $convert;
                Some(convert(self))
            }
        }
    )*};
}

lossless! {
    [] i8 => i32, i32::from;
    [] i16 => i32, i32::from;
    [] u8 => i32, i32::from;
    [] u16 => i32, i32::from;
    [] i8 => i64, i64::from;
    [] i16 => i64, i64::from;
    [] i32 => i64, i64::from;
    [] u8 => i64, i64::from;
    [] u16 => i64, i64::from;
    [] u32 => i64, i64::from;
    [] i8 => i128, i128::from;
    [] i16 => i128, i128::from;
    [] i32 => i128, i128::from;
    [] i64 => i128, i128::from;
    [] u8 => i128, i128::from;
    [] u16 => i128, i128::from;
    [] u32 => i128, i128::from;
    [] u64 => i128, i128::from;
    [] i8 => f64, f64::from;
    [] i16 => f64, f64::from;
    [] i32 => f64, f64::from;
    [] u8 => f64, f64::from;
    [] u16 => f64, f64::from;
    [] u32 => f64, f64::from;
    [] f32 => f64, f64::from;
    [] &str => String, str::to_owned;
    [] &&str => String, |text| (*text).to_owned();
    [] &str => Box<str>, Box::from;
    [] &str => Arc<str>, Arc::from;
    ['a] &str => Cow<'a, str>, |text| Cow::Owned(text.to_owned());
    ['a] String => Cow<'a, str>, Cow::Owned;
    [] &str => PathBuf, PathBuf::from;
    [] &Path => PathBuf, Path::to_owned;
    [T, const N: usize] [T; N] => Vec<T>, Vec::from;
    [T: Clone] &[T] => Vec<T>, <[T]>::to_vec;
    [const N: usize] [&str; N] => Vec<String>, |items| items.map(str::to_owned).to_vec();
    [] Vec<&str> => Vec<String>, owned;
    [] &[&str] => Vec<String>, owned;
}

#[diagnostic::do_not_recommend]
impl<T> IntoValue<Box<T>> for T {
    type Stored = Box<T>;
    fn into_stored(self) -> Box<T> {
        Box::new(self)
    }
}

#[diagnostic::do_not_recommend]
impl<T> IntoValue<Arc<T>> for T {
    type Stored = Arc<T>;
    fn into_stored(self) -> Arc<T> {
        Arc::new(self)
    }
}
