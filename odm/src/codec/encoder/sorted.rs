//! Writing elements in the order of their keys.

use std::mem;

use super::Encoder;
use crate::codec::places::{self, Place};

impl Encoder {
    /// Appends the elements that `write` appends, one per entry, in the order of their keys.
    ///
    /// `false` if nothing was appended, because an element cannot be written: the path of a failure
    /// depends on the order.
    pub(crate) fn sorted_elements<K, V>(
        &mut self,
        entries: impl IntoIterator<Item = (K, V), IntoIter: ExactSizeIterator>,
        write: impl Fn(&mut Self, K, V),
    ) -> bool {
        if self.has_failed() {
            return false;
        }
        let entries = entries.into_iter();
        let mut places = Vec::with_capacity(entries.len());
        let before = mem::replace(&mut self.bytes, Vec::with_capacity(entries.len() * ENTRY));
        for (key, value) in entries {
            let start = self.bytes.len();
            write(self, key, value);
            places.push(Place::new(start..self.bytes.len()));
        }
        let unsorted = mem::replace(&mut self.bytes, before);
        if self.fault.take().is_some() || u32::try_from(unsorted.len()).is_err() {
            return false;
        }
        self.append_sorted(&unsorted, &mut places);
        true
    }

    #[inline(never)]
    fn append_sorted(&mut self, unsorted: &[u8], places: &mut [Place]) {
        places::sort(unsorted, places);
        self.reserve(unsorted.len());
        for place in places {
            self.bytes(place.element(unsorted));
        }
    }
}

/// The bytes of an entry with a short key and a short text.
const ENTRY: usize = 32;
