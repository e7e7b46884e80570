//! `#[derive(Projection)]`: a struct whose fields are read from a model, by name or by path.

use proc_macro2::{Ident, TokenStream};
use quote::{quote, quote_spanned};
use syn::{
    Attribute, Data, DataStruct, DeriveInput, Error, Fields, Path, Result, Token,
    ext::IdentExt,
    parse::{Parse, ParseStream},
    spanned::Spanned,
};

use crate::path_macro::{Name, steps};

/// The implementation of `Projection` for a struct; `krate` is the path of the `odm` crate.
pub(crate) fn expand(input: &DeriveInput, krate: &TokenStream) -> Result<TokenStream> {
    let of = of(input)?;
    let name = &input.ident;
    if !input.generics.params.is_empty() {
        return Err(Error::new(
            input.generics.span(),
            "a projection has no parameters: its fields have the types of the model's",
        ));
    }
    let Data::Struct(DataStruct { fields: Fields::Named(fields), .. }) = &input.data else {
        return Err(Error::new(name.span(), "a projection is a struct with named fields"));
    };
    let mut slots = Vec::new();
    for field in &fields.named {
        let own = field.ident.as_ref().expect("a named field");
        let steps = match path_of(&field.attrs)? {
            Some(Steps(steps)) => steps,
            None => vec![Name(own.clone()).call()],
        };
        slots.push(slot(own, &steps));
    }
    let fields = Ident::new("fields", proc_macro2::Span::mixed_site());
    Ok(emit! {
        #[automatically_derived]
        impl #krate::row::Projection for #name {
            type Of = #of;
            fn shape(
                #fields: #krate::path::ReadingFields<#of>,
            ) -> impl #krate::row::Shape<#of, Row = Self> {
                #krate::object!(#name { #(#slots),* })
            }
        }
    })
}

/// `field: fields.a().b()`, whose errors point at what the user wrote.
fn slot(own: &Ident, steps: &[TokenStream]) -> TokenStream {
    let span = steps.first().map_or_else(|| own.span(), Spanned::span);
    let fields = Ident::new("fields", proc_macro2::Span::mixed_site().located_at(span));
    let value = quote_spanned!(span=> #fields #(#steps)*);
    quote!(#own: #value)
}

/// `#[projection(of = Order)]`
fn of(input: &DeriveInput) -> Result<Path> {
    let found = only::<Of>(&input.attrs, "of")?;
    found.map(|Of(path)| path).ok_or_else(|| {
        Error::new(
            input.ident.span(),
            "a projection needs a model: `#[projection(of = Order)]` on the struct",
        )
    })
}

/// `#[projection(path = lines[].price)]`
fn path_of(attributes: &[Attribute]) -> Result<Option<Steps>> {
    Ok(only::<At>(attributes, "path")?.map(|At(steps)| steps))
}

/// What `#[projection(…)]` says, once at most.
fn only<T: Parse>(attributes: &[Attribute], key: &str) -> Result<Option<T>> {
    let mut found = None;
    for attribute in attributes.iter().filter(|it| it.path().is_ident("projection")) {
        if found.replace(attribute.parse_args()?).is_some() {
            return Err(Error::new(attribute.span(), format!("`{key}` is given twice")));
        }
    }
    Ok(found)
}

struct Of(Path);
struct At(Steps);
struct Steps(Vec<TokenStream>);

impl Parse for Of {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        key(input, "of", "`#[projection(of = Order)]` names the model on the struct")?;
        input.parse().map(Self)
    }
}

impl Parse for At {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        key(input, "path", "`#[projection(path = ship.city)]` says where a field is read")?;
        input.parse().map(Self)
    }
}

impl Parse for Steps {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        steps(input).map(Self)
    }
}

fn key(input: ParseStream<'_>, wanted: &str, hint: &str) -> Result<()> {
    let key = Ident::parse_any(input)?;
    if key != wanted {
        return Err(Error::new(key.span(), format!("unknown key `{key}`: {hint}")));
    }
    input.parse::<Token![=]>().map(drop)
}
