//! The fields that odm keeps: their names, and the version of a document.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};

use super::{context::Context, encoding::may_be_absent};
use crate::model::Field;

/// `UPKEEP`, if a field is kept.
pub(super) fn constant(context: &Context<'_>) -> Option<TokenStream> {
    let p = &context.private;
    let fields = || context.model.fields().iter().filter(|field| field.is_kept());
    fields().next()?;
    let setters = fields().map(|field| {
        let name = &field.name.value;
        match (field.keys.version, field.keys.created_at) {
            (Some(_), _) => {
                let is_defaulted = may_be_absent(context, field);
                let is_long = emit!(<Self as #p::Numbered>::IS_LONG);
                emit!(.version(#name, #is_long, #is_defaulted))
            }
            (None, Some(_)) => emit!(.created_at(#name)),
            (None, None) => emit!(.updated_at(#name)),
        }
    });
    Some(emit! {
        const UPKEEP: &'static #p::Upkeep = &#p::Upkeep::NONE #(#setters)*;
    })
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
