//! Enums as models: their `_id`, what is kept in their documents, and `.only_circle()`.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;

use super::{body::binding, context::Context, encoding, identified, narrow, upkeep};
use crate::model::{Data, Field, Form, Style, Variant};

/// The tag, if the type is such a model.
pub(super) fn tag<'a>(context: &Context<'a>) -> Option<&'a str> {
    match &context.model.data {
        Data::Enum(Form::Internal(tag), _) if context.model.is_polymorphic() => Some(&tag.value),
        _ => None,
    }
}

/// What the variants agree on, and the methods for one variant.
pub(super) fn expand(context: &Context<'_>) -> Option<TokenStream> {
    let tag = tag(context)?;
    let identified = identified(context, tag);
    let described = described(context);
    let checks = id_checks(context);
    let (version, narrow) = (version(context), narrow::expand(context, tag));
    Some(emit! { #identified #described #checks #version #narrow })
}

/// The field that holds the `_id`, and its type in `_id`'s own words: of a struct variant the type
/// of the field, of a newtype that of what it holds.
fn id_type(context: &Context<'_>, variant: &Variant) -> Option<TokenStream> {
    match variant.style {
        Style::Struct => variant.id().map(|id| context.at_type(id, |_, ty| emit!(#ty))),
        Style::Newtype => variant.fields.first().map(|field| {
            context.at_type(field, |p, ty| quote_spanned!(p.span()=> <#ty as #p::HasId>::IdField))
        }),
        Style::Unit | Style::Tuple => None,
    }
}

/// The type of the `_id` in the variants: written out in the first one that says it.
pub(super) fn common_id(context: &Context<'_>) -> TokenStream {
    let variants = context.model.variants();
    let of_style = |style| variants.iter().filter(move |variant| variant.style == style);
    let mut types = of_style(Style::Struct).chain(of_style(Style::Newtype));
    types.find_map(|variant| id_type(context, variant)).unwrap_or_else(|| emit!(()))
}

/// The same without `Option`.
fn inner(context: &Context<'_>, common: &TokenStream) -> TokenStream {
    let (place, p) = place(context, common);
    quote_spanned!(place=> <#common as #p::Field>::Inner)
}

/// The `_id` where a variant has a field for it.
pub(super) fn named_id<'a>(context: &Context<'a>) -> Option<&'a Field> {
    context.model.variants().iter().find_map(Variant::id)
}

/// `Identified`, which all else is taken from.
fn identified(context: &Context<'_>, tag: &str) -> TokenStream {
    let (p, common) = (&context.private, common_id(context));
    let variants = context.model.variants();
    // A document of a variant that is not known, and that holds nothing, has no `_id` here.
    let may_be_unset = variants.iter().any(|variant| variant.style == Style::Unit);
    let inner = inner(context, &common);
    let id_field = match may_be_unset {
        true => emit!(#p::Option<#inner>),
        false => common.clone(),
    };
    let arms = variants.iter().map(|variant| id_arm(context, variant, &common));
    let (upkeep, on_delete) = (upkeep_of(context), on_delete(context, tag));
    let version = version_of(context);
    let (place, p) = place(context, &common);
    let items = quote_spanned! { place=>
        type IdField = #id_field;
        #upkeep
        fn document_id(&self) -> #p::Option<&#inner> {
            match self { #(#arms)* }
        }
        #on_delete
        #version
    };
    context.implement_where(&quote!(Identified), generic_bounds(context, &common), items)
}

/// Where rustc says that the first variant has no `_id`, at its type, and the alias of
/// `odm::__private` there.
pub(super) fn place(context: &Context<'_>, common: &TokenStream) -> (Span, Ident) {
    let place = common.span();
    (place, Ident::new(&context.private.to_string(), place))
}

fn id_arm(context: &Context<'_>, variant: &Variant, common: &TokenStream) -> TokenStream {
    let (p, ident) = (&context.private, &variant.ident);
    match (variant.style, variant.id(), variant.fields.first()) {
        (Style::Struct, Some(id), _) => {
            let (member, value) = (&id.member, binding(id));
            let inner = encoding::call(context, (&variant.rust_name(), id), "inner", emit!(#value));
            let same = same_id(context, id, (common, inner));
            emit!(Self::#ident { #member: #value, .. } => #same,)
        }
        (Style::Newtype, _, Some(field)) => {
            let value = emit!(value);
            let inner = context.at_type(
                field,
                |p, ty| quote_spanned!(p.span()=> <#ty as #p::HasId>::document_id(#value)),
            );
            let same = newtype_id(context, field, (common, inner));
            emit!(Self::#ident { 0: value } => #same,)
        }
        _ => emit!(Self::#ident { .. } => #p::None,),
    }
}

fn same_id(
    context: &Context<'_>,
    id: &Field,
    (common, inner): (&TokenStream, TokenStream),
) -> TokenStream {
    context
        .at_type(id, |p, ty| quote_spanned!(p.span()=> <#ty as #p::SameId<#common>>::same(#inner)))
}

fn newtype_id(
    context: &Context<'_>,
    field: &Field,
    (common, inner): (&TokenStream, TokenStream),
) -> TokenStream {
    context.at_type(field, |p, ty| {
        quote_spanned!(p.span()=>
            <<#ty as #p::HasId>::IdField as #p::SameId<#common>>::same(#inner)
        )
    })
}

/// What is asked of the variants whose data depends on parameters.
pub(super) fn generic_bounds(context: &Context<'_>, common: &TokenStream) -> Option<TokenStream> {
    let p = &context.private;
    let variants = context.model.variants().iter();
    let bounds = variants.filter_map(|variant| {
        let field = match variant.style {
            Style::Newtype => variant.fields.first(),
            _ => variant.id(),
        };
        let ty = &field.filter(|field| context.is_generic(field))?.ty;
        Some(match variant.style {
            Style::Newtype => emit!(#ty: #p::HasId<IdField: #p::SameId<#common>>),
            _ => emit!(#ty: #p::SameId<#common>),
        })
    });
    let bounds: Vec<_> = bounds.collect();
    (!bounds.is_empty()).then(|| emit!(#(#bounds),*))
}

/// The documents that hold what is kept: all but those of variants that are not known.
fn known<'a>(context: &Context<'a>) -> impl Iterator<Item = &'a Variant> {
    context.model.variants().iter().filter(|variant| variant.keys.other.is_none())
}

fn upkeep_of(context: &Context<'_>) -> Option<TokenStream> {
    let p = &context.private;
    let is_kept = |variant: &Variant| {
        variant.style == Style::Newtype || variant.fields.iter().any(Field::is_kept)
    };
    known(context).find(|variant| is_kept(variant))?;
    let all = known(context).map(|variant| match (variant.style, variant.fields.first()) {
        (Style::Newtype, Some(field)) => {
            context.at_type(field, |p, ty| quote_spanned!(p.span()=> <#ty as #p::HasId>::UPKEEP))
        }
        _ => upkeep::of_fields(context, &variant.fields),
    });
    Some(emit! {
        const UPKEEP: &'static #p::Upkeep = #p::Upkeep::of_variants(&[#(#all),*]);
    })
}

fn on_delete(context: &Context<'_>, tag: &str) -> Option<TokenStream> {
    let p = &context.private;
    let rules = known(context).filter_map(|variant| {
        let name = &variant.name.value;
        if let (Style::Newtype, Some(field)) = (variant.style, variant.fields.first()) {
            let of_data = context
                .at_type(field, |p, ty| quote_spanned!(p.span()=> <#ty as #p::HasId>::on_delete()));
            return Some(emit! {
                for rule in #of_data {
                    #p::Vec::push(&mut rules, rule.of_variant(#tag, #name));
                }
            });
        }
        let own = super::on_delete_rules(context, &variant.fields);
        (!own.is_empty())
            .then(|| emit!(#(#p::Vec::push(&mut rules, #own.of_variant(#tag, #name));)*))
    });
    let rules: Vec<_> = rules.collect();
    (!rules.is_empty()).then(|| {
        emit! {
            fn on_delete() -> #p::Vec<#p::OnDelete> {
                let mut rules = #p::Vec::new();
                #(#rules)*
                rules
            }
        }
    })
}

/// The version that was loaded.
fn version_of(context: &Context<'_>) -> Option<TokenStream> {
    let p = &context.private;
    let arms = known(context).filter_map(|variant| {
        let ident = &variant.ident;
        match (variant.style, variant.fields.first()) {
            (Style::Newtype, Some(field)) => {
                let ty = &field.ty;
                Some(emit!(Self::#ident { 0: value } => <#ty as #p::HasId>::version(value),))
            }
            _ => {
                let field = variant.fields.iter().find(|field| field.keys.version.is_some())?;
                let (member, value) = (&field.member, binding(field));
                let number = identified::number(context, field, emit!(#value));
                Some(emit!(Self::#ident { #member: #value, .. } => #p::Some(#number),))
            }
        }
    });
    let arms: Vec<_> = arms.collect();
    (!arms.is_empty()).then(|| {
        emit! {
            fn version(&self) -> #p::Option<i64> {
                #[allow(unreachable_patterns)]
                match self { #(#arms)* _ => #p::None }
            }
        }
    })
}

/// `Versioned`, if a variant says that it has a version: then all have one.
fn version(context: &Context<'_>) -> Option<TokenStream> {
    let p = &context.private;
    let fields = || known(context).flat_map(|variant| &variant.fields);
    fields().find(|field| field.keys.version.is_some())?;
    Some(context.implement(
        &quote!(Versioned),
        emit! {
            fn loaded_version(&self) -> i64 {
                #p::Option::unwrap_or(<Self as #p::HasId>::version(self), 0)
            }
        },
    ))
}

fn described(context: &Context<'_>) -> TokenStream {
    let common = common_id(context);
    let inner = inner(context, &common);
    let (collection, options) = (super::collection(context), super::options(context));
    let (place, p) = place(context, &common);
    let items = quote_spanned! { place=>
        type Id = #inner;
        type IdField = <Self as #p::HasId>::IdField;
        const COLLECTION: &'static str = #collection;
        const UPKEEP: &'static #p::Upkeep = <Self as #p::HasId>::UPKEEP;
        fn document_id(&self) -> #p::Option<&Self::Id> {
            <Self as #p::HasId>::document_id(self)
        }
        fn on_delete() -> #p::Vec<#p::OnDelete> {
            <Self as #p::HasId>::on_delete()
        }
        #options
    };
    context.implement_where(&quote!(Described), generic_bounds(context, &common), items)
}

/// An `_id` of a type that the server takes; those of newtypes are checked where they are derived.
fn id_checks(context: &Context<'_>) -> TokenStream {
    named_id(context).and_then(|id| super::id_check(context, id)).unwrap_or_default()
}
