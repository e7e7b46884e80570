//! Reading the items of an array.

use super::{Decode, DecodeError, Element, Elements, layout::value_length};

/// The items of an array, in stored order.
#[derive(Clone, Debug)]
pub struct Items<'a> {
    elements: Elements<'a>,
    index: usize,
}

impl<'a> Items<'a> {
    #[inline]
    pub(super) fn new(elements: Elements<'a>) -> Self {
        Self { elements, index: 0 }
    }

    /// Refuses an array of more or fewer than `count` items.
    pub(super) fn expect(&self, count: usize) -> Result<(), DecodeError> {
        let mut rest = self.clone();
        let mut found = 0;
        while rest.next_item()?.is_some() {
            found += 1;
        }
        match found == count {
            true => Ok(()),
            false => Err(DecodeError::new(format!("expected {}, found {found}", items(count)))),
        }
    }

    /// Reads the next item, which is there.
    pub(super) fn read<T: Decode>(&mut self) -> Result<T, DecodeError> {
        match self.next_item()? {
            Some((index, item)) => T::decode(item).map_err(|error| error.in_index(index)),
            None => Err(DecodeError::malformed("an array ends too early")),
        }
    }

    /// The next value and its index.
    #[inline(always)]
    pub fn next_item(&mut self) -> Result<Option<(usize, Element<'a>)>, DecodeError> {
        let Some(kind) = self.elements.next_kind() else { return Ok(None) };
        let index = self.index;
        self.skip_key(index).map_err(|error| error.in_index(index))?;
        let element = self.elements.take_value(kind).map_err(|error| error.in_index(index))?;
        self.index += 1;
        Ok(Some((index, element)))
    }

    /// A guess of how many items are left, from the size of the first one. Hostile bytes must not
    /// make us ask for much memory, so the guess never asks for more than 64 KiB.
    #[inline]
    pub(crate) fn capacity_hint<T>(&self) -> usize {
        let rest = self.elements.rest;
        let first = match (rest.first(), rest.get(3..)) {
            (Some(kind), Some(value)) => value_length(*kind, value),
            _ => return 0,
        };
        let items = (rest.len() / first.saturating_add(3)).max(1);
        items.min(65_536 / size_of::<T>().max(1))
    }

    /// Keys of arrays are their indexes: the width is known, so ASCII and a NUL are enough.
    #[inline]
    fn skip_key(&mut self, index: usize) -> Result<(), DecodeError> {
        let rest = match (index, self.elements.rest) {
            (0..=9, [_, 1..=127, 0, rest @ ..]) => rest,
            (10..=99, [_, 1..=127, 1..=127, 0, rest @ ..]) => rest,
            (100..=999, [_, 1..=127, 1..=127, 1..=127, 0, rest @ ..]) => rest,
            _ => return self.elements.take_key().map(drop),
        };
        self.elements.rest = rest;
        Ok(())
    }
}

fn items(count: usize) -> String {
    match count {
        1 => "1 item".to_owned(),
        _ => format!("{count} items"),
    }
}
