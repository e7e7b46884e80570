//! Rules about variants.

use std::collections::HashMap;

use crate::{
    case::snake,
    errors::Errors,
    model::{Data, Form, Model, Style},
};

type Rule = fn(&Model, &mut Errors);

pub(super) const RULES: &[Rule] =
    &[methods_differ, internal_variants_are_documents, others_are_units, one_other];

/// Two variants have different methods.
fn methods_differ(model: &Model, errors: &mut Errors) {
    let Data::Enum(_, variants) = &model.data else { return };
    let mut owners = HashMap::new();
    for variant in variants {
        let method = snake(&variant.rust_name());
        if let Some(first) = owners.insert(method.clone(), variant.rust_name()) {
            let message = format!(
                "the variants `{first}` and `{}` would both be `.is_{method}()`",
                variant.rust_name()
            );
            errors.add(variant.ident.span(), message);
        }
    }
}

/// What stands beside a tag has keys.
fn internal_variants_are_documents(model: &Model, errors: &mut Errors) {
    let Data::Enum(Form::Internal(_), variants) = &model.data else { return };
    for variant in variants {
        if variant.style == Style::Tuple {
            errors.add(
                variant.ident.span(),
                match model.is_polymorphic() {
                    true => "a tuple has no keys to stand beside the tag; name its fields",
                    false => {
                        "a tuple has no keys to stand beside the tag; name its fields, or add \
                         `content = \"…\"` to the enum"
                    }
                },
            );
        }
        let has_own_encoding = variant.fields.iter().any(|field| !field.is_natural());
        if variant.style == Style::Newtype && has_own_encoding {
            errors.add(
                variant.ident.span(),
                "a value with an encoding of its own cannot stand beside the tag; name the field, \
                 or add `content = \"…\"` to the enum",
            );
        }
    }
}

/// What becomes of an unknown name has no place for data; of a model it has an `_id`.
fn others_are_units(model: &Model, errors: &mut Errors) {
    for variant in model.variants() {
        let is_id_alone =
            variant.style == Style::Struct && variant.fields.iter().all(|it| it.is_id);
        let message = match variant.style {
            Style::Unit => continue,
            _ if model.is_polymorphic() && is_id_alone => continue,
            _ if model.is_polymorphic() => {
                "`other` is for a variant without data, or with the `_id` alone"
            }
            _ => "`other` is for a variant without data",
        };
        if let Some(span) = variant.keys.other {
            errors.add(span, message);
        }
    }
}

/// An unknown name becomes one variant.
fn one_other(model: &Model, errors: &mut Errors) {
    let others = model.variants().iter().filter_map(|variant| variant.keys.other);
    for span in others.skip(1) {
        errors.add(span, "`other` is on two variants");
    }
}
