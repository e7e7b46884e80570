//! The fields that odm keeps: their names, and the version of a document.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};

use super::{context::Context, encoding::may_be_absent};
use crate::model::Field;

/// `UPKEEP`, if a field is kept.
pub(super) fn constant(context: &Context<'_>) -> Option<TokenStream> {
    let (p, fields) = (&context.private, context.model.fields());
    // The type of the version is checked by `Numbered` alone, so that rustc shows one error.
    let is_long = |_: &Field| emit!(<Self as #p::Numbered>::IS_LONG);
    let upkeep = fields.iter().any(Field::is_kept).then(|| kept(context, fields, &is_long))?;
    Some(emit!(const UPKEEP: &'static #p::Upkeep = #upkeep;))
}

/// What is kept in a document with these fields.
pub(super) fn of_fields(context: &Context<'_>, fields: &[Field]) -> TokenStream {
    kept(context, fields, &|field| {
        context.at_type(field, |p, ty| quote_spanned!(p.span()=> <#ty as #p::Counting>::IS_LONG))
    })
}

fn kept(
    context: &Context<'_>,
    fields: &[Field],
    is_long: &dyn Fn(&Field) -> TokenStream,
) -> TokenStream {
    let p = &context.private;
    let setters = fields.iter().filter(|field| field.is_kept()).map(|field| {
        let name = &field.name.value;
        match (field.keys.version, field.keys.created_at) {
            (Some(_), _) => {
                let is_defaulted = may_be_absent(context, field);
                let is_long = is_long(field);
                emit!(.version(#name, #is_long, #is_defaulted))
            }
            (None, Some(_)) => emit!(.created_at(#name)),
            (None, None) => emit!(.updated_at(#name)),
        }
    });
    emit!(&#p::Upkeep::NONE #(#setters)*)
}

/// `Numbered`, if the model has a version.
pub(super) fn version(context: &Context<'_>) -> Option<TokenStream> {
    let is_version = |field: &&Field| field.keys.version.is_some();
    let field = context.model.fields().iter().find(is_version)?;
    let member = &field.member;
    let version = context.at_type(field, |p, ty| quote_spanned!(p.span()=> type Version = #ty;));
    Some(context.implement(
        &quote!(Numbered),
        emit! {
            #version
            fn version(&self) -> &Self::Version {
                &self.#member
            }
        },
    ))
}
