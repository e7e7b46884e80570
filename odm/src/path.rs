//! Field paths and the typed handles that make them.
//!
//! Knows the shape of models and how their fields are encoded. Does not know operators,
//! collections or the network.
//!
//! A handle is a path (`points.$[i].y`) and four types: its [mode](Mode), the model it starts at,
//! the type of the value there and how the field is stored. The same generated methods serve
//! filters and updates; the mode decides which steps through an array compile.
//!
//! A path is a list of steps, not text: an update gives out the identifiers of array filters when
//! all its paths are known, and asks each step what must be there before something is written.

mod array_filter;
mod facts;
mod field;
mod field_types;
mod handle;
mod into_key;
mod into_value;
pub mod kind;
mod links;
mod mode;
mod reading;
mod spec;
mod step;
mod stored;

pub use self::{
    array_filter::ArrayFilter,
    facts::Facts,
    field::{Derived, Embedded, Field, Fields, Nullable},
    handle::{Array, Handle, Map, Scalar},
    into_key::IntoKey,
    into_value::IntoValue,
    mode::{
        AnyElement, Below, Conditional, Direct, Each, Entry, EveryElement, Filtering, Mode,
        OneByOne, Positional, Reached, Unreached, Updating,
    },
    reading::{
        Layers, Lift, Many, Maybe, One, Present, Read, ReadHandle, Reading, ReadingFields, class,
    },
    spec::{
        Absentable, Defaulted, Encoded, Identifier, Insertable, Kept, NaturallyStored, Nulled,
        Part, Required, SetByHand, Spec, Writable,
    },
    stored::{Stored, StoredBySerde, StoredMoment, StoredTruncated},
};
pub(crate) use self::{
    array_filter::Condition as ArrayCondition,
    facts::Value,
    handle::element,
    links::Links,
    reading::reading_root,
    step::{Link, Step, StepName, text, text_with},
};

