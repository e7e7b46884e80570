//! Sequences, stored as arrays.

use std::{
    borrow::Cow,
    collections::{LinkedList, VecDeque},
    rc::Rc,
    sync::Arc,
};

use mongodb::bson::spec::ElementType;

use super::{Decode, DecodeError, Element, Encode, Encoder};

impl<T: Encode> Encode for [T] {
    #[inline]
    fn encode(&self, out: &mut Encoder) -> ElementType {
        out.array(self);
        ElementType::Array
    }
}

impl<T: Encode> Encode for Vec<T> {
    #[inline]
    fn encode(&self, out: &mut Encoder) -> ElementType {
        out.array(self);
        ElementType::Array
    }
}

impl<T: Decode> Decode for Vec<T> {
    fn decode(element: Element<'_>) -> Result<Self, DecodeError> {
        let mut items = element.items()?;
        let mut all = Self::with_capacity(items.capacity_hint::<T>());
        while let Some((index, item)) = items.next_item()? {
            all.push(T::decode(item).map_err(|error| error.in_index(index))?);
        }
        Ok(all)
    }
}

impl<T: Encode, const N: usize> Encode for [T; N] {
    #[inline]
    fn encode(&self, out: &mut Encoder) -> ElementType {
        out.array(self);
        ElementType::Array
    }
}

/// An array of any other length is refused.
impl<T: Decode, const N: usize> Decode for [T; N] {
    fn decode(element: Element<'_>) -> Result<Self, DecodeError> {
        element.items()?.expect(N)?;
        Vec::decode(element)?
            .try_into()
            .map_err(|_| DecodeError::malformed("an array that changes its length"))
    }
}

macro_rules! sequence {
    ($($sequence:ident)*) => {$(
        impl<T: Encode> Encode for $sequence<T> {
            fn encode(&self, out: &mut Encoder) -> ElementType {
                out.array(self);
                ElementType::Array
            }
        }

        impl<T: Decode> Decode for $sequence<T> {
            fn decode(element: Element<'_>) -> Result<Self, DecodeError> {
                Vec::decode(element).map(Self::from_iter)
            }
        }
    )*};
}

sequence! { VecDeque LinkedList }

macro_rules! slice_pointer {
    ($($pointer:ident)*) => {$(
        impl<T: Decode> Decode for $pointer<[T]> {
            fn decode(element: Element<'_>) -> Result<Self, DecodeError> {
                Vec::decode(element).map(Self::from)
            }
        }
    )*};
}

slice_pointer! { Box Arc Rc }

impl<T: Decode + Clone> Decode for Cow<'_, [T]> {
    fn decode(element: Element<'_>) -> Result<Self, DecodeError> {
        Vec::decode(element).map(Cow::Owned)
    }
}
