//! Enums with data, in the three forms that serde knows.

use proc_macro2::TokenStream;
use quote::quote;

use super::{body::names, context::Context, handle, units::otherwise, variants::Part};
use crate::model::{Form, Style, Variant};

/// An enum with data.
pub(super) fn expand(context: &Context<'_>, form: &Form, variants: &[Variant]) -> TokenStream {
    let parts: Vec<_> =
        variants.iter().enumerate().map(|variant| Part::new(context, form, variant)).collect();
    let items = parts.iter().map(Part::items);
    let codec = context.codec(encode(context, form, &parts), decode(context, form, &parts));
    let flatten = flatten(context, form, &parts);
    let name = context.fresh(&format!("{}Fields", context.model.name));
    let methods = parts.iter().map(Part::methods).collect();
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

/// A unit variant in the external form is a string; all else is a document.
fn encode(context: &Context<'_>, form: &Form, parts: &[Part<'_>]) -> TokenStream {
    let p = &context.private;
    let is_string = |part: &&Part<'_>| {
        matches!(form, Form::External)
            && part.variant.style == Style::Unit
            && part.variant.is_written()
    };
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

fn decode(context: &Context<'_>, form: &Form, parts: &[Part<'_>]) -> TokenStream {
    let p = &context.private;
    let denies = context.model.keys.deny_unknown_fields.is_some();
    let find = match form {
        Form::External => emit!(let (variant, content) = #p::external(element)?;),
        Form::Internal(tag) => {
            let tag = &tag.value;
            emit!(let variant = #p::internal(element, #tag)?;)
        }
        Form::Adjacent(tag, content) => {
            let (tag, content) = (&tag.value, &content.value);
            emit!(let (variant, content) = #p::adjacent(element, [#tag, #content], #denies)?;)
        }
    };
    let arms = parts.iter().filter(|part| part.variant.is_read()).map(|part| {
        let names = part.variant.names().map(|name| &name.value);
        let read = part.read();
        emit!(#(#names)|* => #read,)
    });
    let otherwise = otherwise(context, context.model.variants());
    emit! {
        #find
        match variant {
            #(#arms)*
            other => #otherwise,
        }
    }
}

fn flatten(context: &Context<'_>, form: &Form, parts: &[Part<'_>]) -> TokenStream {
    let p = &context.private;
    let arms = parts.iter().map(Part::write);
    let claims = match form {
        Form::External => {
            let names = parts.iter().flat_map(|part| part.variant.names());
            let names = names.map(|name| format!("{}\0", name.value));
            emit!(#p::claims(&[#(#names),*], key))
        }
        Form::Internal(tag) => {
            let (tag, parts) = (&tag.value, parts.iter().filter_map(Part::claims));
            emit!(key == #tag #(|| #parts)*)
        }
        Form::Adjacent(tag, content) => {
            let (tag, content) = (&tag.value, &content.value);
            emit!(key == #tag || key == #content)
        }
    };
    let is_inline = matches!(form, Form::Internal(_));
    let own: Vec<_> = match form {
        Form::External => parts.iter().map(|part| part.variant.name.value.as_str()).collect(),
        Form::Internal(_) => Vec::new(),
        Form::Adjacent(tag, content) => vec![tag.value.as_str(), content.value.as_str()],
    };
    let names = names(context, &context.model.name.to_string(), (own, &[]));
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
