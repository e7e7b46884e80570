//! Structs that are stored as their only field.

use proc_macro2::TokenStream;
use quote::quote;

use super::{context::Context, encoding::call};
use crate::model::{Default, Field};

/// A newtype, or a `transparent` struct.
pub(super) fn expand(context: &Context<'_>, fields: &[Field]) -> TokenStream {
    let Some(stored) = fields.iter().find(|field| !field.is_skipped()) else {
        return TokenStream::new();
    };
    let p = &context.private;
    let member = &stored.member;
    let call = |name, arguments| call(context, ("", stored), name, arguments);
    let write = call("encode_field", emit!(&self.#member, out));
    let is_absent = call("is_absent_field", emit!(&self.#member));
    let read = call("decode_field", emit!(element));
    let absent = call("absent_field", TokenStream::new());
    let make = constructor(context, fields, stored);
    let encode = context.implement(
        &quote!(Encode),
        emit! {
            fn encode(&self, out: &mut #p::Encoder) -> #p::ElementType {
                #write
            }
            fn is_absent(&self) -> bool {
                #is_absent
            }
        },
    );
    let decode = context.implement(
        &quote!(Decode),
        emit! {
            fn decode(element: #p::Element<'_>) -> #p::Result<Self, #p::DecodeError> {
                #p::Result::map(#read, #make)
            }
            fn absent() -> #p::Option<Self> {
                #p::Option::map(#absent, #make)
            }
        },
    );
    let field = field_impl(context, stored, &make);
    let map_key = context.model.keys.map_key.is_some().then(|| map_key(context, stored, &make));
    let flatten = stored.is_natural().then(|| flatten(context, stored));
    emit! { #encode #decode #field #flatten #map_key }
}

/// A closure that makes the newtype of its content.
fn constructor(context: &Context<'_>, fields: &[Field], stored: &Field) -> TokenStream {
    let p = &context.private;
    let values = fields.iter().map(|field| {
        let (ty, member) = (&field.ty, &field.member);
        match &field.default {
            _ if std::ptr::eq(field, stored) => emit!(#member: value),
            Default::Path(path) => emit!(#member: #path()),
            _ => emit!(#member: <#ty as #p::Default>::default()),
        }
    });
    emit!(|value| Self { #(#values,)* })
}

fn field_impl(context: &Context<'_>, stored: &Field, make: &TokenStream) -> TokenStream {
    let (p, ty) = (&context.private, &stored.ty);
    if !stored.is_natural() {
        let handle = |modes| emit!(#p::Scalar<#modes>);
        return context.field_impl(&emit!(#p::kind::Other), &handle, TokenStream::new());
    }
    context.field_impl_around(
        &emit!(<#ty as #p::Field>::Kind),
        &|modes| emit!(<#ty as #p::Field>::Handle<#modes>),
        emit! {
            const FACTS: #p::Facts = <#ty as #p::Field>::FACTS;
            fn generate() -> #p::Option<Self> {
                #p::Option::map(<#ty as #p::Field>::generate(), #make)
            }
        },
        &|layers| emit!(<#ty as #p::Field>::Layer<#layers>),
    )
}

fn map_key(context: &Context<'_>, stored: &Field, make: &TokenStream) -> TokenStream {
    let (p, ty, member) = (&context.private, &stored.ty, &stored.member);
    context.implement(
        &quote!(MapKey),
        emit! {
            fn as_key(&self) -> #p::Cow<'_, str> {
                <#ty as #p::MapKey>::as_key(&self.#member)
            }
            fn from_key(key: &str) -> #p::Result<Self, #p::DecodeError> {
                #p::Result::map(<#ty as #p::MapKey>::from_key(key), #make)
            }
        },
    )
}

/// The newtype of a document is flattened as the document; whether it is one, the bound says. The
/// lifetime makes rustc ask that where the newtype is flattened, not here.
fn flatten(context: &Context<'_>, stored: &Field) -> TokenStream {
    let (p, own, ty, member) = (&context.private, &context.model.own, &stored.ty, &stored.member);
    let (parameters, bounds) = (context.parameters(), context.predicates());
    emit! {
        #[automatically_derived]
        impl #parameters #p::Flatten for #own
        where
            for<'odm> #ty: #p::Flatten,
            #(#bounds,)*
        {
            const NAMES: #p::Names = <#ty as #p::Flatten>::NAMES;
            fn encode_elements(&self, out: &mut #p::Encoder) {
                <#ty as #p::Flatten>::encode_elements(&self.#member, out);
            }
            fn claims(key: &str) -> bool {
                <#ty as #p::Flatten>::claims(key)
            }
            fn has_key(&self, key: &str) -> bool {
                <#ty as #p::Flatten>::has_key(&self.#member, key)
            }
        }
    }
}
