//! Step 3: the rules.

mod fields;
mod names;
mod polymorphic;
mod upkeep;
mod variants;
mod whole;

use crate::{errors::Errors, model::Model};

/// Adds every mistake that the model shows.
pub(crate) fn check(model: &Model, mut errors: Errors) -> Errors {
    let rules = whole::RULES.iter().chain(names::RULES).chain(variants::RULES);
    for rule in rules.chain(upkeep::RULES).chain(polymorphic::RULES) {
        rule(model, &mut errors);
    }
    for field in model.all_fields() {
        for rule in fields::RULES {
            rule(model, field, &mut errors);
        }
    }
    whole::embedded_is_no_model(model, &mut errors);
    errors
}
