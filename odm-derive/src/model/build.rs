//! From syn's tree to the model.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{DeriveInput, Fields, spanned::Spanned};

use super::{Data, Field, Form, Model, Role, Style, Variant, field::Surrounding};
use crate::{attribute::ContainerKeys, errors::Errors, tokens::Taken};

/// Reads a derive's input, with the mistakes that are seen on the way.
pub(crate) fn read(role: Role, input: &DeriveInput) -> (Model, Errors) {
    let mut errors = Errors::default();
    let keys = ContainerKeys::read(&input.attrs, &mut errors);
    let (_, arguments, _) = input.generics.split_for_impl();
    let name = &input.ident;
    let own = quote!(#name #arguments);
    let mut data = read_data(role, input, (&keys, &own), &mut errors);
    if errors.has_refused_shape() {
        data = Data::Refused;
    }
    let model = Model {
        role,
        name: name.clone(),
        visibility: input.vis.clone(),
        generics: input.generics.clone(),
        krate: krate(&keys),
        taken: Taken::of(input),
        own,
        keys,
        data,
    };
    (model, errors)
}

fn krate(keys: &ContainerKeys) -> TokenStream {
    match &keys.krate {
        Some(path) => path.value.to_token_stream(),
        None => quote!(::odm),
    }
}

fn read_data(
    role: Role,
    input: &DeriveInput,
    (keys, own): (&ContainerKeys, &TokenStream),
    errors: &mut Errors,
) -> Data {
    let rule = keys.rename_all.as_ref().map(|rule| rule.value);
    let around = Surrounding { role, own, rule, is_null: keys.null.is_some() };
    match &input.data {
        syn::Data::Struct(data) => {
            let fields = data.fields.iter().enumerate();
            let fields: Vec<_> = fields.map(|field| Field::read(field, &around, errors)).collect();
            shape_of(role, input, fields, (&data.fields, keys), errors)
        }
        syn::Data::Enum(_) if role == Role::Model && keys.tag.is_none() => {
            errors.add(
                input.ident.span(),
                "a model that is an enum says in a field of its documents which variant each is: \
                 add `#[model(tag = \"…\")]`, the name of that field; an enum that is a field of \
                 a model derives `Embedded`",
            );
            Data::Refused
        }
        syn::Data::Enum(_) if role == Role::Model && keys.content.is_some() => {
            errors.add(
                keys.content.as_ref().map_or_else(|| input.ident.span(), |content| content.span),
                "the data of a variant would stand in a field of its own, and with it the `_id`: \
                 a model has `tag` alone, and its data stands beside the tag",
            );
            Data::Refused
        }
        syn::Data::Enum(data) => {
            let variants = data.variants.iter();
            enum_of(keys, variants.map(|variant| Variant::read(variant, keys, &around, errors)))
        }
        syn::Data::Union(data) => {
            errors.add(
                data.union_token.span(),
                "a union cannot be stored: nothing says which of its fields is there; use an enum",
            );
            Data::Refused
        }
    }
}

fn enum_of(keys: &ContainerKeys, variants: impl Iterator<Item = Variant>) -> Data {
    let variants: Vec<_> = variants.collect();
    let is_plain = variants.iter().all(|variant| variant.style == Style::Unit);
    match Form::of(keys) {
        Form::External if is_plain => Data::Units(variants),
        form => Data::Enum(form, variants),
    }
}

fn shape_of(
    role: Role,
    input: &DeriveInput,
    fields: Vec<Field>,
    (syntax, keys): (&Fields, &ContainerKeys),
    errors: &mut Errors,
) -> Data {
    match syntax {
        Fields::Unit => {
            errors.add(
                input.ident.span(),
                "a unit struct holds nothing to store; give it fields, or make it a variant of \
                 an enum",
            );
            Data::Refused
        }
        Fields::Unnamed(_) if role == Role::Model => {
            errors.add(
                input.ident.span(),
                "a model is a struct with named fields; one without names can be a field of one: \
                 derive `Embedded` for it",
            );
            Data::Refused
        }
        Fields::Named(_) if keys.transparent.is_none() || role == Role::Model => {
            Data::Struct(fields)
        }
        Fields::Unnamed(_) if fields.len() != 1 && keys.transparent.is_none() => {
            Data::Tuple(fields)
        }
        _ if fields.iter().filter(|field| !field.is_skipped()).count() == 1 => {
            Data::Newtype(fields)
        }
        _ => {
            let span = keys.transparent.unwrap_or_else(|| input.ident.span());
            errors.add(span, "a transparent type has exactly one field that is stored");
            Data::Refused
        }
    }
}
