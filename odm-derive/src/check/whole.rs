//! Rules about the whole type.

use crate::{
    errors::Errors,
    model::{Data, Model, Role},
};

type Rule = fn(&Model, &mut Errors);

pub(super) const RULES: &[Rule] = &[
    has_an_id,
    has_one_id,
    embedded_has_no_collection,
    preferences_are_known,
    collection_can_be_named,
    keys_fit_the_shape,
    map_key_is_for_newtypes,
    null_is_for_types_with_fields,
];

/// A model has an `_id`.
fn has_an_id(model: &Model, errors: &mut Errors) {
    let Data::Struct(fields) = &model.data else { return };
    if model.role != Role::Model || model.id().is_some() {
        return;
    }
    let likely = fields.iter().find(|field| field.rust_name() == "id");
    let hint = match likely {
        Some(_) => "add `#[model(id)]` to its field `id`",
        None => "add `#[model(id)]` to the field that is stored as `_id`",
    };
    errors.add(model.name.span(), format!("a model needs an `_id`: {hint}"));
}

/// A document has one `_id`.
fn has_one_id(model: &Model, errors: &mut Errors) {
    for fields in model.documents() {
        let mut ids = fields.iter().filter(|field| field.is_id);
        let Some(first) = ids.next() else { continue };
        for second in ids {
            let message = match (first.keys.id, second.keys.id) {
                (Some(_), Some(_)) => "`#[model(id)]` is on two fields; a document has one `_id`",
                _ => "two fields are stored as `_id`; a document has one",
            };
            errors.add(second.name.span, message);
        }
    }
}

/// What derives `Model` does not derive `Embedded` too: an `_id` and a collection show a model.
pub(super) fn embedded_is_no_model(model: &Model, errors: &mut Errors) {
    let mut ids = model.all_fields().filter_map(|field| field.keys.id);
    let has_collection = model.keys.collection.is_some();
    if let (Role::Embedded, true, Some(span)) = (model.role, has_collection, ids.next()) {
        errors.refuse_derive(
            span,
            "only a model has an `_id` and a collection of its own: derive `Model` in place of \
             `Embedded`, not beside it; a model can be a field too",
        );
    }
}

/// Only a model has a collection.
fn embedded_has_no_collection(model: &Model, errors: &mut Errors) {
    if let (Role::Embedded, Some(collection)) = (model.role, &model.keys.collection) {
        errors.add(collection.span, "only a model has a collection; derive `Model` to give it one");
    }
    let keys = &model.keys;
    let preferences = [&keys.read_preference, &keys.read_concern, &keys.write_concern];
    for key in preferences.into_iter().flatten().filter(|_| model.role == Role::Embedded) {
        errors.add(key.span, "only a model is read and written by itself; derive `Model`");
    }
    if let (Role::Embedded, Some(span)) = (model.role, keys.pre_and_post_images) {
        errors.add(span, "only a model has a collection that could keep images; derive `Model`");
    }
}

/// The server must know the read preference and the read concern; a write concern that is no
/// number and not `majority` is the name of one of its own.
fn preferences_are_known(model: &Model, errors: &mut Errors) {
    let keys = &model.keys;
    let preferences =
        ["primary", "primaryPreferred", "secondary", "secondaryPreferred", "nearest"].as_slice();
    let concerns = ["local", "available", "majority", "linearizable", "snapshot"].as_slice();
    for (key, known) in [(&keys.read_preference, preferences), (&keys.read_concern, concerns)] {
        if let Some(key) = key.as_ref().filter(|key| !known.contains(&key.value.as_str())) {
            errors.add(key.span, format!("it is one of {}", known.join(", ")));
        }
    }
    if let Some(key) = keys.write_concern.as_ref().filter(|key| key.value == "0") {
        errors.add(key.span, "the driver takes no writes that the server does not acknowledge");
    }
}

/// The server must take the collection's name.
fn collection_can_be_named(model: &Model, errors: &mut Errors) {
    let Some(collection) = &model.keys.collection else { return };
    let name = collection.value.as_str();
    let reason = match name {
        "" => "is empty",
        _ if name.contains('$') => "has a `$`",
        _ if name.contains('\0') => "has a NUL character",
        _ if name.starts_with("system.") => "begins with `system.`, which is the server's own",
        _ if name.starts_with('.') || name.ends_with('.') => "begins or ends with a dot",
        _ => return,
    };
    errors.add(collection.span, format!("the collection's name {reason}"));
}

/// Keys that only some shapes of types can have.
fn keys_fit_the_shape(model: &Model, errors: &mut Errors) {
    let keys = &model.keys;
    let is_enum = matches!(model.data, Data::Units(_) | Data::Enum(..));
    let is_document = matches!(model.data, Data::Struct(_));
    if matches!(model.data, Data::Refused) {
        return;
    }
    let mut refuse = |given: Option<proc_macro2::Span>, message: &str| {
        if let Some(span) = given {
            errors.add(span, message);
        }
    };
    let spans = [&keys.tag, &keys.content].map(|key| key.as_ref().map(|given| given.span));
    if !is_enum {
        refuse(
            spans[0].or(spans[1]),
            "`tag` on a struct cannot be honoured: it is for enums; store the name in a field of \
             its own",
        );
        let rule = keys.rename_all_fields.as_ref().map(|rule| rule.span);
        refuse(rule, "`rename_all_fields` is for enums; use `rename_all`");
    } else if keys.tag.is_none() {
        refuse(spans[1], "`content` needs `tag = \"…\"` beside it");
    }
    if !is_document {
        let default = keys.default.as_ref().map(|default| default.span);
        refuse(default, "`default` is for structs with named fields");
    }
    let is_transparent = matches!(model.data, Data::Newtype(_));
    let transparent = keys.transparent.filter(|_| !is_transparent);
    refuse(transparent, "`transparent` is for embedded structs with exactly one field");
}

/// Only fields are left out of documents.
fn null_is_for_types_with_fields(model: &Model, errors: &mut Errors) {
    if let (Data::Tuple(_) | Data::Units(_), Some(span)) = (&model.data, model.keys.null) {
        errors.add(span, "`null` is for types with named fields and for newtypes");
    }
}

/// Enums of unit variants are keys of maps anyway, other types never are.
fn map_key_is_for_newtypes(model: &Model, errors: &mut Errors) {
    let Some(span) = model.keys.map_key else { return };
    match &model.data {
        Data::Newtype(fields) if fields.iter().any(|field| !field.is_natural()) => {
            errors.add(span, "a field with an encoding of its own cannot be the key of a map");
        }
        Data::Newtype(_) | Data::Refused => {}
        Data::Units(_) => errors.add(span, "an enum without data is the key of maps anyway"),
        _ => errors.add(span, "`map_key` is for structs with one unnamed field"),
    }
}
