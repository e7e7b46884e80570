//! Field paths and the typed handles that make them.
//!
//! Knows the shape of models and how their fields are encoded. Does not know operators,
//! collections or the network.
//!
//! A handle is a path (`points.$[i].y`) and four types: its [mode](Mode), the model it starts at,
//! the type of the value there and how the field is stored. The same generated methods serve
//! filters and updates; the mode decides which steps through an array compile.

mod array_filter;
mod field;
mod field_types;
mod handle;
mod into_value;
pub mod kind;
mod mode;
mod reading;
mod spec;

pub use self::{
    array_filter::ArrayFilter,
    field::{Embedded, Field, Fields, Nullable},
    handle::{Array, Handle, Map, Scalar},
    into_value::IntoValue,
    mode::{
        AnyElement, Below, Conditional, Direct, Each, Entry, EveryElement, Filtering, Mode,
        OneByOne, Positional, Updating,
    },
    reading::{
        Layers, Lift, Many, Maybe, One, Present, Read, ReadHandle, Reading, ReadingFields, class,
    },
    spec::{
        Absentable, Defaulted, Encoded, Identifier, NaturallyStored, Nulled, Part, Required, Spec,
        Writable,
    },
};
pub(crate) use self::{array_filter::Condition as ArrayCondition, reading::reading_root};

use std::sync::Arc;

/// A field path as MongoDB writes it, with the array filters that it names.
#[derive(Clone, Debug, Default)]
pub struct Path {
    text: String,
    pub(crate) filters: Vec<Arc<ArrayCondition>>,
    /// Tags that the path relies on, of the variants it goes through: path and value.
    pub(crate) variants: Vec<(String, &'static str)>,
    /// Whether the path is that of an array element, by position or as the root of conditions on
    /// elements: MongoDB does not look into such an element if it is an array.
    pub(crate) is_element: bool,
    /// The lengths of the text at which `.any()` stands for a position.
    any: Vec<usize>,
    fault: Option<String>,
}

/// One step of a path, as the server names what an update changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step<'a> {
    /// A field, a key of a map, or a position.
    Named(&'a str),
    /// Any position of an array, which a filter leaves out.
    Any,
}

impl Path {
    /// The path of a document's own fields.
    pub(crate) fn root() -> Self {
        Self::default()
    }

    /// The root of conditions on the elements of an array.
    pub(crate) fn element() -> Self {
        Self { is_element: true, ..Self::default() }
    }

    /// The path that begins with an array filter's identifier.
    pub(crate) fn of_identifier(identifier: &str) -> Self {
        Self { text: identifier.to_owned(), ..Self::default() }
    }

    /// The path in dot notation.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The steps of the path, those that its text leaves out included.
    pub(crate) fn steps(&self) -> Vec<Step<'_>> {
        let mut steps = Vec::new();
        let mut end = 0;
        let positions = |end| self.any.iter().filter(move |any| **any == end).map(|_| Step::Any);
        steps.extend(positions(end));
        for name in self.text.split('.').filter(|_| !self.text.is_empty()) {
            end += name.len() + usize::from(end > 0);
            steps.push(Step::Named(name));
            steps.extend(positions(end));
        }
        steps
    }

    /// Why the path cannot be used, if it cannot.
    pub(crate) fn fault(&self) -> Option<&str> {
        self.fault.as_deref()
    }

    /// The path of a field of the document at this path.
    #[doc(hidden)]
    pub fn child(&self, step: &str) -> Self {
        self.child_of([step])
    }

    /// The same, for a step of several pieces.
    fn child_of<const N: usize>(&self, pieces: [&str; N]) -> Self {
        let length = pieces.iter().map(|piece| piece.len()).sum::<usize>();
        let mut text = String::with_capacity(self.text.len() + length + 1);
        text.push_str(&self.text);
        if !text.is_empty() {
            text.push('.');
        }
        pieces.iter().for_each(|piece| text.push_str(piece));
        Self {
            text,
            filters: self.filters.clone(),
            variants: self.variants.clone(),
            is_element: false,
            any: self.any.clone(),
            fault: self.fault.clone(),
        }
    }

    /// The path of the array element at a position.
    pub(crate) fn child_at(&self, index: usize) -> Self {
        Self { is_element: true, ..self.child(&index.to_string()) }
    }

    /// The path of any element, which conditions reach by the path of the array itself.
    pub(crate) fn any_element(&self) -> Self {
        let fault = self.is_element.then(|| {
            let place = if self.text.is_empty() { "an element" } else { &self.text };
            format!(
                "`{place}` is an array inside an array, into which no condition reaches: use \
                 `.elem_match(…)` in place of `.any()`"
            )
        });
        let mut path = self.clone().with_fault(fault);
        path.any.push(self.text.len());
        path
    }

    /// The same path, which relies on the variant of an enum that the tag names.
    #[doc(hidden)]
    pub fn with_variant(&self, tag: &str, name: &'static str) -> Self {
        let mut path = self.clone();
        path.variants.push((self.child(tag).text, name));
        path
    }

    /// The path of a map's key; one that MongoDB would take for a path or an operator is a fault.
    pub(crate) fn child_key(&self, key: &str) -> Self {
        let reason = match key {
            "" => Some("is empty"),
            _ if key.starts_with('$') => Some("begins with `$`"),
            _ if key.contains('.') => Some("contains a dot"),
            _ if key.contains('\0') => Some("contains a NUL character"),
            _ => None,
        };
        let place = if self.text.is_empty() { "the map" } else { &self.text };
        let fault =
            reason.map(|reason| format!("key {key:?} of `{place}` {reason}: no path can name it"));
        self.child(key).with_fault(fault)
    }

    pub(crate) fn child_filtered(&self, condition: Arc<ArrayCondition>) -> Self {
        let fault = condition.fault().map(str::to_owned);
        let mut path = self.child_of(["$[", condition.identifier(), "]"]);
        path.filters.push(condition);
        path.with_fault(fault)
    }

    /// The first fault is kept.
    fn with_fault(mut self, fault: Option<String>) -> Self {
        self.fault = self.fault.or(fault);
        self
    }
}
