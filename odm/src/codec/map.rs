//! Maps, stored as documents.
//!
//! A `HashMap` is written in the order of its stored keys: equal maps have equal bytes, and so are
//! equal to the server.

use std::{
    borrow::Cow,
    collections::{BTreeMap, HashMap},
    hash::{BuildHasher, Hash},
};

use mongodb::bson::spec::ElementType;

use super::{Decode, DecodeError, Element, Encode, Encoder, Flatten, MapKey};

/// Both kinds of map, alike.
macro_rules! map {
    ($($map:ident, $write:ident, [$($key_bound:tt)*], [$($hasher:tt)*], [$($hasher_bound:tt)*];)*) => {$(
        impl<K: MapKey, V: Encode $($hasher)*> Encode for $map<K, V $($hasher)*> {
            fn encode(&self, out: &mut Encoder) -> ElementType {
                out.document(|out| $write(self, out));
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

        impl<K: MapKey, V: Encode $($hasher)*> Flatten for $map<K, V $($hasher)*> {
            fn encode_elements(&self, out: &mut Encoder) {
                $write(self, out);
            }
            fn claims(_: &str) -> bool {
                true
            }
        }
    )*};
}

map! {
    BTreeMap, write_entries, [Ord], [], [];
    HashMap, write_sorted, [Eq + Hash], [, H], [H: BuildHasher + Default];
}

fn write_entries<'a, K: MapKey + 'a, V: Encode + 'a>(
    entries: impl IntoIterator<Item = (&'a K, &'a V)>,
    out: &mut Encoder,
) {
    for (key, value) in entries {
        out.field(&key.as_key(), value);
    }
}

/// Writes the entries in the order of their stored keys.
fn write_sorted<K: MapKey, V: Encode, H>(map: &HashMap<K, V, H>, out: &mut Encoder) {
    let entry = |(key, value)| {
        let key = K::as_key(key);
        (beginning(&key), key, value)
    };
    let mut entries: Vec<(u64, Cow<'_, str>, &V)> = map.iter().map(entry).collect();
    entries
        .sort_unstable_by(|(a, a_key, _), (b, b_key, _)| a.cmp(b).then_with(|| a_key.cmp(b_key)));
    for (_, key, value) in entries {
        out.field(&key, value);
    }
}

/// The first eight bytes as a number, which is compared faster than text.
fn beginning(key: &str) -> u64 {
    let mut first = [0; 8];
    let length = key.len().min(8);
    first[..length].copy_from_slice(&key.as_bytes()[..length]);
    u64::from_be_bytes(first)
}
