//! Wrappers that are stored as what they hold: `Option`, `Box`, `Arc`, `Rc`, `Cow`, references.

use std::{borrow::Cow, rc::Rc, sync::Arc};

use mongodb::bson::spec::ElementType;

use super::{Decode, DecodeError, Element, Encode, Encoder};

impl<T: Encode> Encode for Option<T> {
    #[inline]
    fn encode(&self, out: &mut Encoder) -> ElementType {
        match self {
            Some(value) => value.encode(out),
            None => ElementType::Null,
        }
    }
    #[inline]
    fn is_absent(&self) -> bool {
        self.as_ref().is_none_or(T::is_absent)
    }
}

impl<T: Decode> Decode for Option<T> {
    #[inline]
    fn decode(element: Element<'_>) -> Result<Self, DecodeError> {
        match element.is_null() {
            true => Ok(None),
            false => T::decode(element).map(Some),
        }
    }
    #[inline]
    fn absent() -> Option<Self> {
        Some(None)
    }
}

macro_rules! pointer {
    ($($pointer:ty, [$($generics:tt)*];)*) => {$(
        impl<$($generics)*> Encode for $pointer {
            #[inline]
            fn encode(&self, out: &mut Encoder) -> ElementType {
                T::encode(self, out)
            }
            #[inline]
            fn is_absent(&self) -> bool {
                T::is_absent(self)
            }
        }
    )*};
}

pointer! {
    &T, [T: Encode + ?Sized];
    Box<T>, [T: Encode + ?Sized];
    Arc<T>, [T: Encode + ?Sized];
    Rc<T>, [T: Encode + ?Sized];
    Cow<'_, T>, [T: Encode + ToOwned + ?Sized];
}

macro_rules! owned_pointer {
    ($($pointer:ident)*) => {$(
        impl<T: Decode> Decode for $pointer<T> {
            #[inline]
            fn decode(element: Element<'_>) -> Result<Self, DecodeError> {
                T::decode(element).map($pointer::new)
            }
            #[inline]
            fn absent() -> Option<Self> {
                T::absent().map($pointer::new)
            }
        }
    )*};
}

owned_pointer! { Box Arc Rc }

impl<T: Decode + Clone> Decode for Cow<'_, T> {
    #[inline]
    fn decode(element: Element<'_>) -> Result<Self, DecodeError> {
        T::decode(element).map(Cow::Owned)
    }
    #[inline]
    fn absent() -> Option<Self> {
        T::absent().map(Cow::Owned)
    }
}
