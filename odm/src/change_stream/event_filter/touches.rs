//! Whether an event touches a path, as a condition for the server.
//!
//! The names in an `updateDescription` contain dots, so no path reaches them. They are compared as
//! texts, with a pattern made of the path.

use mongodb::bson::{Bson, doc};

use crate::{
    error::Error,
    expression::Expr,
    filter::{Filter, escaped},
    path::{Path, StepName},
};

use super::Event;

/// The condition on events that something at the path was changed.
pub(super) fn filter<M>(path: &Path) -> Filter<Event<M>> {
    if let Some(fault) = path.fault().filter(|_| path.to_string().contains('\0')) {
        return Filter::from_elements(Err(Error::invalid(fault)));
    }
    let steps = &path.names();
    let touched = pattern(steps, |_| true);
    let replaced = Filter::raw(doc! { "operationType": "replace" });
    let removed = Filter::raw(doc! { "updateDescription.removedFields": { "$regex": &touched } });
    replaced | updated(&touched) | removed | truncated(steps)
}

/// The name of an updated field matches. The names are keys, which only an expression can read.
fn updated<M>(pattern: &str) -> Filter<Event<M>> {
    let fields = doc! { "$ifNull": ["$updateDescription.updatedFields", {}] };
    Filter::expr(Expr::<_, bool>::raw(doc! { "$anyElementTrue": [{ "$map": {
        "input": { "$objectToArray": fields },
        "in": { "$regexMatch": { "input": "$$this.k", "regex": pattern } },
    } }] }))
}

/// An array was cut: at the path or below it, or above it before the position that the path names.
fn truncated<M>(steps: &[StepName<'_>]) -> Filter<Event<M>> {
    let position = |step: &StepName<'_>| match step {
        StepName::Named(name) => name.parse::<i64>().ok(),
        StepName::Any => None,
    };
    let whole = pattern(steps, |step| *step == StepName::Any);
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

/// The pattern of the names at the path and below it, and of those above it up to a step to `stop`
/// before.
fn pattern(steps: &[StepName<'_>], stop: impl Fn(&StepName<'_>) -> bool) -> String {
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
fn exactly(steps: &[StepName<'_>]) -> Bson {
    let names: Vec<_> = steps.iter().map(|step| name(*step)).collect();
    Bson::Document(doc! { "$regex": format!(r"^{}\z", names.join(r"\.")) })
}

fn name(step: StepName<'_>) -> String {
    match step {
        StepName::Any => "[0-9]+".to_owned(),
        StepName::Named(name) => escaped(name),
    }
}
