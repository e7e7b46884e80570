//! The names and generics that all parts of an expansion share.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote};
use syn::{GenericParam, WherePredicate};

use crate::{
    model::{Default, Encoding, Field, Model},
    tokens::{mentions, replace_self},
};

/// What every part of an expansion needs.
pub(crate) struct Context<'a> {
    pub(crate) model: &'a Model,
    /// The alias of `odm::__private`.
    pub(crate) private: Ident,
    /// The type parameters of a handle: mode, root, value, spec.
    pub(crate) modes: [Ident; 4],
    /// The user's parameters with their bounds, as in `impl<…>`.
    parameters: Vec<TokenStream>,
    predicates: Vec<TokenStream>,
}

impl<'a> Context<'a> {
    pub(crate) fn new(model: &'a Model) -> Self {
        let fresh = |name| model.taken.fresh(name, Span::call_site());
        let private = fresh("odm_private");
        let parameters = model.generics.params.iter().map(|parameter| declared(model, parameter));
        Self {
            modes: ["M", "R", "V", "S"].map(fresh),
            parameters: parameters.collect(),
            predicates: predicates(model, &private),
            model,
            private,
        }
    }

    /// Tokens of which rustc's errors point at the type of a field.
    pub(crate) fn at_type(
        &self,
        field: &Field,
        write: impl FnOnce(&Ident, &TokenStream) -> TokenStream,
    ) -> TokenStream {
        let span = syn::spanned::Spanned::span(&field.ty);
        write(&Ident::new(&self.private.to_string(), span), &field.ty)
    }

    /// A name that the input does not use.
    pub(crate) fn fresh(&self, name: &str) -> Ident {
        self.model.taken.fresh(name, self.model.name.span())
    }

