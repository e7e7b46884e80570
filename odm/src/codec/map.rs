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

use super::{
    Decode, DecodeError, Element, Elements, Encode, Encoder, Flatten, MapKey, Names,
    places::{self, Place},
};

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
                // What is wrong in a large one is found below, in stored order.
                if element.value().len() >= LARGE
                    && let Ok(pairs) = $read_large(element)
                {
                    let count = pairs.len();
                    let all = Self::from_iter(pairs);
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
    let elements = element.elements()?;
    let mut places = places_of(elements.clone())?;
    places::sort(elements.rest, &mut places);
    let most = MEMORY * elements.rest.len() / size_of::<(K, V)>().max(1);
    let mut pairs = Vec::with_capacity(places.len().min(most));
    for place in places {
        let mut from = elements.clone();
        from.rest = place.element(elements.rest);
        if let Some((key, value)) = from.next_element()? {
            pairs.push(read_entry(key, value)?);
        }
    }
    Ok(pairs)
}

/// Room is made for entries of this many times the bytes of their document. Hostile bytes must not
/// make us ask for much memory.
const MEMORY: usize = 4;

fn places_of(mut elements: Elements<'_>) -> Result<Vec<Place>, DecodeError> {
    let length = elements.remaining();
    let mut places = Vec::with_capacity(elements.capacity_hint::<Place>());
    let mut start = 0;
    while let Some(kind) = elements.next_kind() {
        elements.take_key_bytes()?;
        elements.take_value(kind)?;
        let end = length - elements.remaining();
        places.push(Place::new(start..end));
        start = end;
    }
    Ok(places)
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
///
/// Many are written as they are found, and the bytes are sorted: keys and values of a `HashMap` lie
/// anywhere in memory, so they are visited once only.
fn write_sorted<K: MapKey, V: Encode, H>(map: &HashMap<K, V, H>, out: &mut Encoder) {
    let write = |out: &mut Encoder, key: &K, value: &V| out.field(&key.as_key(), value);
    if map.len() >= MANY && out.sorted_elements(map, write) {
        return;
    }
    let entry = |(key, value)| (K::as_key(key), value);
    let mut entries: Vec<(Cow<'_, str>, &V)> = map.iter().map(entry).collect();
    entries.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
    for (key, value) in entries {
        out.field(&key, value);
    }
}

/// From this many entries on, their bytes are sorted.
const MANY: usize = 32;