use std::{
    borrow::Cow,
    fmt,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

use crate::condition::{ElementOf, Place};

/// A field path: the steps to a value, with what each step relies on.
#[derive(Clone, Debug, Default)]
pub struct Path {
    origin: u32,
    /// Whether the path begins at an array element, not at a document.
    is_element: bool,
    last: Option<Arc<Link>>,
}

impl Path {
    /// The path of a document's own fields, which fits any closure.
    pub(crate) fn root() -> Self {
        Self::default()
    }

    /// The root of a closure's argument: a condition that begins with it belongs in that closure.
    pub(crate) fn root_of_closure() -> Self {
        Self { origin: fresh_origin(), ..Self::default() }
    }

    /// The root of a closure's argument that is an array element.
    pub(crate) fn element() -> Self {
        Self { is_element: true, ..Self::root_of_closure() }
    }

    /// The path that begins with a variable of an expression, `$v1`.
    pub(crate) fn of_variable(name: &str) -> Self {
        Self::root().then(Step::Variable(name.to_owned()), Value::default())
    }

    /// Which closure's argument the path begins with; 0 for one that fits anywhere.
    pub(crate) fn origin(&self) -> u32 {
        self.origin
    }

    /// The path of a field of the document at this path.
    #[doc(hidden)]
    pub fn child(&self, name: &'static str) -> Self {
        self.then(Step::Field(name), Value::default())
    }

    /// The same path, which relies on the variant of an enum that the tag names.
    #[doc(hidden)]
    pub fn with_variant(&self, tag: &'static str, name: &'static str) -> Self {
        self.then(Step::Variant { tag, name }, Value::default())
    }

    /// The path with one more step to a value.
    pub(crate) fn then(&self, step: Step, value: Value) -> Self {
        let last = Some(Arc::new(Link { before: self.last.clone(), step, value }));
        Self { origin: self.origin, is_element: self.is_element, last }
    }

    /// The same path to a value of another type.
    pub(crate) fn with_value(&self, value: Value) -> Self {
        let last = self.last.as_ref().map(|link| {
            Arc::new(Link { before: link.before.clone(), step: link.step.clone(), value })
        });
        Self { origin: self.origin, is_element: self.is_element, last }
    }

    /// The last step, those of variants and flattened fields included.
    pub(crate) fn last(&self) -> Option<&Link> {
        self.last.as_deref()
    }

    /// The steps, the first one first.
    pub(crate) fn links(&self) -> Links<'_> {
        Links::to(self.last())
    }

    /// Whether the path names no field.
    pub(crate) fn is_empty(&self) -> bool {
        let mut next = self.last();
        while let Some(link) = next {
            if link.step.is_written() {
                return false;
            }
            next = link.before.as_deref();
        }
        true
    }

    /// Whether what is at the path is an array element: MongoDB does not look into such an element
    /// if it is an array.
    pub(crate) fn is_element(&self) -> bool {
        let links = self.links();
        let last = links.iter().rev().find(|link| link.step.is_value());
        match last {
            Some(link) => matches!(link.step, Step::Position { .. } | Step::Any),
            None => self.is_element,
        }
    }

    /// Whether the value at the path is an array.
    pub(crate) fn ends_at_array(&self) -> bool {
        let links = self.links();
        links
            .iter()
            .rev()
            .find(|link| link.step.is_value())
            .is_some_and(|link| link.value.is_list())
    }

    /// Why the path cannot be used, if it cannot.
    pub(crate) fn fault(&self) -> Option<String> {
        step::fault(&self.links(), self.is_element)
    }

    /// Where a condition on the path looks; `in_elements` if it is about the elements of the array
    /// at the path.
    pub(crate) fn place(&self, in_elements: bool) -> Place {
        let links = self.links();
        let anys = links.iter().enumerate().filter(|(_, link)| matches!(link.step, Step::Any));
        let mut arrays: Vec<_> = anys.map(|(at, _)| step::text(&links[..at]).len()).collect();
        if in_elements {
            arrays.push(step::text(&links).len());
        }
        let is_nested = arrays.len() > 1;
        let element = arrays.first().map(|array| ElementOf { array: *array, is_nested });
        Place { origin: self.origin, element }
    }

    /// The arrays whose elements the path goes through, and the one at its end if it is one.
    pub(crate) fn arrays(&self) -> Vec<String> {
        let links = self.links();
        let is_array = |at: &usize| match &links[*at].step {
            Step::Any => false,
            _ => links[*at].value.is_list(),
        };
        (0..links.len()).filter(is_array).map(|at| step::text(&links[..=at]).into_owned()).collect()
    }

    /// Whether a document that can be read may have null at the path, or nothing.
    pub(crate) fn may_be_absent(&self) -> bool {
        self.links().iter().any(|link| match link.step {
            Step::Field(_) | Step::Flattened { .. } | Step::Unwound(_) => link.value.is_open(),
            _ => true,
        })
    }

    /// Whether all values at the path, null aside, are of one BSON type, and have an order.
    pub(crate) fn is_uniform(&self) -> bool {
        self.last().is_some_and(|link| link.value.is_uniform())
    }

    /// The path in dot notation.
    pub(crate) fn text(&self) -> Cow<'static, str> {
        step::text(&self.links())
    }

    /// The steps as an update's description names them, those that its text leaves out included.
    pub(crate) fn names(&self) -> Vec<StepName<'_>> {
        step::names(&self.links())
    }

    /// The variants that the path relies on: the path to the tag, and the name that it must hold.
    pub(crate) fn variants(&self) -> Vec<(Vec<StepName<'_>>, &'static str)> {
        let links = self.links();
        let tags = links.iter().enumerate().filter_map(|(at, link)| match link.step {
            Step::Variant { tag, name } => Some((at, tag, name)),
            _ => None,
        });
        tags.map(|(at, tag, name)| {
            let mut names = step::names(&links[..at]);
            names.push(StepName::Named(tag));
            (names, name)
        })
        .collect()
    }
}

/// The path in dot notation.
impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text())
    }
}

/// A number that no other closure's argument has.
fn fresh_origin() -> u32 {
    static NEXT: AtomicU32 = AtomicU32::new(1);
    NEXT.fetch_add(1, Ordering::Relaxed).max(1)
}
