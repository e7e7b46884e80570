//! Structs that are stored as documents, and tuple structs, stored as arrays.

use proc_macro2::TokenStream;
use quote::quote;

use super::{body::Body, context::Context, handle};
use crate::model::Field;

/// A struct with named fields.
pub(super) fn document(context: &Context<'_>, fields: &[Field]) -> TokenStream {
    let (p, name) = (&context.private, &context.model.name);
    let body = Body::new(context, "", fields);
    let handle_name = context.fresh(&format!("{}Fields", context.model.name));
    let handle = handle::of_fields(
        context,
        &handle_name,
        &format!("The fields of `{name}`, as paths."),
        ("", None, fields),
    );
    let codec =
        context.codec(emit!(#p::encode_struct(self, out)), body.read_document(&quote!(Self)));
    let (write, claims) = (body.write(&of_self), body.claims());
    let (names, has_key, check) = (body.all_names(), body.has_key(&of_self), context.names_check());
    let flatten = context.implement(
        &quote!(Flatten),
        emit! {
            const NAMES: #p::Names = #names;
            fn encode_elements(&self, out: &mut #p::Encoder) {
                #write
            }
            fn claims(key: &str) -> bool {
                #claims
            }
            fn has_key(&self, key: &str) -> bool {
                #has_key
            }
        },
    );
    let field = context.field_impl(
        &emit!(#p::kind::Document),
        &|modes| {
            let arguments = handle::arguments(context, &modes);
            quote!(#handle_name #arguments)
        },
        TokenStream::new(),
    );
    let items = body.items();
    emit! { #handle #items #codec #flatten #field #check }
}

/// A struct with unnamed fields.
pub(super) fn array(context: &Context<'_>, fields: &[Field]) -> TokenStream {
    let p = &context.private;
    let body = Body::new(context, "", fields);
    let write = body.write(&of_self);
    let codec = context.codec(
        emit! {
            out.document(|out| { #write });
            #p::ElementType::Array
        },
        body.read_array(&quote!(Self)),
    );
    let field = context.field_impl(
        &emit!(#p::kind::Items),
        &|modes| emit!(#p::Scalar<#modes>),
        TokenStream::new(),
    );
    let items = body.items();
    emit! { #items #codec #field }
}

fn of_self(field: &Field) -> TokenStream {
    let member = &field.member;
    emit!(&self.#member)
}
