//! Maps, stored as documents.

use std::{
    borrow::Cow,
    collections::{BTreeMap, HashMap},
    hash::{BuildHasher, Hash},
    rc::Rc,
    sync::Arc,
};

use mongodb::bson::{Uuid, oid::ObjectId, spec::ElementType};

use super::{Decode, DecodeError, Element, Encode, Encoder, Flatten, Names, text::quoted};

/// A type whose values can be keys of a map: text, enums of unit variants, `char`, `ObjectId` and
/// UUIDs. Numbers are not: a path with a number in it means a position of an array.
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

/// Both kinds of map, alike.
macro_rules! map {
    ($($map:ident, [$($key_bound:tt)*], [$($hasher:tt)*], [$($hasher_bound:tt)*];)*) => {$(
        impl<K: MapKey, V: Encode $($hasher)*> Encode for $map<K, V $($hasher)*> {
            fn encode(&self, out: &mut Encoder) -> ElementType {
                out.document(|out| write_entries(self, out));
                ElementType::EmbeddedDocument
            }
        }

        impl<K: MapKey + $($key_bound)*, V: Decode $($hasher)*> Decode for $map<K, V $($hasher)*>
        where
            $($hasher_bound)*
        {
            fn decode(element: Element<'_>) -> Result<Self, DecodeError> {
                let mut all = Self::default();
                let mut elements = element.elements()?;
                while let Some((key, value)) = elements.next_element()? {
                    let name = K::from_key(key).map_err(|error| error.in_key(key))?;
                    let value = V::decode(value).map_err(|error| error.in_key(key))?;
                    if all.insert(name, value).is_some() {
                        return Err(DecodeError::new("the key is there twice").in_key(key));
                    }
                }
                Ok(all)
            }
        }

        impl<K: MapKey + $($key_bound)*, V: Encode $($hasher)*> Flatten for $map<K, V $($hasher)*>
        where
            $($hasher_bound)*
        {
            const NAMES: Names = Names::any();

            fn encode_elements(&self, out: &mut Encoder) {
                write_entries(self, out);
            }
            fn claims(_: &str) -> bool {
                true
            }
            fn has_key(&self, key: &str) -> bool {
                let entry = K::from_key(key).ok().and_then(|key| self.get_key_value(&key));
                entry.is_some_and(|(found, _)| found.as_key() == key)
            }
        }
    )*};
}

map! {
    BTreeMap, [Ord], [], [];
    HashMap, [Eq + Hash], [, H], [H: BuildHasher + Default];
}

fn write_entries<'a, K: MapKey + 'a, V: Encode + 'a>(
    entries: impl IntoIterator<Item = (&'a K, &'a V)>,
    out: &mut Encoder,
) {
    for (key, value) in entries {
        out.field(&key.as_key(), value);
    }
}
