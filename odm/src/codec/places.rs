//! Elements in the order of their keys, found without moving their bytes.

use std::{cmp::Ordering, ops::Range};

use super::elements::find_nul;

/// Where an element is among the bytes of several.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    /// Eight bytes of the key as a number, which is compared faster than text.
    word: u64,
    start: u32,
    length: u32,
}

impl Place {
    /// Documents end below 2 GiB, and so do their elements.
    #[inline]
    pub(super) fn new(at: Range<usize>) -> Self {
        Self { word: 0, start: at.start as u32, length: at.len() as u32 }
    }

    /// The bytes of the element: type, key, NUL and value.
    #[inline]
    pub(super) fn element(self, bytes: &[u8]) -> &[u8] {
        &bytes[self.start as usize..][..self.length as usize]
    }

    /// The key, and what comes after it.
    #[inline]
    fn key_on(self, bytes: &[u8]) -> &[u8] {
        &bytes[self.start as usize + 1..]
    }

    #[cold]
    fn compare_keys(self, other: Self, bytes: &[u8]) -> Ordering {
        until_nul(self.key_on(bytes)).cmp(until_nul(other.key_on(bytes)))
    }
}

/// Puts places of sound elements in the order of the keys.
pub(super) fn sort(bytes: &[u8], places: &mut [Place]) {
    let shared = shared(bytes, places);
    for place in &mut *places {
        place.word = word(&place.key_on(bytes)[shared..]);
    }
    // Finds what is in order already, unlike an unstable sort.
    places.sort_by(|a, b| a.word.cmp(&b.word).then_with(|| a.compare_keys(*b, bytes)));
}

/// How many bytes all keys begin with: those tell nothing about the order.
fn shared(bytes: &[u8], places: &[Place]) -> usize {
    let Some((first, others)) = places.split_first() else { return 0 };
    let mut shared = until_nul(first.key_on(bytes));
    for place in others {
        if shared.is_empty() {
            break;
        }
        let key = place.key_on(bytes);
        if !key.starts_with(shared) {
            let is_same = |(a, b): &(&u8, &u8)| a == b;
            shared = &shared[..shared.iter().zip(key).take_while(is_same).count()];
        }
    }
    shared.len()
}

/// The first eight bytes of a key that ends with a NUL. Keys that end before are filled with zeros,
/// which no key holds.
#[inline]
fn word(key: &[u8]) -> u64 {
    match key.first_chunk::<8>() {
        Some(eight) => {
            let word = u64::from_le_bytes(*eight);
            let length = find_nul(eight).unwrap_or(8);
            let kept = if length == 8 { u64::MAX } else { (1 << (8 * length)) - 1 };
            (word & kept).swap_bytes()
        }
        None => {
            let mut eight = [0; 8];
            let key = until_nul(key);
            eight[..key.len()].copy_from_slice(key);
            u64::from_be_bytes(eight)
        }
    }
}

#[inline]
fn until_nul(key: &[u8]) -> &[u8] {
    &key[..find_nul(key).unwrap_or(key.len())]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The keys in the order of their places.
    fn sorted(keys: &[&str]) -> Vec<String> {
        let (mut bytes, mut places) = (Vec::new(), Vec::new());
        for key in keys {
            let start = bytes.len();
            bytes.push(0x0A);
            bytes.extend_from_slice(key.as_bytes());
            bytes.push(0);
            places.push(Place::new(start..bytes.len()));
        }
        sort(&bytes, &mut places);
        let key = |place: &Place| until_nul(place.key_on(&bytes)).to_vec();
        places.iter().map(|place| String::from_utf8(key(place)).expect("text")).collect()
    }

    #[track_caller]
    fn are_sorted(keys: &[&str]) {
        let mut expected = keys.to_vec();
        expected.sort_unstable();
        assert_eq!(sorted(keys), expected);
    }

    #[test]
    fn keys_that_begin_alike_are_in_the_order_of_their_text() {
        are_sorted(&["user-10", "user-9", "user-", "user-100", "user-1"]);
        are_sorted(&["ab", "a", "", "abc", "b"]);
        are_sorted(&["0123456789", "012345678", "01234567", "0123456", "01234567\u{1}"]);
        are_sorted(&["same", "same"]);
        are_sorted(&["one"]);
        are_sorted(&[]);
    }

    #[test]
    fn keys_that_differ_after_eight_bytes_are_in_the_order_of_their_text() {
        are_sorted(&["b/0123456789", "a/0123456788", "a/0123456789", "a/0123456", "b/0123456788"]);
        are_sorted(&["é23456789é", "é23456789e", "z", "é2345678", "\u{1}\u{1}\u{1}"]);
    }
}
