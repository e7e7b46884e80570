//! The fields of a model that is an enum: the `_id`, and those that stand in every variant.

use proc_macro2::TokenStream;
use quote::{format_ident, quote_spanned};

use super::{
    context::Context,
    encoding::may_be_absent,
    handle,
    polymorphic::{common_id, named_id, place},
};
use crate::{
    case::snake,
    model::{Encoding, Field, Style, Variant},
};

/// Their methods on the handle of the enum.
pub(super) fn methods(context: &Context<'_>) -> TokenStream {
    if !context.model.is_polymorphic() {
        return TokenStream::new();
    }
    let id = match named_id(context) {
        Some(id) => handle::method(context, ("", None), (id, None)),
        None => id_method(context),
    };
    let fields = common(context).map(|field| handle::method(context, ("", None), (field, None)));
    emit! { #id #(#fields)* }
}

/// `.id()`, where no variant names the field.
fn id_method(context: &Context<'_>) -> TokenStream {
    let visibility = &context.model.visibility;
    let ([m, r, v, s], ty) = (&context.modes, common_id(context));
    let (place, p) = place(context, &ty);
    let id = format_ident!("id", span = context.model.name.span());
    quote_spanned! { place=>
        #[doc = "The `_id`."]
        #visibility fn #id(&self) -> #p::At<#ty, #p::Below<#m, #v, #s>, #r, #s, #p::Identifier>
        where
            #m: #p::Reached,
        {
            #p::child_with(&self.path, "_id", <#ty as #p::Field>::FACTS)
        }
    }
}

/// The fields that all known variants have, under one name and stored in one way.
fn common<'a>(context: &'a Context<'a>) -> impl Iterator<Item = &'a Field> {
    let variants = context.model.variants();
    let known = move || variants.iter().filter(|variant| variant.keys.other.is_none());
    let is_method = |name: &str| {
        variants.iter().any(|variant| {
            let variant = snake(&variant.rust_name());
            name == format!("is_{variant}") || name == format!("as_{variant}")
        })
    };
    let first = known().next().filter(|_| known().all(|it| it.style == Style::Struct));
    let fields = first.into_iter().flat_map(|variant| &variant.fields);
    fields.filter(move |field| {
        let has = |variant: &Variant| variant.fields.iter().any(|it| is_same(context, field, it));
        !field.is_id && !is_method(&field.rust_name()) && known().all(has)
    })
}

fn is_same(context: &Context<'_>, one: &Field, other: &Field) -> bool {
    let is_plain = |field: &Field| {
        let is_known = matches!(field.encoding, Encoding::Natural | Encoding::Truncated);
        is_known && !field.is_skipped() && !field.is_flat()
    };
    let kept = |field: &Field| (field.keys.version.is_some(), field.is_time(), field.is_null);
    is_plain(one)
        && is_plain(other)
        && one.rust_name() == other.rust_name()
        && one.name.value == other.name.value
        && one.ty.to_string() == other.ty.to_string()
        && one.is_natural() == other.is_natural()
        && kept(one) == kept(other)
        && may_be_absent(context, one) == may_be_absent(context, other)
}
