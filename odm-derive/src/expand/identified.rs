//! Structs with an `_id`, which can be the data of a variant of a model.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};

use super::{context::Context, encoding, on_delete, upkeep};
use crate::model::{Data, Field};

/// `Identified`, if the struct has an `_id`.
pub(super) fn expand(context: &Context<'_>) -> Option<TokenStream> {
    let Data::Struct(fields) = &context.model.data else { return None };
    let (p, id) = (&context.private, context.model.id()?);
    let ty = context.at_type(id, |_, ty| emit!(#ty));
    let member = &id.member;
    let inner = encoding::call(context, ("", id), "inner", emit!(&self.#member));
    let upkeep = fields.iter().any(Field::is_kept).then(|| {
        let upkeep = upkeep::of_fields(context, fields);
        emit!(const UPKEEP: &'static #p::Upkeep = #upkeep;)
    });
    let (on_delete, version) = (on_delete(context), version(context, fields));
    let implementation = context.implement(
        &quote!(Identified),
        emit! {
            type IdField = #ty;
            #upkeep
            fn document_id(&self) -> #p::Option<&<Self::IdField as #p::Field>::Inner> {
                #inner
            }
            #on_delete
            #version
        },
    );
    Some(implementation)
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
