//! Whether an event touches a path, in the server's words.
//!
//! The names in an `updateDescription` hold dots, so no path leads to them: they are compared as
//! texts, with a pattern that is the path.

use mongodb::bson::{Bson, doc};

use crate::{
    error::Error,
    expression::Expr,
    filter::Filter,
    path::{Path, Step},
};

use super::Event;

/// The condition on events that something at the path was changed.
pub(super) fn filter<M>(path: &Path) -> Filter<Event<M>> {
    if let Some(fault) = path.fault().filter(|_| path.as_str().contains('\0')) {
        return Filter::from_elements(Err(Error::invalid(fault)));
    }
    let steps = &path.steps();
    let touched = pattern(steps, |_| true);
    let replaced = Filter::raw(doc! { "operationType": "replace" });
    let removed = Filter::raw(doc! { "updateDescription.removedFields": { "$regex": &touched } });
    replaced | updated(&touched) | removed | truncated(steps)
}

/// A name among the updated fields matches: they are keys, which only an expression can look at.
fn updated<M>(pattern: &str) -> Filter<Event<M>> {
    let fields = doc! { "$ifNull": ["$updateDescription.updatedFields", {}] };
    Filter::expr(Expr::<_, bool>::raw(doc! { "$anyElementTrue": [{ "$map": {
        "input": { "$objectToArray": fields },
        "in": { "$regexMatch": { "input": "$$this.k", "regex": pattern } },
    } }] }))
}

/// An array was cut: at the path or below it, or above it before the position that the path names.
fn truncated<M>(steps: &[Step<'_>]) -> Filter<Event<M>> {
    let position = |step: &Step<'_>| match step {
        Step::Named(name) => name.parse::<i64>().ok(),
        Step::Any => None,
    };
    let whole = pattern(steps, |step| *step == Step::Any);
    let anywhere =
        Filter::raw(doc! { "updateDescription.truncatedArrays.field": { "$regex": whole } });
    let cuts = steps.iter().enumerate().skip(1).filter_map(|(length, step)| {
        let array = doc! { "$elemMatch": {
            "field": exactly(&steps[..length]),
            "newSize": { "$lte": position(step)? },
        } };
        Some(Filter::raw(doc! { "updateDescription.truncatedArrays": array }))
    });
    cuts.fold(anywhere, |all, cut| all | cut)
}

/// The pattern of names at the path and below it, and of those above it whose next step is one to
/// `stop` before.
fn pattern(steps: &[Step<'_>], stop: impl Fn(&Step<'_>) -> bool) -> String {
    let mut pattern = "^".to_owned();
    for (index, step) in steps.iter().enumerate() {
        if index > 0 {
            pattern.push_str(if stop(step) { r"(?:\z|\." } else { r"(?:\." });
        }
        pattern.push_str(&name(*step));
    }
    if !steps.is_empty() {
        pattern.push_str(r"(?:\z|\.)");
        pattern.push_str(&")".repeat(steps.len() - 1));
    }
    pattern
}

/// A condition on the name of a field that is the path.
fn exactly(steps: &[Step<'_>]) -> Bson {
    let names: Vec<_> = steps.iter().map(|step| name(*step)).collect();
    Bson::Document(doc! { "$regex": format!(r"^{}\z", names.join(r"\.")) })
}

fn name(step: Step<'_>) -> String {
    match step {
        Step::Any => "[0-9]+".to_owned(),
        Step::Named(name) => escaped(name),
    }
}

/// The text as a pattern for itself.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 2);
    for character in text.chars() {
        if r"\^$.|?*+()[]{}".contains(character) {
            escaped.push('\\');
        }
        escaped.push(character);
    }
    escaped
}
