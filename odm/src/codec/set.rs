//! Sets, stored as arrays. An item that is stored twice is read once.
//!
//! A `HashSet` is written in the order of its items' stored bytes: equal sets have equal bytes, and
//! so are equal to the server.

use std::{
    collections::{BTreeSet, HashSet},
    hash::{BuildHasher, Hash},
};

use mongodb::bson::spec::ElementType;

use super::{Decode, DecodeError, Element, Encode, Encoder};

impl<T: Encode> Encode for BTreeSet<T> {
    fn encode(&self, out: &mut Encoder) -> ElementType {
        out.array(self);
        ElementType::Array
    }
}

impl<T: Decode + Ord> Decode for BTreeSet<T> {
    fn decode(element: Element<'_>) -> Result<Self, DecodeError> {
        let mut items = element.items()?;
        let mut all = Self::new();
        while let Some((index, item)) = items.next_item()? {
            all.insert(T::decode(item).map_err(|error| error.in_index(index))?);
        }
        Ok(all)
    }
}

impl<T: Encode, H> Encode for HashSet<T, H> {
    fn encode(&self, out: &mut Encoder) -> ElementType {
        out.sorted_array(self);
        ElementType::Array
    }
}

impl<T: Decode + Eq + Hash, H: BuildHasher + Default> Decode for HashSet<T, H> {
    fn decode(element: Element<'_>) -> Result<Self, DecodeError> {
        let mut items = element.items()?;
        let mut all = Self::with_capacity_and_hasher(items.capacity_hint::<T>(), H::default());
        while let Some((index, item)) = items.next_item()? {
            all.insert(T::decode(item).map_err(|error| error.in_index(index))?);
        }
        Ok(all)
    }
}
