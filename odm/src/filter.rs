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
mod make;
mod negation;
mod pattern;
mod text_search;
mod uses;
mod whole;

use self::uses::Uses;
pub use self::{
    array::ArrayConditions,
    bits::{BitConditions, BitMask},
    comparison::Comparison,
    condition::{Condition, FilterClosure},
    element::Presence,
    element_match::ElementMatch,
    evaluation::Evaluation,
    geo::{Area, GeoConditions, IntoArea, IntoNear, Near},
    negation::Negation,
    pattern::{IntoPattern, Pattern},
    text_search::TextSearch,
};
pub(crate) use self::{
    condition::on_documents, element_match::element_condition, pattern::escaped,
};

use std::{fmt, marker::PhantomData};

use mongodb::bson::Document;

use crate::{
    codec::Fragment,
    condition::Node,
    error::{Error, Result},
};

/// A condition on documents of `R`, in the server's own form.
///
/// `&`, `|` and `!` combine conditions: `&` merges two documents if no key is lost, and otherwise
/// writes `$and`. `|` writes `$or`, `!` writes `$nor`. `&=` and `|=` add to a filter that grows.
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
    node: Node,
    fault: Option<Error>,
    /// The operators in it that are not allowed everywhere.
    uses: Uses,
    root: PhantomData<fn() -> R>,
}

impl<R> Filter<R> {
    /// The filter that every document matches: `{}`.
    ///
    /// An update or a delete refuses it, and asks for `.all_documents()`.
    pub fn all() -> Self {
        Self::from_node(Ok(Node::all()))
    }

    /// A filter written by hand.
    ///
    /// Field names in it are stored names; nothing is checked.
    pub fn raw(document: Document) -> Self {
        let encoded = mongodb::bson::serialize_to_vec(&document);
        Self::from_elements(match encoded {
            Ok(bytes) => Ok(Fragment::of_document(&bytes)),
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
        self.elements()?.to_document()
    }

    /// A filter of elements that stand as they are.
    pub(crate) fn from_elements(elements: Result<Fragment>) -> Self {
        Self::from_node(elements.map(Node::Whole))
    }

    pub(crate) fn from_node(node: Result<Node>) -> Self {
        let (node, fault) = match node {
            Ok(node) => (node, None),
            Err(error) => (Node::all(), Some(error)),
        };
        Self { node, fault, uses: Uses::default(), root: PhantomData }
    }

    /// The filter, which has operators that are not allowed everywhere.
    fn using(mut self, uses: Uses) -> Self {
        self.uses = uses;
        self
    }

    /// The conditions, or the first mistake in the filter.
    pub(crate) fn node(&self) -> Result<&Node> {
        self.fault.as_ref().map_or(Ok(&self.node), |error| Err(error.clone()))
    }

    fn into_node(self) -> Result<Node> {
        self.fault.map_or(Ok(self.node), Err)
    }

    /// The elements of the document that is sent, or the first mistake in the filter.
    pub(crate) fn elements(&self) -> Result<Fragment> {
        self.node().map(|node| node.elements(""))
    }

    /// Whether the filter has no condition, so that every document matches.
    pub(crate) fn is_empty(&self) -> bool {
        self.fault.is_none() && self.node.is_empty()
    }

    /// Whether a condition is written by hand.
    pub(crate) fn is_raw(&self) -> bool {
        let ours = ["$text", "$expr", "$where", "$jsonSchema", "$sampleRate", "$comment"];
        self.node.raw_keys().iter().any(|key| !ours.contains(key))
    }

    /// The conditions, for an array filter: what the server refuses there is an error.
    pub(crate) fn into_array_filter(self, origin: u32) -> Result<Node> {
        self.uses.in_array_filter()?;
        let node = self.within(origin, "an array filter").into_node()?;
        node.elements("").check_depth()?;
        Ok(node)
    }

    /// Whether it has a `$text` condition, which only the first stage of a pipeline can have.
    pub(crate) fn has_text(&self) -> bool {
        self.uses.has(Uses::TEXT)
    }

    /// Refuses what the server refuses in a `$match` stage.
    pub(crate) fn check_match(&self) -> Result<()> {
        self.uses.in_match()
    }

    /// The condition, on the events of a change stream: what the server refuses there is an error,
    /// and `form` writes the rest as it takes it there.
    pub(crate) fn on_events(self, form: impl FnOnce(&Fragment) -> Result<Fragment>) -> Self {
        let uses = self.uses;
        let elements = self.elements().and_then(|elements| {
            uses.in_change_stream()?;
            form(&elements)
        });
        Self::from_elements(elements).using(uses)
    }

    /// The condition, on documents of a collection: it needs a field.
    pub(crate) fn on_documents(mut self) -> Self {
        if self.fault.is_none() && self.node.is_about_value() {
            self.fault = Some(Error::invalid("a condition needs a field, not the whole document"));
        }
        self
    }

    /// Refuses conditions that begin with the argument of another closure than the one that
    /// `origin` is of.
    pub(crate) fn within(mut self, origin: u32, place: &str) -> Self {
        let mut stranger = None;
        self.node.each_field(&mut |field| {
            if ![0, origin].contains(&field.place.origin) {
                stranger.get_or_insert(&field.path);
            }
        });
        if let (Some(path), None) = (stranger, &self.fault) {
            self.fault = Some(Error::invalid(format!(
                "the condition on `{path}` inside {place} begins with the argument of another \
                 closure: begin it with the closure's own argument, or join it outside with `&`"
            )));
        }
        self
    }

    /// The same conditions on another root: what `.elem_match` and similar conditions need.
    pub(crate) fn cast<T>(self) -> Filter<T> {
        Filter { node: self.node, fault: self.fault, uses: self.uses, root: PhantomData }
    }
}

impl<R> Clone for Filter<R> {
    fn clone(&self) -> Self {
        let fault = self.fault.clone();
        Self { node: self.node.clone(), fault, uses: self.uses, root: PhantomData }
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
