//! Enums without data, stored as strings.

use proc_macro2::TokenStream;
use quote::quote;

use super::context::Context;
use crate::model::Variant;

/// An enum of unit variants.
pub(super) fn expand(context: &Context<'_>, variants: &[Variant]) -> TokenStream {
    let p = &context.private;
    let unwritten = variants.iter().filter(|variant| !variant.is_written()).map(|variant| {
        let (ident, name) = (&variant.ident, variant.rust_name());
        emit!(if let Self::#ident { .. } = self { #p::fail_skipped(#name, out); })
    });
    let codec = context.codec(
        emit! {
            #(#unwritten)*
            out.str(&#p::MapKey::as_key(self));
            #p::ElementType::String
        },
        emit!(#p::MapKey::from_key(element.str()?)),
    );
    let key = map_key(context, variants);
    let field = context.field_impl(
        &emit!(#p::kind::Text),
        &|modes| emit!(#p::Scalar<#modes>),
        emit! {
            const FACTS: #p::Facts = #p::Facts::uniform(#p::Facts::of::<Self>());
        },
    );
    emit! { #codec #key #field }
}

fn map_key(context: &Context<'_>, variants: &[Variant]) -> TokenStream {
    let p = &context.private;
    let names = variants.iter().map(|variant| {
        let (ident, name) = (&variant.ident, &variant.name.value);
        emit!(Self::#ident { .. } => #name,)
    });
    let arms = variants.iter().filter(|variant| variant.is_read()).map(|variant| {
        let ident = &variant.ident;
        let names = variant.names().map(|name| &name.value);
        emit!(#(#names)|* => #p::Ok(Self::#ident {}),)
    });
    let otherwise = otherwise(context, variants);
    context.implement(
        &quote!(MapKey),
        emit! {
            fn as_key(&self) -> #p::Cow<'_, str> {
                #p::Cow::Borrowed(match *self { #(#names)* })
            }
            fn from_key(key: &str) -> #p::Result<Self, #p::DecodeError> {
                match key {
                    #(#arms)*
                    other => #otherwise,
                }
            }
        },
    )
}

/// What is made of a variant's name that is not known, bound to `other`.
pub(super) fn otherwise(context: &Context<'_>, variants: &[Variant]) -> TokenStream {
    let p = &context.private;
    if let Some(variant) = variants.iter().find(|variant| variant.keys.other.is_some()) {
        let ident = &variant.ident;
        return emit!({ let _ = other; #p::Ok(Self::#ident {}) });
    }
    let known = variants.iter().filter(|variant| variant.is_read());
    let known = known.map(|variant| &variant.name.value);
    emit!(#p::Err(#p::unknown_variant(other, &[#(#known),*])))
}
