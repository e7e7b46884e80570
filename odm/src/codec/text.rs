//! Text.

use std::{borrow::Cow, rc::Rc, sync::Arc};

use mongodb::bson::spec::ElementType;

use super::{Decode, DecodeError, Element, Encode, Encoder};

impl Encode for str {
    #[inline]
    fn encode(&self, out: &mut Encoder) -> ElementType {
        out.str(self);
        ElementType::String
    }
}

impl Encode for String {
    #[inline]
    fn encode(&self, out: &mut Encoder) -> ElementType {
        out.str(self);
        ElementType::String
    }
}

impl Decode for String {
    #[inline(always)]
    fn decode(element: Element<'_>) -> Result<Self, DecodeError> {
        element.str().map(str::to_owned)
    }
}

impl Decode for Cow<'_, str> {
    #[inline]
    fn decode(element: Element<'_>) -> Result<Self, DecodeError> {
        String::decode(element).map(Cow::Owned)
    }
}

macro_rules! shared_text {
    ($($rust:ty)*) => {$(
        impl Decode for $rust {
            #[inline]
            fn decode(element: Element<'_>) -> Result<Self, DecodeError> {
                element.str().map(Self::from)
            }
        }
    )*};
}

shared_text! { Box<str> Arc<str> Rc<str> }

impl Encode for char {
    fn encode(&self, out: &mut Encoder) -> ElementType {
        out.str(self.encode_utf8(&mut [0; 4]));
        ElementType::String
    }
}

impl Decode for char {
    fn decode(element: Element<'_>) -> Result<Self, DecodeError> {
        let text = element.str()?;
        let mut chars = text.chars();
        match (chars.next(), chars.next()) {
            (Some(char), None) => Ok(char),
            _ => Err(DecodeError::expected("one character", OTHER_TEXT)),
        }
    }
}

/// What was found in place of text of a certain form. It is not repeated: errors go into logs.
pub(super) const OTHER_TEXT: &str = "other text";

/// A key of a map inside an error message: quoted, and not more than a line of it.
pub(super) fn quoted(text: &str) -> String {
    match text.char_indices().nth(60) {
        Some((end, _)) => format!("{:?}…", &text[..end]),
        None => format!("{text:?}"),
    }
}
