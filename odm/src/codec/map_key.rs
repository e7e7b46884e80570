//! The keys of maps.

use std::{borrow::Cow, fmt::Display, rc::Rc, sync::Arc};

use mongodb::bson::{Uuid, oid::ObjectId};

use super::{DecodeError, text::quoted};

/// A type whose values can be keys of a map: text, enums of unit variants, `char`, integers, days,
/// `ObjectId` and UUIDs.
///
/// A key is text in the document: `5` is stored as `"5"`, a day as `"2024-02-29"`. Other spellings
/// (`"05"`) are refused when read: they would be a second key for one value.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the key of a stored map",
    note = "keys of a document are strings: use `String`, or an enum of unit variants that derives `Embedded`"
)]
pub trait MapKey: Sized {
    /// The key as it is stored.
    fn as_key(&self) -> Cow<'_, str>;

    /// The key from its stored form.
    fn from_key(key: &str) -> Result<Self, DecodeError>;
}

macro_rules! text_key {
    ($($text:ty)*) => {$(
        impl MapKey for $text {
            fn as_key(&self) -> Cow<'_, str> {
                Cow::Borrowed(self)
            }
            fn from_key(key: &str) -> Result<Self, DecodeError> {
                Ok(key.into())
            }
        }
    )*};
}

text_key! { String Box<str> Arc<str> Rc<str> }

impl MapKey for Cow<'_, str> {
    fn as_key(&self) -> Cow<'_, str> {
        Cow::Borrowed(self)
    }
    fn from_key(key: &str) -> Result<Self, DecodeError> {
        Ok(Cow::Owned(key.to_owned()))
    }
}

macro_rules! parsed_key {
    ($($rust:ty: $what:literal, $write:expr, $parse:expr;)*) => {$(
        impl MapKey for $rust {
            fn as_key(&self) -> Cow<'_, str> {
                let write: fn(&Self) -> String = $write;
                Cow::Owned(write(self))
            }
            fn from_key(key: &str) -> Result<Self, DecodeError> {
                $parse(key).map_err(|_| {
                    DecodeError::new(format!("the key {} is not {}", quoted(key), $what))
                })
            }
        }
    )*};
}

parsed_key! {
    char: "one character", |char| char.to_string(), str::parse::<char>;
    ObjectId: "an ObjectId", |id| id.to_hex(), |key: &str| ObjectId::parse_str(key);
    Uuid: "a UUID", |uuid| uuid.to_string(), |key: &str| Uuid::parse_str(key);
}

macro_rules! integer_key {
    ($($rust:ty)*) => {$(
        impl MapKey for $rust {
            fn as_key(&self) -> Cow<'_, str> {
                Cow::Owned(self.to_string())
            }
            fn from_key(key: &str) -> Result<Self, DecodeError> {
                canonical(key, key.parse().ok(), stringify!($rust))
            }
        }
    )*};
}

integer_key! { i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize }

/// The value that a key was read as, if the key is how the value is written.
pub(super) fn canonical<T: Display>(
    key: &str,
    value: Option<T>,
    what: &str,
) -> Result<T, DecodeError> {
    value
        .filter(|value| value.to_string() == key)
        .ok_or_else(|| DecodeError::new(format!("the key {} is not of type {what}", quoted(key))))
}
