//! How a field is stored: its spec, and the codecs of `with = "…"`.

use proc_macro2::{Ident, TokenStream};
use quote::quote_spanned;

use super::context::Context;
use crate::{
    case::pascal,
    model::{Default, Encoding, Field},
};

/// The spec of a field, the last type of its handle.
pub(super) fn spec(context: &Context<'_>, prefix: &str, field: &Field) -> TokenStream {
    let p = &context.private;
    let base = base(context, field);
    match &field.encoding {
        Encoding::Natural => base,
        Encoding::Serde => emit!(#p::Encoded<#p::Serde, #base>),
        Encoding::Truncated => emit!(#p::Encoded<#p::Truncated, #base>),
        Encoding::Custom { .. } => {
            let marker = marker(context, prefix, field);
            emit!(#p::Encoded<#marker, #base>)
        }
    }
}

/// A call of a function of `odm` that knows a field by its handle. For a type that cannot be stored
/// there is no handle: that is one error, at the type.
pub(super) fn call(
    context: &Context<'_>,
    (prefix, field): (&str, &Field),
    name: &str,
    arguments: TokenStream,
) -> TokenStream {
    let base = base(context, field);
    let spec = spec(context, prefix, field);
    call_as(context, (field, &spec, &base), name, arguments)
}

/// The same for a field that is left out by its value alone.
pub(super) fn call_as_required(
    context: &Context<'_>,
    field: &Field,
    name: &str,
    arguments: TokenStream,
) -> TokenStream {
    let p = &context.private;
    let required = emit!(#p::Required);
    call_as(context, (field, &required, &required), name, arguments)
}

fn call_as(
    context: &Context<'_>,
    (field, spec, base): (&Field, &TokenStream, &TokenStream),
    name: &str,
    arguments: TokenStream,
) -> TokenStream {
    context.at_type(field, |p, ty| {
        let name = Ident::new(name, p.span());
        let arguments = quote_spanned!(p.span()=> (#arguments));
        let handle = match &field.encoding {
            Encoding::Natural => quote_spanned!(p.span()=> #p::Plain<#ty, #spec>),
            Encoding::Serde => quote_spanned!(p.span()=> #p::BySerde<#ty, #base>),
            Encoding::Truncated if field.is_time() => {
                quote_spanned!(p.span()=> #p::ByUpkeep<#ty, #base>)
            }
            Encoding::Truncated => quote_spanned!(p.span()=> #p::ByTruncation<#ty, #base>),
            Encoding::Custom { .. } => quote_spanned!(p.span()=> #p::ByFunctions<#ty, #spec>),
        };
        quote_spanned!(p.span()=> #p::#name::<#handle> #arguments)
    })
}

fn base(context: &Context<'_>, field: &Field) -> TokenStream {
    let p = &context.private;
    let own = match may_be_absent(context, field) {
        _ if field.is_id => emit!(#p::Identifier),
        true => emit!(#p::Defaulted),
        false if field.is_null => emit!(#p::Nulled),
        false => emit!(#p::Required),
    };
    if field.is_kept() { emit!(#p::Kept<#own>) } else { own }
}

/// Whether a document can be without the field.
pub(super) fn may_be_absent(context: &Context<'_>, field: &Field) -> bool {
    !matches!(field.default, Default::None)
        || context.model.keys.default.is_some()
        || !field.is_read()
}

/// The codecs of all fields that have functions for serde.
pub(super) fn markers(context: &Context<'_>) -> TokenStream {
    let model = context.model;
    let own = model.fields().iter().map(|field| (String::new(), field));
    let of_variants = model
        .variants()
        .iter()
        .flat_map(|variant| variant.fields.iter().map(|field| (variant.rust_name(), field)));
    own.chain(of_variants)
        .filter_map(|(prefix, field)| match &field.encoding {
            Encoding::Custom { write, read } => {
                let name = marker(context, &prefix, field);
                Some(codec(context, field, &name, (write.as_ref(), read.as_ref())))
            }
            _ => None,
        })
        .collect()
}

/// A name that can be read in an error message: `CreatedEncoding`.
fn marker(context: &Context<'_>, prefix: &str, field: &Field) -> Ident {
    let name = match &field.member {
        syn::Member::Named(_) => pascal(&field.rust_name()),
        syn::Member::Unnamed(_) if prefix.is_empty() => {
            format!("{}{}", context.model.name, field.rust_name())
        }
        syn::Member::Unnamed(index) => index.index.to_string(),
    };
    context.fresh(&format!("{prefix}{name}Encoding"))
}

fn codec(
    context: &Context<'_>,
    field: &Field,
    name: &Ident,
    (write, read): (Option<&TokenStream>, Option<&TokenStream>),
) -> TokenStream {
    let (p, ty) = (&context.private, &field.ty);
    let (parameters, bounds) = context.parameters_of(ty);
    let functions = functions(context, field, name, (write, read));
    let encode = match write {
        Some(_) => emit!(#p::encode_with::<Self, #ty>(value, out)),
        None => emit!(#p::Encode::encode(value, out)),
    };
    let (decode, absent) = match read {
        Some(_) => (emit!(#p::decode_with::<Self, #ty>(element)), emit!(#p::None)),
        None => (emit!(<#ty as #p::Decode>::decode(element)), emit!(<#ty as #p::Decode>::absent())),
    };
    emit! {
        #[doc = "An encoding by functions for serde."]
        #[derive(::core::fmt::Debug)]
        pub enum #name {}
        #functions
        impl #parameters #p::FieldCodec<#ty> for #name #bounds {
            fn encode(value: &#ty, out: &mut #p::Encoder) -> #p::ElementType {
                #encode
            }
            fn decode(element: #p::Element<'_>) -> #p::Result<#ty, #p::DecodeError> {
                #decode
            }
            fn absent() -> #p::Option<#ty> {
                #absent
            }
        }
    }
}

/// The functions as traits of `odm`.
fn functions(
    context: &Context<'_>,
    field: &Field,
    name: &Ident,
    (write, read): (Option<&TokenStream>, Option<&TokenStream>),
) -> TokenStream {
    let (p, ty) = (&context.private, &field.ty);
    let (parameters, bounds) = context.parameters_of(ty);
    let serialize = write.map(|function| {
        emit! {
            impl #parameters #p::SerializeField<#ty> for #name #bounds {
                fn serialize<S: #p::serde::Serializer>(
                    value: &#ty,
                    serializer: S,
                ) -> #p::Result<S::Ok, S::Error> {
                    #function(value, serializer)
                }
            }
        }
    });
    let deserialize = read.map(|function| {
        emit! {
            impl #parameters #p::DeserializeField<#ty> for #name #bounds {
                fn deserialize<'de, D: #p::serde::Deserializer<'de>>(
                    deserializer: D,
                ) -> #p::Result<#ty, D::Error> {
                    #function(deserializer)
                }
            }
        }
    });
    emit! { #serialize #deserialize }
}
