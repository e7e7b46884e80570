//! Conditions that array filters are made of.

use std::{marker::PhantomData, sync::Arc};

/// A condition on the elements of an array, under an identifier: what `$[identifier]` stands for.
///
/// Made by `T::array_filter(…)` for derived types and by the same function of `i32`, `String` and all others.
///
/// ```
/// use odm::prelude::*;
///
/// #[derive(Embedded)]
/// struct Point { x: i32, y: i32 }
///
/// let i = Point::array_filter("i", |p| p.x().gt(0));
/// assert_eq!(i.as_document()?, doc! { "i.x": { "$gt": 0 } });
/// # Ok::<(), odm::Error>(())
/// ```
#[derive(Debug)]
pub struct ArrayFilter<E> {
    pub(crate) condition: Arc<Condition>,
    pub(crate) element: PhantomData<fn() -> E>,
}

impl<E> Clone for ArrayFilter<E> {
    fn clone(&self) -> Self {
        Self { condition: Arc::clone(&self.condition), element: PhantomData }
    }
}

/// The untyped part: an identifier and the elements of its document.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Condition {
    identifier: String,
    /// Whether we chose the identifier, and so may choose another one.
    pub(crate) is_generated: bool,
    elements: Vec<u8>,
    fault: Option<String>,
}

impl Condition {
    pub(crate) fn new(identifier: &str, elements: Result<Vec<u8>, String>) -> Self {
        let illegal = (!is_identifier(identifier)).then(|| {
            format!(
                "array-filter identifier {identifier:?} is not allowed: it must begin with a \
                 lower-case letter and have only letters and digits"
            )
        });
        let (elements, fault) = match elements {
            Ok(elements) => (elements, illegal),
            Err(fault) => (Vec::new(), illegal.or(Some(fault))),
        };
        Self { identifier: identifier.to_owned(), is_generated: false, elements, fault }
    }

    /// A condition under an identifier of our choice.
    pub(crate) fn generated(identifier: &str, elements: Vec<u8>) -> Self {
        Self { identifier: identifier.to_owned(), is_generated: true, elements, fault: None }
    }

    pub(crate) fn identifier(&self) -> &str {
        &self.identifier
    }

    pub(crate) fn elements(&self) -> &[u8] {
        &self.elements
    }

    pub(crate) fn fault(&self) -> Option<&str> {
        self.fault.as_deref()
    }
}

/// `[a-z][A-Za-z0-9]*`, what the server takes.
pub(crate) fn is_identifier(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_lowercase())
        && text.chars().all(|char| char.is_ascii_alphanumeric())
}
