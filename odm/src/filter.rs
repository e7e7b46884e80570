//! Filters: typed conditions on fields.
//!
//! Knows paths and values. Does not know collections, sessions or the network.

mod array;
mod bits;
mod comparison;
mod condition;
mod element;
mod element_match;
mod evaluation;
mod geo;
mod logical;
mod negation;
mod pattern;
mod text_search;
mod uses;
mod value;
mod whole;

pub(crate) use self::element_match::element_condition;
use self::uses::Uses;
pub use self::{
    array::ArrayConditions,
    bits::{BitConditions, BitMask},
    comparison::Comparison,
    condition::Condition,
    element::Presence,
    element_match::ElementMatch,
    evaluation::Evaluation,
    geo::{Area, GeoConditions, IntoArea, IntoNear, Near},
    negation::Negation,
    pattern::{IntoPattern, Pattern},
    text_search::TextSearch,
};

use std::{fmt, marker::PhantomData};

use mongodb::bson::{Document, RawDocument};

use crate::{
    codec::{Element, ElementType, Elements, Encode, Encoder},
    error::{Error, Result},
    path::{Handle, Path},
};

/// A condition on documents of `R`, in the server's own form.
///
/// `&`, `|` and `!` combine conditions: `&` merges documents where no key is lost by it and writes
/// `$and` elsewhere, `|` writes `$or`, `!` writes `$nor`.
///
/// ```
/// use odm::prelude::*;
///
/// #[derive(Embedded)]
/// struct Point { x: i32, y: i32 }
///
/// let p = Point::fields();
/// let filter = p.x().gt(0) & p.y().lt(9);
/// assert_eq!(filter.as_document()?, doc! { "x": { "$gt": 0 }, "y": { "$lt": 9 } });
/// # Ok::<(), odm::Error>(())
/// ```
#[must_use = "a filter does nothing by itself"]
pub struct Filter<R> {
    /// The elements of the document, without a document around them.
    elements: Vec<u8>,
    fault: Option<Error>,
    /// The operators in it that are not allowed everywhere.
    uses: Uses,
    root: PhantomData<fn() -> R>,
}

impl<R> Filter<R> {
    /// The filter that every document matches: `{}`.
    pub fn all() -> Self {
        Self::from_elements(Ok(Vec::new()))
    }

    /// A filter written by hand.
    ///
    /// Field names in it are stored names; nothing is checked.
    pub fn raw(document: Document) -> Self {
        let encoded = mongodb::bson::serialize_to_vec(&document);
        Self::from_elements(match encoded {
            Ok(bytes) => Ok(bytes[4..bytes.len() - 1].to_vec()),
            Err(error) => Err(Error::encode(String::new(), error.to_string())),
        })
    }

    /// The document that is sent.
    ///
    /// # Errors
    ///
    /// The first mistake in the filter: a value that BSON cannot hold, a map key that no path can
    /// name.
    pub fn as_document(&self) -> Result<Document> {
        match &self.fault {
            Some(error) => Err(error.clone()),
            None => to_document(&self.elements),
        }
    }

    pub(crate) fn from_elements(elements: Result<Vec<u8>>) -> Self {
        let (elements, fault) = match elements {
            Ok(elements) => (elements, None),
            Err(error) => (Vec::new(), Some(error)),
        };
        Self { elements, fault, uses: Uses::default(), root: PhantomData }
    }

    /// The filter, which has operators that are not allowed everywhere.
    fn using(mut self, uses: Uses) -> Self {
        self.uses = uses;
        self
    }

    /// One condition on the whole document: `{$operator: …}`.
    fn whole(operator: &str, write: impl FnOnce(&mut Encoder) -> ElementType) -> Self {
        let mut out = Encoder::with_capacity(64);
        out.element(operator, write);
        Self::from_elements(out.finish_elements().map_err(Error::from))
    }

    /// One condition: `{path: …}`, where `write` appends the value.
    pub(crate) fn one(
        handle: &impl Handle<Root = R>,
        write: impl FnOnce(&mut Encoder) -> ElementType,
    ) -> Self {
        Self::at(handle.as_path(), write).of_variants(handle.as_path())
    }

    /// One condition with an operator: `{path: {operator: …}}`.
    pub(crate) fn operator(
        handle: &impl Handle<Root = R>,
        operator: &str,
        write: impl FnOnce(&mut Encoder) -> ElementType,
    ) -> Self {
        Self::one(handle, |out| {
            out.document(|out| out.element(operator, write));
            ElementType::EmbeddedDocument
        })
    }

