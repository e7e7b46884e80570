//! The generated handles: one method a field.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::GenericParam;

use super::{
    context::Context,
    encoding::{may_be_absent, spec},
};
use crate::model::Field;

/// A handle type, with methods written elsewhere.
pub(super) fn handle(
    context: &Context<'_>,
    name: &Ident,
    documentation: &str,
    methods: &TokenStream,
) -> TokenStream {
    let (p, modes @ [m, r, v, s]) = (&context.private, &context.modes);
    let plain = declaration(context, &modes.each_ref().map(ToTokens::to_token_stream));
    let declared = declaration(context, &with_defaults(context));
    let bounded =
        declaration(context, &[quote!(#m: #p::Mode), quote!(#r), quote!(#v), quote!(#s: #p::Spec)]);
    let typed = arguments(context, &quote!(#m, #r, #v, #s));
    let mention = context.mention();
    let (full, bounds) = (methods_parameters(context), context.bounds());
    let implementation = (!methods.is_empty()).then(|| {
        emit! {
            impl #full #name #typed #bounds {
                #methods
            }
        }
    });
    let implementations = handle_impls(context, &bounded, &plain, &quote!(#name #typed));
    let operand = operand(context, name);
    emit! {
        #[doc = #documentation]
        pub struct #name #declared {
            path: #p::Path,
            types: #p::PhantomData<fn() -> (#m, #r, #v, #s, #mention)>,
        }
        #implementations
        #operand
        #implementation
    }
}

/// The mode arguments, with what they are at the root: rustc leaves out of its messages what is the
/// default. Behind a default there can be no parameter without one.
fn with_defaults(context: &Context<'_>) -> [TokenStream; 4] {
    let (p, own, [m, r, v, s]) = (&context.private, &context.model.own, &context.modes);
    let mut parameters = context.model.generics.params.iter();
    match parameters.all(|parameter| matches!(parameter, GenericParam::Lifetime(_))) {
        true => [quote!(#m), quote!(#r = #own), quote!(#v = #own), quote!(#s = #p::Required)],
        false => context.modes.each_ref().map(ToTokens::to_token_stream),
    }
}

/// `Handle` and `Clone`.
fn handle_impls(
    context: &Context<'_>,
    bounded: &TokenStream,
    plain: &TokenStream,
    name: &TokenStream,
) -> TokenStream {
    let (p, [m, r, v, s]) = (&context.private, &context.modes);
    emit! {
        #[automatically_derived]
        impl #bounded #p::Handle for #name {
            type Mode = #m;
            type Root = #r;
            type Value = #v;
            type Spec = #s;
            fn from_path(path: #p::Path) -> Self {
                Self { path, types: #p::PhantomData }
            }
            fn as_path(&self) -> &#p::Path {
                &self.path
            }
        }
        #[automatically_derived]
        impl #plain #p::Clone for #name {
            fn clone(&self) -> Self {
                Self { path: #p::Clone::clone(&self.path), types: #p::PhantomData }
            }
        }
    }
}

/// The handle of an expression stands for its value.
fn operand(context: &Context<'_>, name: &Ident) -> TokenStream {
    let (p, [_, r, v, s]) = (&context.private, &context.modes);
    let layers = context.fresh("W");
    let parameters = [
        quote!(#layers: #p::Layers),
        quote!(#r),
        quote!(#v: #p::Field),
        quote!(#s: #p::Spec + #p::NaturallyStored),
    ];
    let declared = declaration(context, &parameters);
    let reading = arguments(context, &quote!(#p::Reading<#layers>, #r, #v, #s));
    emit! {
        #[automatically_derived]
        impl #declared #p::Operand<#r> for #name #reading {
            type Value = #p::Read<#layers, #v, #s>;
            fn into_expr(self) -> #p::Expr<#r, Self::Value> {
                #p::Expression::expr(&self)
            }
        }
        #[automatically_derived]
        impl #declared #p::Given for #name #reading {
            type Value = #p::Read<#layers, #v, #s>;
        }
    }
}

/// The handle of a document with `fields`.
pub(super) fn of_fields(
    context: &Context<'_>,
    name: &Ident,
    documentation: &str,
    (prefix, variant, fields): (&str, Option<usize>, &[Field]),
) -> TokenStream {
    let mut parts = 0..;
    let methods = fields.iter().filter(|field| !field.is_skipped());
    let methods = methods.map(|field| {
        let part = if field.is_flat() { parts.next() } else { None };
        method(context, (prefix, variant), (field, part))
    });
    let methods = methods.collect();
    handle(context, name, documentation, &methods)
}

/// `<'a, M, R, V, S, T>` from the four mode arguments.
pub(super) fn arguments(context: &Context<'_>, modes: &TokenStream) -> TokenStream {
    let (lifetimes, others) = split(context, |parameter| match parameter {
        GenericParam::Lifetime(lifetime) => lifetime.lifetime.to_token_stream(),
        GenericParam::Type(ty) => ty.ident.to_token_stream(),
        GenericParam::Const(constant) => constant.ident.to_token_stream(),
    });
    quote!(<#(#lifetimes,)* #modes #(, #others)*>)
}

/// The type of a field's handle below one with the spec `S`.
pub(super) fn field_handle(
    context: &Context<'_>,
    (prefix, field): (&str, &Field),
    step: &str,
) -> TokenStream {
    let [m, r, v, s] = &context.modes;
    // The spec of a flattened field is not its fields' own: what may be absent is said here.
    let is_absent = field.is_flat() && may_be_absent(context, field);
    let step = if is_absent { "Entry" } else { step };
    let step = Ident::new(step, proc_macro2::Span::call_site());
    let spec = spec(context, prefix, field);
    context.at_type(field, |p, ty| match (field.is_flat(), field.is_natural()) {
        (true, _) => quote_spanned!(p.span()=> #p::Inlined<#ty, #p::#step<#m, #v, #s>, #r, #s>),
        (_, true) => quote_spanned!(p.span()=> #p::At<#ty, #p::#step<#m, #v, #s>, #r, #s, #spec>),
        (_, false) => {
            quote_spanned!(p.span()=> #p::ScalarAt<#ty, #p::#step<#m, #v, #s>, #r, #s, #spec>)
        }
    })
}

/// The method of a field.
pub(super) fn method(
    context: &Context<'_>,
    (prefix, variant): (&str, Option<usize>),
    (field, part): (&Field, Option<usize>),
) -> TokenStream {
    let (p, visibility) = (&context.private, &context.model.visibility);
    let [mode, ..] = &context.modes;
    let (member, name) = (&field.member, &field.name.value);
    let result = field_handle(context, (prefix, field), "Below");
    let facts = context.facts(field);
    let path = match part {
        Some(part) => {
            let names = context.names(variant);
            emit!(#p::flattened(&self.path, (#names, #part), #facts))
        }
        None if field.is_natural() => emit!(#p::child_with(&self.path, #name, #facts)),
        None => emit!(#p::encoded(&self.path, #name)),
    };
    let documentation = documentation(field);
    emit! {
        #documentation
        #visibility fn #member(&self) -> #result
        where
            #mode: #p::Reached,
        {
            #path
        }
    }
}

/// The user's own words, and the stored name if it is another.
fn documentation(field: &Field) -> TokenStream {
    let (own, rust, stored) = (&field.documentation, field.rust_name(), &field.name.value);
    let has_text = own.iter().any(|attribute| attribute.path().is_ident("doc"));
    let line = match (has_text, rust == *stored || field.is_flat()) {
        (true, true) => None,
        (true, false) => Some(format!("\n\nStored as `{stored}`.")),
        (false, true) => Some(format!("The field `{rust}`.")),
        (false, false) => Some(format!("The field `{rust}`, stored as `{stored}`.")),
    };
    let line = line.map(|line| quote!(#[doc = #line]));
    quote!(#(#own)* #line)
}

/// The parameters of the handle alone: the user's bounds are not needed to hold a path.
fn declaration(context: &Context<'_>, modes: &[TokenStream; 4]) -> TokenStream {
    let (lifetimes, others) = split(context, |parameter| match parameter {
        GenericParam::Lifetime(lifetime) => lifetime.lifetime.to_token_stream(),
        GenericParam::Type(ty) => {
            let (p, ident) = (&context.private, &ty.ident);
            quote!(#ident: ?#p::Sized)
        }
        GenericParam::Const(constant) => {
            let (ident, ty) = (&constant.ident, &constant.ty);
            quote!(const #ident: #ty)
        }
    });
    quote!(<#(#lifetimes,)* #(#modes),* #(, #others)*>)
}

/// The parameters of the methods, with the user's bounds.
fn methods_parameters(context: &Context<'_>) -> TokenStream {
    let (p, [m, r, v, s]) = (&context.private, &context.modes);
    let mut declared = context.declared();
    let (lifetimes, others) = split(context, |_| declared.next().unwrap_or_default());
    quote!(<#(#lifetimes,)* #m: #p::Mode, #r, #v: #p::Field, #s: #p::Spec #(, #others)*>)
}

/// Lifetimes come first, then our own parameters, then the user's others.
fn split(
    context: &Context<'_>,
    mut tokens: impl FnMut(&GenericParam) -> TokenStream,
) -> (Vec<TokenStream>, Vec<TokenStream>) {
    let (mut lifetimes, mut others) = (Vec::new(), Vec::new());
    for parameter in &context.model.generics.params {
        match parameter {
            GenericParam::Lifetime(_) => lifetimes.push(tokens(parameter)),
            _ => others.push(tokens(parameter)),
        }
    }
    (lifetimes, others)
}
