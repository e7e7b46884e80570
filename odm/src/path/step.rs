//! The steps of a path.

use std::{borrow::Cow, sync::Arc};

use super::{ArrayCondition, facts::Value};
use crate::codec::Names;

/// One step, the steps before it, and what is known of the value that it leads to.
#[derive(Debug)]
pub(crate) struct Link {
    pub(crate) before: Option<Arc<Link>>,
    pub(crate) step: Step,
    pub(crate) value: Value,
}

/// One step of a path.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    /// A field of a document.
    Field(&'static str),
    /// The data of a variant, stored under the variant's name.
    Case(&'static str),
    /// An entry of a map.
    Key(String),
    /// A variable of an expression, which a path can begin with.
    Variable(String),
    /// An array element by its position, `.at(0)`: the number and its text.
    Position { index: usize, text: String },
    /// Every array element, `$[]`.
    Each,
    /// The array element that the filter matched, `$`.
    Matched,
    /// The array elements that meet a condition, `$[identifier]`.
    Filtered(Arc<ArrayCondition>),
    /// Any array element, which a filter leaves out.
    Any,
    /// The value is of the variant that the tag inside it names. Leads nowhere.
    Variant { tag: &'static str, name: &'static str },
    /// The fields of a flattened value stand in the document around it. Leads nowhere.
    ///
    /// With the names around them, and which part of these is theirs: no key of a flattened map is
    /// one of the others.
    Flattened { names: &'static Names, part: usize },
    /// What follows is in a row in which these arrays have become one of their elements. Leads
    /// nowhere.
    Unwound(Arc<Vec<String>>),
}

/// One step as the server names what an update changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StepName<'a> {
    /// A field, a key of a map, or a position.
    Named(&'a str),
    /// Any position of an array, which a filter leaves out.
    Any,
}

impl Step {
    /// Whether the step leads to another value.
    pub(crate) fn is_value(&self) -> bool {
        !matches!(self, Self::Variant { .. } | Self::Flattened { .. } | Self::Unwound(_))
    }

    /// Whether the step stands in the text of the path.
    pub(crate) fn is_written(&self) -> bool {
        self.is_value() && !matches!(self, Self::Any)
    }

    /// Whether the step names an array element of an update.
    pub(crate) fn is_positional(&self) -> bool {
        matches!(self, Self::Each | Self::Matched | Self::Filtered(_))
    }
}

/// The steps in dot notation; a generated array filter shows as `$[]`, for it has no name yet.
pub(crate) fn text(links: &[&Link]) -> Cow<'static, str> {
    text_with(links, &mut |_, step| match step {
        Step::Filtered(condition) => match condition.identifier() {
            Some(identifier) => format!("$[{identifier}]"),
            None => "$[…]".to_owned(),
        },
        Step::Matched => "$".to_owned(),
        _ => "$[]".to_owned(),
    })
}

/// The steps in dot notation, with the array elements of updates as `positional` says; it is given
/// the number of the step.
pub(crate) fn text_with(
    links: &[&Link],
    positional: &mut dyn FnMut(usize, &Step) -> String,
) -> Cow<'static, str> {
    let written = links.iter().enumerate().filter(|(_, link)| link.step.is_written());
    if let (Some((_, only)), None) = (written.clone().next(), written.clone().nth(1))
        && let Step::Field(name) | Step::Case(name) = only.step
    {
        return name.into();
    }
    let mut text = String::with_capacity(32);
    let mut is_first = true;
    written.for_each(|(at, link)| {
        if !std::mem::take(&mut is_first) {
            text.push('.');
        }
        match &link.step {
            Step::Field(name) | Step::Case(name) => text.push_str(name),
            Step::Key(name) | Step::Variable(name) => text.push_str(name),
            Step::Position { text: position, .. } => text.push_str(position),
            step => text.push_str(&positional(at, step)),
        }
    });
    text.into()
}

/// The steps as an update's description names them; a key is split at its dots, as the server does.
pub(super) fn names<'a>(links: &[&'a Link]) -> Vec<StepName<'a>> {
    let mut names = Vec::with_capacity(links.len());
    for link in links {
        match &link.step {
            Step::Field(name) | Step::Case(name) => names.push(StepName::Named(name)),
            Step::Variable(name) => names.push(StepName::Named(name)),
            Step::Key(key) => names.extend(key.split('.').map(StepName::Named)),
            Step::Position { text, .. } => names.push(StepName::Named(text)),
            Step::Any | Step::Each | Step::Matched | Step::Filtered(_) => names.push(StepName::Any),
            Step::Variant { .. } | Step::Flattened { .. } | Step::Unwound(_) => {}
        }
    }
    names
}

/// Why the steps cannot be used, if they cannot: the first reason.
pub(super) fn fault(links: &[&Link], is_element: bool) -> Option<String> {
    (0..links.len()).find_map(|at| match &links[at].step {
        Step::Key(key) => bad_key(key, &links[..at]).or_else(|| taken_key(key, &links[..at])),
        Step::Position { index, .. } => past_the_end(*index, &links[..at]),
        Step::Any => inside_an_array(&links[..at], is_element),
        Step::Filtered(condition) => condition.fault().map(str::to_owned),
        Step::Unwound(arrays) => no_array_any_more(arrays, &links[at..]),
        _ => None,
    })
}

/// A value that is, holds or goes through an array that has become one of its elements.
fn no_array_any_more(arrays: &[String], after: &[&Link]) -> Option<String> {
    let path = text(after);
    let touched = arrays.iter().find(|array| {
        let goes_through = (1..=after.len()).any(|end| text(&after[..end]) == array.as_str());
        let holds = array.strip_prefix(&*path).is_some_and(|rest| rest.starts_with('.'));
        path.is_empty() || goes_through || holds
    });
    touched.map(|array| {
        format!(
            "`{array}` was unwound: it is one element in this row, which has a handle of its own"
        )
    })
}

/// A key that MongoDB would take for a path or an operator.
fn bad_key(key: &str, before: &[&Link]) -> Option<String> {
    let reason = match key {
        "" => "is empty",
        _ if key.starts_with('$') => "begins with `$`",
        _ if key.contains('.') => "contains a dot",
        _ if key.contains('\0') => "contains a NUL character",
        _ => return None,
    };
    let place = text(before);
    let place = if place.is_empty() { "the map" } else { &place };
    Some(format!("key {key:?} of `{place}` {reason}: no path can name it"))
}

/// A key of a flattened map that is a field around it.
fn taken_key(key: &str, before: &[&Link]) -> Option<String> {
    let around = before.iter().rev().take_while(|link| !link.step.is_value());
    let mut parts = around.filter_map(|link| match link.step {
        Step::Flattened { names, part } => Some((names, part)),
        _ => None,
    });
    parts.find(|(names, part)| names.has_beside(*part, key)).map(|(names, _)| names.taken(key))
}

fn past_the_end(index: usize, before: &[&Link]) -> Option<String> {
    let length = before.last()?.value.length().filter(|length| index >= *length)?;
    let place = text(before);
    Some(format!("`{place}` has {length} elements, and `.at({index})` is past its end"))
}

fn inside_an_array(before: &[&Link], is_element: bool) -> Option<String> {
    let is_inside = match before.iter().rev().find(|link| link.step.is_value()) {
        Some(link) => matches!(link.step, Step::Position { .. } | Step::Any),
        None => is_element,
    };
    let place = text(before);
    let place = if place.is_empty() { "an element" } else { &place };
    is_inside.then(|| {
        format!(
            "`{place}` is an array inside an array, into which no condition reaches: use \
             `.elem_match(…)` in place of `.any()`"
        )
    })
}
