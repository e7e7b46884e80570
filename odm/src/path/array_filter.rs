//! Conditions that array filters are made of.

use std::{marker::PhantomData, sync::Arc};

use crate::condition::Node;

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

/// The untyped part: conditions on an element, and the identifier if the user gave one.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Condition {
    identifier: Option<String>,
    node: Node,
    fault: Option<String>,
}

impl Condition {
    /// A condition under the user's identifier.
    pub(crate) fn named(identifier: &str, node: Result<Node, String>) -> Self {
        let illegal = (!is_identifier(identifier)).then(|| {
            format!(
                "array-filter identifier {identifier:?} is not allowed: it must begin with a \
                 lower-case letter and have only letters and digits"
            )
        });
        let mut condition = Self::unnamed(node);
        condition.fault = illegal.or(condition.fault);
        condition.identifier = Some(identifier.to_owned());
        condition
    }

    /// A condition whose identifier is given out when it is sent.
    pub(crate) fn unnamed(node: Result<Node, String>) -> Self {
        let (node, fault) = match node {
            Ok(node) => (node, None),
            Err(fault) => (Node::all(), Some(fault)),
        };
        Self { identifier: None, node, fault }
    }

    pub(crate) fn identifier(&self) -> Option<&str> {
        self.identifier.as_deref()
    }

    pub(crate) fn node(&self) -> &Node {
        &self.node
    }

    pub(crate) fn fault(&self) -> Option<&str> {
        self.fault.as_deref()
    }
}

/// `[a-z][A-Za-z0-9]*`, what the server takes.
fn is_identifier(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_lowercase())
        && text.chars().all(|char| char.is_ascii_alphanumeric())
}
