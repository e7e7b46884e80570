//! Rules about one field.

use proc_macro2::Span;
use syn::Member;

use crate::{
    attribute::ON_DELETE,
    errors::{Errors, suggestion},
    model::{Data, Field, Model, Role},
};

type Rule = fn(&Model, &Field, &mut Errors);

pub(super) const RULES: &[Rule] = &[
    an_id_is_plain,
    an_id_has_a_name,
    a_flattened_field_has_no_name,
    a_skipped_field_has_no_encoding,
    an_encoding_is_given_once,
    an_unnamed_field_has_no_name,
    null_is_for_fields_that_are_left_out,
    on_delete_is_for_stored_references,
];

/// The `_id` is always there, and is written and read by its type alone.
fn an_id_is_plain(_: &Model, field: &Field, errors: &mut Errors) {
    if !field.is_id {
        return;
    }
    let keys = &field.keys;
    let renamed = keys.rename.as_ref().filter(|_| keys.id.is_some());
    refuse(renamed.map(|key| key.span), "an `_id` has no other name; remove `rename`", errors);
    let default = keys.default.as_ref().map(|key| key.span);
    refuse(
        default,
        "an `_id` has no default: two documents would get the same one; use `Option`, and one is \
         made at the insert",
        errors,
    );
    refuse(field.skip(), "an `_id` cannot be skipped", errors);
    refuse(keys.flatten, "an `_id` cannot be flattened", errors);
    refuse(
        field.encoding_key(),
        "an `_id` has its type's own encoding; make a newtype that has this one",
        errors,
    );
}

/// A field without a name has no place for an `_id`.
fn an_id_has_a_name(model: &Model, field: &Field, errors: &mut Errors) {
    // Of a model an error says more.
    if model.role == Role::Embedded && matches!(field.member, Member::Unnamed(_)) {
        refuse(field.keys.id, "an `_id` is a named field", errors);
    }
}

/// The keys of a flattened field are those of its type.
fn a_flattened_field_has_no_name(_: &Model, field: &Field, errors: &mut Errors) {
    if !field.is_flat() || field.is_id {
        return;
    }
    let keys = &field.keys;
    let name = keys.rename.as_ref().map(|rename| rename.span);
    refuse(name, "a flattened field has no name of its own; rename the fields of its type", errors);
    let default = keys.default.as_ref().map(|default| default.span);
    refuse(
        default,
        "a flattened field is never absent as a whole; give the fields of its type defaults, or \
         make it an `Option`",
        errors,
    );
    refuse(
        field.encoding_key(),
        "a flattened field is made of fields with encodings of their own; it has none itself",
        errors,
    );
}

/// What is not stored is not encoded.
fn a_skipped_field_has_no_encoding(_: &Model, field: &Field, errors: &mut Errors) {
    if field.keys.skip.is_some() && !field.is_id {
        let key = field.encoding_key().or(field.keys.flatten);
        refuse(key, "a skipped field is not stored, and so not encoded", errors);
    }
}

/// `serde`, `truncate` and `with` all say how the field is encoded.
fn an_encoding_is_given_once(_: &Model, field: &Field, errors: &mut Errors) {
    let keys = &field.keys;
    let functions = [&keys.with, &keys.serialize_with, &keys.deserialize_with];
    let functions = functions.into_iter().flatten().next();
    let functions = functions.map(|function| function.span);
    let own = keys.serde.is_some() || keys.truncate.is_some();
    let second = functions.filter(|_| own).or(keys.truncate.filter(|_| keys.serde.is_some()));
    refuse(second, "the field has another encoding already; keep one of the two", errors);
}

/// Fields of tuples are stored by position, or as what they hold.
fn an_unnamed_field_has_no_name(model: &Model, field: &Field, errors: &mut Errors) {
    if matches!(field.member, Member::Named(_)) || matches!(model.data, Data::Refused) {
        return;
    }
    let keys = &field.keys;
    let spans = [
        keys.rename.as_ref().map(|key| key.span),
        keys.default.as_ref().map(|key| key.span),
        keys.skip_serializing_if.as_ref().map(|key| key.span),
        keys.flatten,
    ];
    let is_transparent = matches!(model.data, Data::Newtype(_)) && model.fields().len() > 1;
    let skipped = field.skip().filter(|_| !is_transparent);
    for span in spans.into_iter().chain([skipped]) {
        refuse(
            span,
            "a field without a name is stored by its position, so it cannot have this; name the \
             fields",
            errors,
        );
    }
}

/// `null` keeps what is left out otherwise.
fn null_is_for_fields_that_are_left_out(model: &Model, field: &Field, errors: &mut Errors) {
    let keys = &field.keys;
    let is_newtype = matches!(model.data, Data::Newtype(_) | Data::Refused);
    let reason = match &field.member {
        _ if field.is_id => "an `_id` that is `None` is made at the insert, and so never null",
        _ if field.is_flat() => "a flattened field is never null: its fields stand by themselves",
        _ if keys.skip.is_some() => "a skipped field is not stored",
        _ if field.encoding_key().is_some() => "the encoding of the field says what `None` becomes",
        _ if keys.skip_serializing_if.is_some() => {
            "`skip_serializing_if` says when the field is left out; keep one of the two"
        }
        Member::Unnamed(_) if !is_newtype => "an item of an array is never left out",
        _ => return,
    };
    refuse(keys.null, reason, errors);
}

/// What is done is known, and the field is found by its name in the model's own documents.
fn on_delete_is_for_stored_references(model: &Model, field: &Field, errors: &mut Errors) {
    let Some(key) = &field.keys.on_delete else { return };
    if !ON_DELETE.contains(&key.value.as_str()) {
        let hint = suggestion(&key.value, ON_DELETE);
        errors.add(key.span, format!("unknown action `{}`{hint}", key.value));
    }
    let reason = match model.role {
        Role::Embedded => "`on_delete` is for the fields of a model itself",
        _ if field.is_flat() => "a flattened field is no reference: its fields stand by themselves",
        _ if field.skip().is_some() => "a skipped field refers to nothing in the database",
        _ if field.encoding_key().is_some() => "a reference has its type's own encoding",
        _ => return,
    };
    refuse(Some(key.span), reason, errors);
}

impl Field {
    fn skip(&self) -> Option<Span> {
        let keys = &self.keys;
        keys.skip.or(keys.skip_serializing).or(keys.skip_deserializing)
    }

    fn encoding_key(&self) -> Option<Span> {
        let keys = &self.keys;
        let functions = [&keys.with, &keys.serialize_with, &keys.deserialize_with];
        let function = functions.into_iter().flatten().next().map(|key| key.span);
        keys.serde.or(keys.truncate).or(function)
    }
}

pub(super) fn refuse(span: Option<Span>, message: &str, errors: &mut Errors) {
    if let Some(span) = span {
        errors.add(span, message);
    }
}
