//! `url`: text.

use ::url::Url;
use mongodb::bson::spec::ElementType;

use super::{Decode, DecodeError, Element, Encode, Encoder, text::OTHER_TEXT};

impl Encode for Url {
    fn encode(&self, out: &mut Encoder) -> ElementType {
        self.as_str().encode(out)
    }
}

impl Decode for Url {
    fn decode(element: Element<'_>) -> Result<Self, DecodeError> {
        let text = element.str()?;
        Self::parse(text).map_err(|error| {
            DecodeError::new(format!("expected a URL, found {OTHER_TEXT}: {error}"))
        })
    }
}