    /// `<'a, T: Bound>`.
    pub(crate) fn parameters(&self) -> TokenStream {
        let parameters = &self.parameters;
        if parameters.is_empty() { TokenStream::new() } else { quote!(<#(#parameters),*>) }
    }

    /// The parameters with their bounds, in order.
    pub(crate) fn declared(&self) -> impl Iterator<Item = TokenStream> {
        self.parameters.iter().cloned()
    }

    /// `<'a, T>`.
    pub(crate) fn arguments(&self) -> TokenStream {
        self.model.generics.split_for_impl().1.to_token_stream()
    }

    /// The predicates of the `where` clause.
    pub(crate) fn predicates(&self) -> &[TokenStream] {
        &self.predicates
    }

    /// `where …`.
    pub(crate) fn bounds(&self) -> TokenStream {
        let predicates = &self.predicates;
        if predicates.is_empty() { TokenStream::new() } else { quote!(where #(#predicates),*) }
    }

    /// A tuple type that uses every parameter, for `PhantomData`.
    pub(crate) fn mention(&self) -> TokenStream {
        let p = &self.private;
        let parameters =
            self.model.generics.params.iter().filter_map(|parameter| match parameter {
                GenericParam::Lifetime(lifetime) => {
                    let lifetime = &lifetime.lifetime;
                    Some(quote!(&#lifetime ()))
                }
                GenericParam::Type(ty) => {
                    let ident = &ty.ident;
                    Some(quote!(#p::PhantomData<#ident>))
                }
                GenericParam::Const(_) => None,
            });
        quote!(#(#parameters,)*)
    }

    /// `impl Trait for Type { … }`, the trait being one of `odm::__private`.
    pub(crate) fn implement(&self, name: &TokenStream, items: TokenStream) -> TokenStream {
        let (p, own) = (&self.private, &self.model.own);
        let (parameters, bounds) = (self.parameters(), self.bounds());
        emit! {
            #[automatically_derived]
            impl #parameters #p::#name for #own #bounds {
                #items
            }
        }
    }

    /// `Encode` and `Decode`, from their bodies over `self`, `out` and `element`.
    pub(crate) fn codec(&self, encode: TokenStream, decode: TokenStream) -> TokenStream {
        let p = &self.private;
        let encode = self.implement(
            &quote!(Encode),
            emit! {
                fn encode(&self, out: &mut #p::Encoder) -> #p::ElementType {
                    #encode
                }
            },
        );
        let decode = self.implement(
            &quote!(Decode),
            emit! {
                fn decode(element: #p::Element<'_>) -> #p::Result<Self, #p::DecodeError> {
                    #decode
                }
            },
        );
        emit! { #encode #decode }
    }

    /// `Field`, with the handle from its four type arguments.
    pub(crate) fn field_impl(
        &self,
        kind: &TokenStream,
        handle: &dyn Fn(TokenStream) -> TokenStream,
        more: TokenStream,
    ) -> TokenStream {
        self.field_impl_around(kind, handle, more, &|layers| layers.to_token_stream())
    }

    /// The same for a type that lets show what it holds: `layer` is what stands around values below
    /// it.
    pub(crate) fn field_impl_around(
        &self,
        kind: &TokenStream,
        handle: &dyn Fn(TokenStream) -> TokenStream,
        more: TokenStream,
        layer: &dyn Fn(&Ident) -> TokenStream,
    ) -> TokenStream {
        let (p, [m, r, v, s]) = (&self.private, &self.modes);
        let handle = handle(quote!(#m, #r, #v, #s));
        let layers = self.model.taken.fresh("W", Span::call_site());
        let layer = layer(&layers);
        self.implement(
            &quote!(Field),
            emit! {
                type Kind = #kind;
                type Inner = Self;
                type Handle<#m: #p::Mode, #r, #v, #s: #p::Spec> = #handle;
                type Layer<#layers: #p::Layers> = #layer;
                type Class = #p::class::Own<Self>;
                fn as_inner(&self) -> #p::Option<&Self> {
                    #p::Some(self)
                }
                #more
            },
        )
    }

    /// The parameters and predicates that `tokens` need: an `impl` may have no others.
    pub(crate) fn parameters_of(&self, tokens: &TokenStream) -> (TokenStream, TokenStream) {
        let params = || self.model.generics.params.iter();
        let is_used = |parameter: &GenericParam| {
            let name = name_of(parameter);
            mentions(tokens.clone(), &|ident| *ident == name)
        };
        let used = params().zip(&self.parameters).filter(|(param, _)| is_used(param));
        let used: Vec<_> = used.map(|(_, declared)| declared).collect();
        let unused: Vec<_> = params().filter(|param| !is_used(param)).map(name_of).collect();
        let is_bound = |predicate: &&TokenStream| {
            !mentions((*predicate).clone(), &|ident| unused.contains(ident))
        };
        let bounds = self.predicates.iter().filter(is_bound);
        (quote!(<#(#used),*>), quote!(where #(#bounds),*))
    }
}

fn name_of(parameter: &GenericParam) -> Ident {
    match parameter {
        GenericParam::Lifetime(lifetime) => lifetime.lifetime.ident.clone(),
        GenericParam::Type(ty) => ty.ident.clone(),
        GenericParam::Const(constant) => constant.ident.clone(),
    }
}

/// A parameter without its default.
fn declared(model: &Model, parameter: &GenericParam) -> TokenStream {
    let mut parameter = parameter.clone();
    match &mut parameter {
        GenericParam::Type(ty) => {
            ty.eq_token = None;
            ty.default = None;
        }
        GenericParam::Const(constant) => {
            constant.eq_token = None;
            constant.default = None;
        }
        GenericParam::Lifetime(_) => {}
    }
    replace_self(parameter.to_token_stream(), &model.own)
}

/// The user's predicates, and those that the stored fields need.
fn predicates(model: &Model, p: &Ident) -> Vec<TokenStream> {
    let user = model.generics.where_clause.iter().flat_map(|clause| &clause.predicates);
    let user = user
        .map(|predicate: &WherePredicate| replace_self(predicate.to_token_stream(), &model.own));
    let stored = model.generics.type_params().map(|parameter| &parameter.ident);
    let stored = stored.filter(|ident| {
        let names = |field: &Field| mentions(field.ty.clone(), &|found| found == *ident);
        model.all_fields().any(|field| !field.is_skipped() && field.is_natural() && names(field))
    });
    let stored = stored.map(|ident| quote!(#ident: #p::Field));
    let is_generic = |field: &&Field| {
        let names = |ident: &Ident| model.generics.type_params().any(|param| param.ident == *ident);
        mentions(field.ty.clone(), &names)
    };
    let defaulted = model.all_fields().filter(is_generic).filter_map(|field| {
        let ty = &field.ty;
        let needs_default = match field.default {
            Default::Trait => true,
            Default::None => !field.is_read() && model.keys.default.is_none(),
            Default::Path(_) => false,
        };
        needs_default.then(|| quote!(#ty: #p::Default))
    });
    let by_serde = model.all_fields().filter(is_generic);
    let by_serde = by_serde.filter(|field| matches!(field.encoding, Encoding::Serde));
    let by_serde = by_serde.map(|field| {
        let ty = &field.ty;
        quote!(#ty: #p::serde::Serialize + #p::serde::de::DeserializeOwned)
    });
    user.chain(stored).chain(defaulted).chain(by_serde).collect()
}
