//! Structs with an `_id`, which can be the data of a variant of a model.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};

use super::{context::Context, encoding, id_bound, upkeep};
use crate::model::{Data, Field, Role};

/// `Identified`, if the struct has an `_id`.
pub(super) fn expand(context: &Context<'_>) -> Option<TokenStream> {
    let Data::Struct(fields) = &context.model.data else { return None };
    let (p, id) = (&context.private, context.model.id()?);
    let ty = context.at_type(id, |_, ty| emit!(#ty));
    let member = &id.member;
    let inner = encoding::call(context, ("", id), "inner", emit!(&self.#member));
    let more = match context.model.role {
        Role::Model => Some(of_model(context, fields)),
        Role::Embedded => of_embedded(context, fields),
    };
    Some(context.implement_where(
        &quote!(Identified),
        id_bound(context),
        emit! {
            type IdField = #ty;
            fn document_id(&self) -> #p::Option<&<Self::IdField as #p::Field>::Inner> {
                #inner
            }
            #more
        },
    ))
}

/// The same as the model has.
fn of_model(context: &Context<'_>, fields: &[Field]) -> TokenStream {
    let p = &context.private;
    let has_version = fields.iter().any(|field| field.keys.version.is_some());
    let version = has_version.then(|| {
        emit! {
            fn version(&self) -> #p::Option<i64> {
                #p::Some(<Self as #p::Versioned>::loaded_version(self))
            }
        }
    });
    emit! {
        const UPKEEP: &'static #p::Upkeep = <Self as #p::Described>::UPKEEP;
        fn on_delete() -> #p::Vec<#p::OnDelete> {
            <Self as #p::Described>::on_delete()
        }
        #version
    }
}

fn of_embedded(context: &Context<'_>, fields: &[Field]) -> Option<TokenStream> {
    let p = &context.private;
    fields.iter().find(|field| field.is_kept())?;
    let (upkeep, version) = (upkeep::of_fields(context, fields), version(context, fields));
    Some(emit! {
        const UPKEEP: &'static #p::Upkeep = #upkeep;
        #version
    })
}

fn version(context: &Context<'_>, fields: &[Field]) -> Option<TokenStream> {
    let field = fields.iter().find(|field| field.keys.version.is_some())?;
    let (p, member) = (&context.private, &field.member);
    let number = number(context, field, emit!(&self.#member));
    Some(emit! {
        fn version(&self) -> #p::Option<i64> {
            #p::Some(#number)
        }
    })
}

/// The number of a version.
pub(super) fn number(context: &Context<'_>, field: &Field, value: TokenStream) -> TokenStream {
    context.at_type(field, |p, ty| quote_spanned!(p.span()=> <#ty as #p::Counting>::number(#value)))
}
