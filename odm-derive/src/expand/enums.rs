//! Enums with data, in the three forms that serde knows.

use proc_macro2::TokenStream;
use quote::quote;

use super::{
    body::names,
    common,
    context::Context,
    handle, polymorphic,
    units::otherwise,
    variants::{Part, Tagged, tagged},
};
use crate::model::{Form, Variant};

/// An enum with data.
pub(super) fn expand(context: &Context<'_>, form: &Form, variants: &[Variant]) -> TokenStream {
    let form = &*tagged(form);
    let parts: Vec<_> =
        variants.iter().enumerate().map(|variant| Part::new(context, form, variant)).collect();
    let items = parts.iter().map(Part::items);
    let codec = context.codec(encode(context, form, &parts), decode(context, form, &parts));
    let flatten = flatten(context, form, &parts);
    let name = context.fresh(&format!("{}Fields", context.model.name));
    let of_variants = parts.iter().map(Part::methods);
    let methods = of_variants.chain([common::methods(context)]).collect();
    let documentation = format!("The variants of `{}`, as paths.", context.model.name);
    let handle = handle::handle(context, &name, &documentation, &methods);
    let p = &context.private;
    let field = context.field_impl(
        &emit!(#p::kind::Document),
        &|modes| {
            let arguments = handle::arguments(context, &modes);
            quote!(#name #arguments)
        },
        TokenStream::new(),
    );
    emit! { #(#items)* #handle #codec #flatten #field }
}

/// A variant that is its name alone is a string; all else is a document.
fn encode(context: &Context<'_>, form: &dyn Tagged, parts: &[Part<'_>]) -> TokenStream {
    let p = &context.private;
    let is_string = |part: &&Part<'_>| form.is_string(part.variant) && part.variant.is_written();
    let strings: Vec<_> = parts.iter().filter(is_string).collect();
    if strings.is_empty() {
        return emit!(#p::encode_struct(self, out));
    }
    let arms = strings.iter().map(|part| {
        let (ident, name) = (&part.variant.ident, &part.variant.name.value);
        emit!(Self::#ident {} => #name,)
    });
    emit! {
        let name: &str = match self {
            #(#arms)*
            _ => return #p::encode_struct(self, out),
        };
        out.str(name);
        #p::ElementType::String
    }
}

fn decode(context: &Context<'_>, form: &dyn Tagged, parts: &[Part<'_>]) -> TokenStream {
    let find = form.find(context);
    let arms = parts.iter().filter(|part| part.variant.is_read()).map(|part| {
        let names = part.variant.names().map(|name| &name.value);
        let read = part.read();
        emit!(#(#names)|* => #read,)
    });
    let otherwise = unknown(context, parts);
    emit! {
        #find
        match variant {
            #(#arms)*
            other => #otherwise,
        }
    }
}

/// What is made of a variant's name that is not known, bound to `other`.
fn unknown(context: &Context<'_>, parts: &[Part<'_>]) -> TokenStream {
    let p = &context.private;
    let other = parts.iter().find(|part| part.variant.keys.other.is_some());
    match (other, polymorphic::tag(context)) {
        (Some(part), Some(_)) => {
            let read = part.read();
            emit!({ let _ = other; #read })
        }
        (None, Some(tag)) => {
            let known = context.model.variants().iter().filter(|variant| variant.is_read());
            let known = known.map(|variant| &variant.name.value);
            emit!(#p::Err(#p::unknown_tag(#tag, other, &[#(#known),*])))
        }
        _ => otherwise(context, context.model.variants()),
    }
}

fn flatten(context: &Context<'_>, form: &dyn Tagged, parts: &[Part<'_>]) -> TokenStream {
    let p = &context.private;
    let arms = parts.iter().map(Part::write);
    let claims = form.claims(context, parts);
    let is_inline = form.tag_inside().is_some();
    let names = names(context, &context.model.name.to_string(), (form.names(parts), &[]));
    let variants = parts.iter().map(Part::names);
    let has_key: Vec<_> = parts.iter().filter(|_| is_inline).filter_map(Part::has_key).collect();
    let check = context.names_check();
    let flatten = context.implement(
        &quote!(Flatten),
        emit! {
            const NAMES: #p::Names = #names.with_variants(const { &[#(#variants),*] }, #is_inline);
            fn encode_elements(&self, out: &mut #p::Encoder) {
                match self { #(#arms)* }
            }
            fn claims(key: &str) -> bool {
                #claims
            }
            fn has_key(&self, key: &str) -> bool {
                match self { #(#has_key)* _ => false }
            }
        },
    );
    emit! { #flatten #check }
}
