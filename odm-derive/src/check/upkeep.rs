//! Rules about the fields that odm keeps.

use proc_macro2::Span;

use super::fields::refuse;
use crate::{
    attribute::DefaultKey,
    errors::Errors,
    model::{Field, Model, Role},
};

type Rule = fn(&Model, &mut Errors);

pub(super) const RULES: &[Rule] =
    &[only_models_are_kept, each_is_kept_once, kept_fields_are_plain, an_absent_version_is_zero];

/// Only documents of a collection are written by themselves.
fn only_models_are_kept(model: &Model, errors: &mut Errors) {
    // A struct with an `_id` can be a document of a collection: a variant of a model.
    let is_embedded = model.role == Role::Embedded && model.id().is_none();
    for field in model.all_fields().filter(|_| is_embedded) {
        for (name, span) in given(field) {
            let message = format!("only a document of a collection has `{name}`: derive `Model`");
            errors.add(span, message);
        }
    }
}

/// A document has one version, and is created once.
fn each_is_kept_once(model: &Model, errors: &mut Errors) {
    for fields in model.documents() {
        let all = || fields.iter().flat_map(given);
        for (at, (name, span)) in all().enumerate() {
            if all().take(at).any(|(before, _)| before == name) {
                let message = format!("`#[model({name})]` is on two fields; a document has one");
                errors.add(span, message);
            }
        }
    }
    for field in model.all_fields() {
        if let Some((name, span)) = given(field).nth(1) {
            errors.add(span, format!("the field is something else already; give `{name}` its own"));
        }
    }
}

/// A kept field is always in the document, as its type is stored.
fn kept_fields_are_plain(model: &Model, errors: &mut Errors) {
    for field in model.all_fields() {
        if let Some((name, _)) = given(field).next() {
            is_plain(field, name, errors);
        }
    }
}

fn is_plain(field: &Field, name: &str, errors: &mut Errors) {
    let keys = &field.keys;
    let functions = [&keys.with, &keys.serialize_with, &keys.deserialize_with];
    let functions = functions.into_iter().flatten().next().map(|key| key.span);
    let truncate = keys.truncate.filter(|_| keys.version.is_some());
    let encoding = keys.serde.or(truncate).or(functions);
    refuse(
        encoding,
        &format!("odm writes `{name}` as its type is stored; remove the encoding"),
        errors,
    );
    let skip = keys.skip.or(keys.skip_serializing).or(keys.skip_deserializing);
    let skip = skip.or(keys.skip_serializing_if.as_ref().map(|key| key.span));
    refuse(skip, &format!("`{name}` is in every document, so it cannot be skipped"), errors);
    refuse(keys.flatten, &format!("`{name}` is one value, so it cannot be flattened"), errors);
    refuse(keys.id, &format!("an `_id` never changes, so it cannot be `{name}`"), errors);
}

/// A document that was stored before it had a version has version 0.
fn an_absent_version_is_zero(model: &Model, errors: &mut Errors) {
    const ZERO: &str = "a document without a version has version 0: give the version \
                        `#[model(default)]` of its own";
    for field in model.all_fields().filter(|field| field.keys.version.is_some()) {
        match &field.keys.default {
            Some(default) if matches!(default.value, DefaultKey::Path(_)) => {
                errors.add(default.span, ZERO);
            }
            None if model.keys.default.is_some() => {
                refuse(field.keys.version, ZERO, errors);
            }
            _ => {}
        }
    }
}

/// What a field is kept as, and where that stands.
fn given(field: &Field) -> impl Iterator<Item = (&'static str, Span)> {
    let keys = &field.keys;
    let all = [
        ("version", keys.version),
        ("created_at", keys.created_at),
        ("updated_at", keys.updated_at),
    ];
    all.into_iter().filter_map(|(name, flag)| Some((name, flag?)))
}
