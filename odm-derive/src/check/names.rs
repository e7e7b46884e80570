//! Rules about stored names.

use std::collections::HashMap;

use crate::{
    attribute::Given,
    errors::Errors,
    model::{Data, Field, Form, Model, Style},
};

type Rule = fn(&Model, &mut Errors);

pub(super) const RULES: &[Rule] =
    &[fields_can_be_named, fields_differ, variants_can_be_named, variants_differ, tags_differ];

/// Every stored name is one that a path can have.
fn fields_can_be_named(model: &Model, errors: &mut Errors) {
    for field in model.all_fields().filter(|field| has_name(field)) {
        check_name(&field.name, errors);
    }
    let tags = [&model.keys.tag, &model.keys.content];
    for tag in tags.into_iter().flatten() {
        check_name(tag, errors);
    }
}

/// Two fields of one document have different names.
fn fields_differ(model: &Model, errors: &mut Errors) {
    let variants = model.variants().iter().map(|variant| variant.fields.as_slice());
    for fields in std::iter::once(model.fields()).chain(variants) {
        let mut owners = HashMap::new();
        for (index, field) in fields.iter().enumerate().filter(|(_, field)| has_name(field)) {
            let name = &field.name;
            let first = *owners.entry(name.value.as_str()).or_insert(index);
            // Two `_id`s have a message of their own.
            if first != index && !field.is_id {
                let message = format!(
                    "`{}` and `{}` are both stored as `{}`",
                    fields[first].rust_name(),
                    field.rust_name(),
                    name.value
                );
                errors.add(name.span, message);
            }
        }
    }
}

/// Names of variants are keys in the external form, and must then be such as a path can have.
fn variants_can_be_named(model: &Model, errors: &mut Errors) {
    let Data::Enum(Form::External, variants) = &model.data else { return };
    for variant in variants.iter().filter(|variant| variant.style != Style::Unit) {
        variant.names().for_each(|name| check_name(name, errors));
    }
}

/// Two variants have different names.
fn variants_differ(model: &Model, errors: &mut Errors) {
    let mut owners = HashMap::new();
    for (index, variant) in model.variants().iter().enumerate() {
        for name in variant.names().filter(|_| variant.keys.skip.is_none()) {
            let first = *owners.entry(name.value.as_str()).or_insert(index);
            if first != index {
                let message = format!(
                    "the variants `{}` and `{}` are both stored as `{}`",
                    model.variants()[first].rust_name(),
                    variant.rust_name(),
                    name.value
                );
                errors.add(name.span, message);
            }
        }
    }
}

/// The tag is no name of what stands beside it.
fn tags_differ(model: &Model, errors: &mut Errors) {
    match &model.data {
        Data::Enum(Form::Adjacent(tag, content), _) if tag.value == content.value => {
            errors.add(content.span, "`tag` and `content` have one name");
        }
        Data::Enum(Form::Internal(tag), variants) => {
            let fields = variants.iter().flat_map(|variant| &variant.fields);
            for field in fields.filter(|field| has_name(field) && field.name.value == tag.value) {
                let message = format!("`{}` is the tag of the enum already", tag.value);
                errors.add(field.name.span, message);
            }
        }
        _ => {}
    }
}

/// Whether the stored name is that of a key.
fn has_name(field: &Field) -> bool {
    !field.is_skipped() && !field.is_flat() && matches!(field.member, syn::Member::Named(_))
}

fn check_name(name: &Given<String>, errors: &mut Errors) {
    let reason = match name.value.as_str() {
        "" => "is empty",
        text if text.starts_with('$') => "begins with `$`, which makes it an operator",
        text if text.contains('.') => "has a dot, which would make it a path",
        text if text.contains('\0') => "has a NUL character",
        _ => return,
    };
    errors.add(name.span, format!("the stored name {:?} {reason}", name.value));
}
