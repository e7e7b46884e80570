//! Rules about models that are enums.

use super::fields::refuse;
use crate::{
    errors::Errors,
    model::{Data, Form, Model, Style, Variant},
};

type Rule = fn(&Model, &mut Errors);

pub(super) const RULES: &[Rule] =
    &[variants_have_an_id, ids_have_one_name, the_tag_is_no_id, newtypes_say_it_inside];

fn variants(model: &Model) -> &[Variant] {
    if model.is_polymorphic() { model.variants() } else { &[] }
}

/// Every document has an `_id`.
fn variants_have_an_id(model: &Model, errors: &mut Errors) {
    for variant in variants(model).iter().filter(|variant| variant.id().is_none()) {
        let likely = variant.fields.iter().any(|field| field.rust_name() == "id");
        let hint = match variant.style {
            Style::Unit if variant.keys.other.is_some() => continue,
            Style::Newtype | Style::Tuple => continue,
            Style::Unit => "give it fields, one of them with `#[model(id)]`",
            Style::Struct if likely => "add `#[model(id)]` to its field `id`",
            Style::Struct => "add `#[model(id)]` to the field that is stored as `_id`",
        };
        let name = variant.rust_name();
        let message =
            format!("every variant of a model has an `_id`, and `{name}` has none: {hint}");
        errors.add(variant.ident.span(), message);
    }
}

/// The accessor of the `_id` has one name.
fn ids_have_one_name(model: &Model, errors: &mut Errors) {
    let mut ids = variants(model).iter().filter_map(|variant| Some((variant, variant.id()?)));
    let Some((first, named)) = ids.next() else { return };
    for (_, id) in ids.filter(|(_, id)| id.rust_name() != named.rust_name()) {
        let message = format!(
            "the `_id` is called `{}` in `{}`, and `{}` here: the model has one method for it",
            named.rust_name(),
            first.rust_name(),
            id.rust_name(),
        );
        errors.add(syn::spanned::Spanned::span(&id.member), message);
    }
}

/// The tag is a field of its own.
fn the_tag_is_no_id(model: &Model, errors: &mut Errors) {
    if let Data::Enum(Form::Internal(tag), _) = &model.data
        && model.is_polymorphic()
        && tag.value == "_id"
    {
        errors.add(tag.span, "the tag is another field than the `_id`");
    }
}

/// What is said of the documents of a newtype variant stands in the type that it holds.
fn newtypes_say_it_inside(model: &Model, errors: &mut Errors) {
    let newtypes = variants(model).iter().filter(|variant| variant.style == Style::Newtype);
    for keys in newtypes.flat_map(|variant| &variant.fields).map(|field| &field.keys) {
        let on_delete = keys.on_delete.as_ref().map(|key| key.span);
        for span in [keys.id, keys.version, keys.created_at, keys.updated_at, on_delete] {
            refuse(span, "it belongs on a field of the type that the variant holds", errors);
        }
    }
}
