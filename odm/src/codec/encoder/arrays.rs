//! Writing arrays.

use mongodb::bson::spec::ElementType;

use super::Encoder;
use crate::codec::{Elements, Encode};

impl Encoder {
    /// Appends one item of an array.
    #[inline]
    pub(crate) fn item<T: Encode + ?Sized>(&mut self, index: usize, item: &T) {
        let kind = index_key(&mut self.bytes, index);
        self.bytes[kind] = item.encode(self) as u8;
    }

    /// Appends an array of `items`.
    #[inline]
    pub fn array<'a, T: Encode + 'a>(&mut self, items: impl IntoIterator<Item = &'a T>) {
        self.document(|out| {
            for (index, item) in items.into_iter().enumerate() {
                out.item(index, item);
            }
        });
    }

    /// Appends an array of `items` in the order of their bytes.
    pub(crate) fn sorted_array<'a, T: Encode + 'a>(
        &mut self,
        items: impl IntoIterator<Item = &'a T>,
    ) {
        self.document(|out| {
            let start = out.bytes.len();
            for (index, item) in items.into_iter().enumerate() {
                out.item(index, item);
            }
            // The path of a failure depends on the order, and nothing is sent after one.
            if !out.has_failed() {
                sort_items(&mut out.bytes, start);
            }
        });
    }

    /// Appends an array of `items`; `write` appends one and returns its type.
    #[inline]
    pub fn list<T>(
        &mut self,
        items: impl IntoIterator<Item = T>,
        write: impl Fn(T, &mut Self) -> ElementType,
    ) {
        self.document(|out| {
            for (index, item) in items.into_iter().enumerate() {
                let kind = index_key(&mut out.bytes, index);
                out.bytes[kind] = write(item, out) as u8;
            }
        });
    }
}

/// Puts the array items from `start` on in the order of their types and bytes.
fn sort_items(bytes: &mut [u8], start: usize) {
    let mut items = Vec::new();
    let mut reader = Elements::unframed(&bytes[start..]);
    while let Ok(Some((_, item))) = reader.next_element() {
        items.push((item.kind(), item.value()));
    }
    if items.is_sorted() {
        return;
    }
    items.sort_unstable();
    let mut sorted = Vec::with_capacity(bytes.len() - start);
    for (index, (kind, value)) in items.into_iter().enumerate() {
        let at = index_key(&mut sorted, index);
        sorted[at] = kind;
        sorted.extend_from_slice(value);
    }
    bytes[start..].copy_from_slice(&sorted);
}

/// Appends a place for the type and the decimal key of an array item; returns the place.
#[inline]
pub(crate) fn index_key(out: &mut Vec<u8>, index: usize) -> usize {
    let kind = out.len();
    match index {
        0..=9 => out.extend_from_slice(&[0, digit(index), 0]),
        10..=99 => out.extend_from_slice(&[0, digit(index / 10), digit(index % 10), 0]),
        _ => long_index_key(out, index),
    }
    kind
}

#[inline]
fn digit(digit: usize) -> u8 {
    b'0' + digit as u8
}

#[inline(never)]
fn long_index_key(out: &mut Vec<u8>, index: usize) {
    let start = out.len();
    out.push(0);
    let mut left = index;
    while left > 0 {
        out.push(digit(left % 10));
        left /= 10;
    }
    out[start + 1..].reverse();
    out.push(0);
}
