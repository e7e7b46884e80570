//! Sort orders.
//!
//! Knows paths. Does not know collections, sessions or the network.

mod keys;
mod text_score;

use std::{fmt, marker::PhantomData};

use mongodb::bson::Document;

use self::keys::Known;
pub(crate) use self::{keys::SortKey, text_score::check_text_score};
use crate::{
    codec::{ElementType, Fragment, RawValue},
    error::{Error, Result},
    path::{Conditional, Direct, Handle},
};

/// The server takes no more keys.
const MOST_KEYS: usize = 32;

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
    elements: Fragment,
    /// What the handles of the keys say; an order that is written by hand has none.
    known: Vec<Known>,
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
        Self::from_elements(Ok(Fragment::default()))
    }

    /// A sort order written by hand.
    pub fn raw(document: Document) -> Self {
        let elements = Fragment::write(|out| {
            for (key, value) in &document {
                out.field(key, value);
            }
        });
        Self::from_elements(elements.map_err(Error::from))
    }

    /// Best text match first; the filter must have a `$text` condition.
    #[doc(alias = "$meta")]
    pub fn text_score() -> Self {
        let elements = Fragment::write(|out| {
            out.element("score", |out| {
                out.document(|out| out.field("$meta", "textScore"));
                ElementType::EmbeddedDocument
            });
        });
        Self::from_elements(elements.map_err(Error::from))
    }

    /// The number of its fields.
    pub(crate) fn width(&self) -> usize {
        self.elements.keys().count()
    }

    /// Whether it orders nothing; a mistake is no such order.
    pub(crate) fn is_none(&self) -> bool {
        self.fault.is_none() && self.elements.is_empty()
    }

    /// This order, and `other` among those that are equal by it.
    pub fn then(mut self, other: Self) -> Self {
        let mistake = self.fault.take().or(other.fault);
        self.fault = mistake.or_else(|| {
            let twice = other.elements.keys().find(|key| self.elements.has(key));
            let twice = twice.map(|key| format!("`{key}` is in the sort order twice"));
            twice.or_else(|| parallel(&self.known, &other.known)).map(Error::invalid)
        });
        self.elements.append(&other.elements);
        self.known.extend(other.known);
        if self.fault.is_none() && self.elements.keys().count() > MOST_KEYS {
            let many = format!("a sort order has {MOST_KEYS} keys at most");
            self.fault = Some(Error::invalid(many));
        }
        self
    }

    /// The document that is sent.
    ///
    /// # Errors
    ///
    /// A field that is named twice, two arrays that are not one inside the other, more than 32
    /// keys, a map key that no path can name.
    pub fn as_document(&self) -> Result<Document> {
        match &self.fault {
            Some(error) => Err(error.clone()),
            None => self.elements.to_document(),
        }
    }

    fn by(handle: &impl Handle<Root = R>, direction: i32) -> Self {
        let path = handle.as_path();
        let fault = path.fault().map(Error::invalid);
        let element = || Fragment::one(&path.to_string(), &RawValue::of(&direction));
        let known = vec![Known::of(path)];
        Self { known, ..Self::from_elements(fault.map_or_else(|| Ok(element()), Err)) }
    }

    fn from_elements(elements: Result<Fragment>) -> Self {
        let (elements, fault) = match elements {
            Ok(elements) => (elements, None),
            Err(error) => (Fragment::default(), Some(error)),
        };
        Self { elements, known: Vec::new(), fault, root: PhantomData }
    }

    /// The elements of the document that is sent.
    pub(crate) fn into_elements(self) -> Result<Fragment> {
        self.fault.map_or(Ok(self.elements), Err)
    }

    pub(crate) fn cast<T>(self) -> Sort<T> {
        let Self { elements, known, fault, .. } = self;
        Sort { elements, known, fault, root: PhantomData }
    }
}

/// Two arrays of which neither is inside the other: the server cannot sort by both.
fn parallel(one: &[Known], other: &[Known]) -> Option<String> {
    let pairs =
        one.iter().flat_map(|one| other.iter().map(move |other| (&one.arrays, &other.arrays)));
    let different = |(one, other): (&Vec<String>, &Vec<String>)| {
        let mut arrays = one.iter().zip(other);
        arrays.find(|(one, other)| one != other).map(|(one, other)| (one.clone(), other.clone()))
    };
    pairs.filter_map(|(one, other)| different((one, other))).next().map(|(one, other)| {
        format!("documents cannot be sorted by elements of two arrays, `{one}` and `{other}`")
    })
}

impl<R> Clone for Sort<R> {
    fn clone(&self) -> Self {
        Self {
            elements: self.elements.clone(),
            known: self.known.clone(),
            fault: self.fault.clone(),
            root: PhantomData,
        }
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
