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

use super::{Decode, DecodeError, Element, Encode, Encoder, Flatten, MapKey, Names};

/// Both kinds of map, alike.
macro_rules! map {
    ($($map:ident, $write:ident, $read_large:ident, [$($key_bound:tt)*], [$($hasher:tt)*], [$($hasher_bound:tt)*];)*) => {$(
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
                if element.value().len() >= LARGE {
                    let pairs = $read_large(element)?;
                    let count = pairs.len();
                    let all = Self::from_iter(pairs);
                    // Otherwise a key is there twice: which, is found below.
                    if all.len() == count {
                        return Ok(all);
                    }
                }
                let mut all = Self::default();
                let mut elements = element.elements()?;
                while let Some((key, value)) = elements.next_element()? {
                    let (name, value) = read_entry(key, value)?;
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
                $write(self, out);
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
    BTreeMap, write_entries, read_sorted, [Ord], [], [];
    HashMap, write_sorted, read_all, [Eq + Hash], [, H], [H: BuildHasher + Default];
}

/// From this many bytes on, entries are counted before the map is made.
const LARGE: usize = 4096;

fn read_entry<K: MapKey, V: Decode>(key: &str, value: Element<'_>) -> Result<(K, V), DecodeError> {
    let name = K::from_key(key).map_err(|error| error.in_key(key))?;
    let value = V::decode(value).map_err(|error| error.in_key(key))?;
    Ok((name, value))
}

/// The entries in the order of their stored keys.
///
/// A tree is built faster from sorted entries, and written much faster if its keys and values lie in
/// memory in the order in which it is walked.
fn read_sorted<K: MapKey, V: Decode>(element: Element<'_>) -> Result<Vec<(K, V)>, DecodeError> {
    let mut elements = element.elements()?;
    let mut found = Vec::with_capacity(elements.capacity_hint::<(&str, Element<'_>)>());
    while let Some(entry) = elements.next_element()? {
        found.push(entry);
    }
    if found.is_sorted_by_key(|(key, _)| *key) {
        return found.into_iter().map(|(key, value)| read_entry(key, value)).collect();
    }
    let begin = |(index, (key, _)): (usize, &(&str, _))| (beginning(key), index);
    let mut order: Vec<(u64, usize)> = found.iter().enumerate().map(begin).collect();
    order.sort_unstable_by(|(a, at), (b, other)| {
        a.cmp(b).then_with(|| found[*at].0.cmp(found[*other].0))
    });
    let mut pairs = Vec::with_capacity(found.len());
    for (_, index) in order {
        let (key, value) = found[index];
        pairs.push(read_entry(key, value)?);
    }
    Ok(pairs)
}

/// The entries in stored order.
fn read_all<K: MapKey, V: Decode>(element: Element<'_>) -> Result<Vec<(K, V)>, DecodeError> {
    let mut elements = element.elements()?;
    let mut pairs = Vec::with_capacity(elements.capacity_hint::<(K, V)>());
    while let Some((key, value)) = elements.next_element()? {
        pairs.push(read_entry(key, value)?);
    }
    Ok(pairs)
}

fn write_entries<K: MapKey, V: Encode>(map: &BTreeMap<K, V>, out: &mut Encoder) {
    out.reserve(map.len() * SMALL_ENTRY);
    for (key, value) in map {
        out.field(&key.as_key(), value);
    }
}

/// The bytes of an entry with a short key and a number.
const SMALL_ENTRY: usize = 16;

/// Writes the entries in the order of their stored keys.
fn write_sorted<K: MapKey, V: Encode, H>(map: &HashMap<K, V, H>, out: &mut Encoder) {
    let entry = |(key, value)| {
        let key = K::as_key(key);
        (beginning(&key), key, value)
    };
    let mut entries: Vec<(u64, Cow<'_, str>, &V)> = map.iter().map(entry).collect();
    entries
        .sort_unstable_by(|(a, a_key, _), (b, b_key, _)| a.cmp(b).then_with(|| a_key.cmp(b_key)));
    out.reserve(entries.len() * SMALL_ENTRY);
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
