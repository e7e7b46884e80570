//! Sort orders.
//!
//! Knows paths. Does not know collections, sessions or the network.

use std::{fmt, marker::PhantomData};

use mongodb::bson::Document;

use crate::{
    codec::{ElementType, Encode, Encoder},
    error::{Error, Result},
    filter::{framed, keys, to_document},
    path::{Conditional, Direct, Handle},
};

/// The keys that documents of `R` are ordered by, the most important one first.
///
/// ```
/// use odm::prelude::*;
///
/// #[derive(Embedded)]
/// struct Point { x: i32, y: i32 }
///
/// let p = Point::fields();
/// assert_eq!(p.x().asc().then(p.y().desc()).as_document()?, doc! { "x": 1, "y": -1 });
/// # Ok::<(), odm::Error>(())
/// ```
#[must_use = "a sort order does nothing by itself"]
pub struct Sort<R> {
    elements: Vec<u8>,
    fault: Option<Error>,
    root: PhantomData<fn() -> R>,
}

/// What `.sort(…)` takes: a [`Sort`] of documents of `R`.
#[diagnostic::on_unimplemented(
    message = "this is not a sort order of `{R}`",
    label = "this is of type `{Self}`",
    note = "a sort order names a field of the model, as in `|s| s.name().asc()`"
)]
pub trait SortOrder<R> {
    /// The order itself.
    fn into_sort(self) -> Sort<R>;
}

#[diagnostic::do_not_recommend]
impl<R> SortOrder<R> for Sort<R> {
    fn into_sort(self) -> Self {
        self
    }
}

/// Sort orders by one field.
///
/// Manual: [`cursor.sort`](https://www.mongodb.com/docs/manual/reference/method/cursor.sort/).
pub trait Sortable: Handle {
    /// Smallest first.
    fn asc(&self) -> Sort<Self::Root>
    where
        Self::Mode: Conditional,
    {
        Sort::by(self, 1)
    }

    /// Largest first.
    fn desc(&self) -> Sort<Self::Root>
    where
        Self::Mode: Conditional,
    {
        Sort::by(self, -1)
    }
}

impl<H: Handle<Mode: Direct>> Sortable for H {}

impl<R> Sort<R> {
    /// No order.
    pub fn none() -> Self {
        Self { elements: Vec::new(), fault: None, root: PhantomData }
    }

    /// A sort order written by hand.
    pub fn raw(document: Document) -> Self {
        let mut out = Encoder::default();
        for (key, value) in &document {
            out.field(key, value);
        }
        Self::from_elements(out.finish_elements().map_err(Error::from))
    }

    /// Best text match first; the filter must have a `$text` condition.
    #[doc(alias = "$meta")]
    pub fn text_score() -> Self {
        let mut out = Encoder::default();
        out.element("score", |out| {
            out.document(|out| out.field("$meta", "textScore"));
            ElementType::EmbeddedDocument
        });
        Self::from_elements(out.finish_elements().map_err(Error::from))
    }

    /// This order, and `other` among those that are equal by it.
    pub fn then(mut self, other: Self) -> Self {
        let twice = keys(&other.elements).find(|key| keys(&self.elements).any(|own| own == *key));
        let twice = twice.map(|key| Error::invalid(format!("`{key}` is in the sort order twice")));
        self.elements.extend_from_slice(&other.elements);
        self.fault = self.fault.or(other.fault).or(twice);
        self
    }

    /// The document that is sent.
    ///
    /// # Errors
    ///
    /// When one field is named twice, or by a map key that no path can name.
    pub fn as_document(&self) -> Result<Document> {
        match &self.fault {
            Some(error) => Err(error.clone()),
            None => to_document(&self.elements),
        }
    }

    fn by(handle: &impl Handle<Root = R>, direction: i32) -> Self {
        let path = handle.as_path();
        let mut out = Encoder::with_capacity(32);
        out.element(path.as_str(), |out| direction.encode(out));
        let fault = path.fault().map(Error::invalid);
        Self::from_elements(fault.map_or_else(|| Ok(out.finish_elements()?), Err))
    }

    fn from_elements(elements: Result<Vec<u8>>) -> Self {
        match elements {
            Ok(elements) => Self { elements, fault: None, root: PhantomData },
            Err(error) => Self { elements: Vec::new(), fault: Some(error), root: PhantomData },
        }
    }

    pub(crate) fn into_elements(self) -> Result<Vec<u8>> {
        self.fault.map_or(Ok(self.elements), Err)
    }

    pub(crate) fn cast<T>(self) -> Sort<T> {
        Sort { elements: self.elements, fault: self.fault, root: PhantomData }
    }

    pub(crate) fn into_bytes(self) -> Result<Vec<u8>> {
        self.into_elements().map(|elements| framed(&elements))
    }
}

impl<R> Clone for Sort<R> {
    fn clone(&self) -> Self {
        Self { elements: self.elements.clone(), fault: self.fault.clone(), root: PhantomData }
    }
}

impl<R> fmt::Debug for Sort<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.as_document() {
            Ok(document) => write!(f, "Sort({document})"),
            Err(error) => write!(f, "Sort({error})"),
        }
    }
}
