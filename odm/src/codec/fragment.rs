//! Raw elements and raw values: BSON that is encoded already, on its way into a document.

use std::hash::{Hash, Hasher};

use mongodb::bson::{Document, RawDocument, spec::ElementType};

use super::{Element, Elements, Encode, EncodeError, Encoder};
use crate::error::{Error, Result};

/// Elements of a document, without the document around them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Fragment(Vec<u8>);

/// One value: its type and its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RawValue {
    kind: ElementType,
    bytes: Vec<u8>,
}

impl Fragment {
    /// What `write` appends.
    pub(crate) fn write(write: impl FnOnce(&mut Encoder)) -> Result<Self, EncodeError> {
        let mut out = Encoder::with_capacity(64);
        write(&mut out);
        out.finish_elements().map(Self)
    }

    /// One element.
    pub(crate) fn one(key: &str, value: &RawValue) -> Self {
        let mut one = Self(Vec::with_capacity(key.len() + value.bytes.len() + 2));
        one.push(key, value);
        one
    }

    /// The elements of an encoded document.
    pub(crate) fn of_document(document: &[u8]) -> Self {
        Self(document.get(4..document.len().saturating_sub(1)).unwrap_or_default().to_vec())
    }

    /// Adds an element; the key has no NUL, because it was encoded before.
    pub(crate) fn push(&mut self, key: &str, value: &RawValue) {
        self.0.push(value.kind as u8);
        self.0.extend_from_slice(key.as_bytes());
        self.0.push(0);
        self.0.extend_from_slice(&value.bytes);
    }

    /// Adds all elements of another fragment.
    pub(crate) fn append(&mut self, other: &Self) {
        self.0.extend_from_slice(&other.0);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The elements as they are on the wire.
    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The elements, each with its key.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, Element<'_>)> {
        let mut elements = Elements::unframed(&self.0);
        std::iter::from_fn(move || elements.next_element().ok().flatten())
    }

    pub(crate) fn keys(&self) -> impl Iterator<Item = &str> {
        self.iter().map(|(key, _)| key)
    }

    pub(crate) fn has(&self, wanted: &str) -> bool {
        self.keys().any(|key| key == wanted)
    }

    /// A document made of the elements.
    pub(crate) fn framed(&self) -> Vec<u8> {
        let mut out = Encoder::with_capacity(self.0.len() + 5);
        self.encode(&mut out);
        out.finish().expect("bytes alone cannot fail")
    }

    /// The document in the driver's own type.
    ///
    /// # Errors
    ///
    /// Nesting so deep that reading it would exhaust the stack.
    pub(crate) fn to_document(&self) -> Result<Document> {
        let bytes = self.framed();
        check_depth_of(&bytes)?;
        let raw =
            RawDocument::from_bytes(&bytes).map_err(|error| Error::invalid(error.to_string()))?;
        Document::try_from(raw).map_err(|error| Error::invalid(error.to_string()))
    }

    /// Refuses elements nested so deep that reading them would exhaust the stack.
    pub(crate) fn check_depth(&self) -> Result<()> {
        check_depth_of(&self.framed())
    }
}

fn check_depth_of(document: &[u8]) -> Result<()> {
    let deep = Element::document(document).check_depth();
    deep.map_err(|error| Error::invalid(format!("the document is {}", error.reason())))
}

impl Encode for Fragment {
    fn encode(&self, out: &mut Encoder) -> ElementType {
        out.document(|out| out.bytes(&self.0));
        ElementType::EmbeddedDocument
    }
}

impl RawValue {
    /// What `write` appends under `key`, which a failure names.
    pub(crate) fn write(
        key: &str,
        write: impl FnOnce(&mut Encoder) -> ElementType,
    ) -> Result<Self, EncodeError> {
        let mut out = Encoder::with_capacity(key.len() + 32);
        let mut kind = ElementType::Null;
        out.element(key, |out| {
            kind = write(out);
            kind
        });
        let mut bytes = out.finish_elements()?;
        // The type, the key and its end.
        bytes.drain(..key.len() + 2);
        Ok(Self { kind, bytes })
    }

    /// A value that cannot fail to be written.
    pub(crate) fn of(value: &(impl Encode + ?Sized)) -> Self {
        Self::write("", |out| value.encode(out)).expect("a plain value can be written")
    }

    /// The value of an element.
    pub(crate) fn of_element(element: Element<'_>) -> Self {
        let kind = element.element_type().unwrap_or(ElementType::Null);
        Self { kind, bytes: element.value().to_vec() }
    }

    /// A document of one element.
    pub(crate) fn operator(name: &str, value: &Self) -> Self {
        Self::document(&Fragment::one(name, value))
    }

    /// A document made of elements.
    pub(crate) fn document(elements: &Fragment) -> Self {
        Self { kind: ElementType::EmbeddedDocument, bytes: elements.framed() }
    }

    pub(crate) fn kind(&self) -> ElementType {
        self.kind
    }

    pub(crate) fn as_element(&self) -> Element<'_> {
        Element::nested(self.kind as u8, 0, &self.bytes)
    }

    /// The elements of a document whose first key is an operator (`{$gt: …}`).
    pub(crate) fn operators(&self) -> Option<Fragment> {
        let begins_so = self.kind == ElementType::EmbeddedDocument
            && self.bytes.get(5).is_some_and(|first| *first == b'$');
        begins_so.then(|| Fragment::of_document(&self.bytes))
    }

    /// The text of a string.
    pub(crate) fn str(&self) -> Option<&str> {
        self.as_element().str().ok()
    }
}

impl Encode for RawValue {
    fn encode(&self, out: &mut Encoder) -> ElementType {
        out.bytes(&self.bytes);
        self.kind
    }
}

impl Hash for RawValue {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.kind as u8).hash(state);
        self.bytes.hash(state);
    }
}