    /// The condition, and that the values on its path are of the variants it relies on.
    fn of_variants(self, path: &Path) -> Self {
        let tags = path
            .variants
            .iter()
            .map(|(tag, name)| Self::at(&Path::of_identifier(tag), |out| name.encode(out)));
        tags.rev().fold(self, |condition, tag| tag & condition)
    }

    fn at(path: &Path, write: impl FnOnce(&mut Encoder) -> ElementType) -> Self {
        if let Some(fault) = path.fault() {
            return Self::from_elements(Err(Error::invalid(fault)));
        }
        let mut out = Encoder::with_capacity(64);
        out.element(path.as_str(), write);
        Self::from_elements(out.finish_elements().map_err(Error::from))
    }

    /// The elements of the document that is sent, or the first mistake in the filter.
    pub(crate) fn elements(&self) -> Result<&[u8]> {
        self.fault.as_ref().map_or(Ok(&self.elements), |error| Err(error.clone()))
    }

    pub(crate) fn into_elements(self) -> Result<Vec<u8>> {
        self.fault.map_or(Ok(self.elements), Err)
    }

    /// The elements, for an array filter: what the server refuses there is an error.
    pub(crate) fn into_array_filter(self) -> Result<Vec<u8>> {
        self.uses.in_array_filter()?;
        let elements = self.into_elements()?;
        check_depth(&elements)?;
        Ok(elements)
    }

    /// Refuses what the server refuses in a `$match` stage.
    pub(crate) fn check_match(&self) -> Result<()> {
        self.uses.in_match()
    }

    /// The condition, on the events of a change stream: what the server refuses there is an error,
    /// and `form` writes the rest as it takes it there.
    pub(crate) fn on_events(self, form: impl FnOnce(&[u8]) -> Result<Vec<u8>>) -> Self {
        let uses = self.uses;
        let elements = self.into_elements().and_then(|elements| {
            uses.in_change_stream()?;
            form(&elements)
        });
        Self::from_elements(elements).using(uses)
    }

    /// The condition, on documents of a collection: it needs a field.
    pub(crate) fn on_documents(mut self) -> Self {
        if self.fault.is_none() && keys(&self.elements).any(str::is_empty) {
            self.fault = Some(Error::invalid("a condition needs a field, not the whole document"));
        }
        self
    }

    /// The same conditions on another root: what `.elem_match` and kin need.
    pub(crate) fn cast<T>(self) -> Filter<T> {
        Filter { elements: self.elements, fault: self.fault, uses: self.uses, root: PhantomData }
    }
}

/// A document made of elements.
pub(crate) fn framed(elements: &[u8]) -> Vec<u8> {
    let mut out = Encoder::with_capacity(elements.len() + 5);
    out.document(|out| out.bytes(elements));
    out.finish().expect("bytes alone cannot fail")
}

pub(crate) fn to_document(elements: &[u8]) -> Result<Document> {
    let bytes = framed(elements);
    check_depth_of(&bytes)?;
    let raw = RawDocument::from_bytes(&bytes).map_err(|error| Error::invalid(error.to_string()))?;
    Document::try_from(raw).map_err(|error| Error::invalid(error.to_string()))
}

/// Refuses conditions nested so deep that reading them would exhaust the stack.
fn check_depth(elements: &[u8]) -> Result<()> {
    check_depth_of(&framed(elements))
}

fn check_depth_of(document: &[u8]) -> Result<()> {
    let deep = Element::document(document).check_depth();
    deep.map_err(|error| Error::invalid(format!("the document is {}", error.reason())))
}

/// The keys of elements.
pub(crate) fn keys(elements: &[u8]) -> impl Iterator<Item = &str> {
    let mut elements = Elements::unframed(elements);
    std::iter::from_fn(move || elements.next_element().ok().flatten().map(|(key, _)| key))
}

impl<R> Clone for Filter<R> {
    fn clone(&self) -> Self {
        let fault = self.fault.clone();
        Self { elements: self.elements.clone(), fault, uses: self.uses, root: PhantomData }
    }
}

impl<R> fmt::Debug for Filter<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.as_document() {
            Ok(document) => write!(f, "Filter({document})"),
            Err(error) => write!(f, "Filter({error})"),
        }
    }
}
