//! The names and generics that all parts of an expansion share.

use proc_macro2::{Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::GenericParam;

use super::bounds;
use crate::{
    model::{Data, Field, Form, Model},
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
            modes: ["Mode", "Model", "Value", "Stored"].map(fresh),
            parameters: parameters.collect(),
            predicates: bounds::predicates(model, &private),
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

    /// What the type of a field says of its values. An error of it is equal to that of the type of
    /// the handle, so that rustc shows one.
    pub(crate) fn facts(&self, field: &Field) -> TokenStream {
        self.at_type(field, |p, ty| {
            let ty = located_at(ty.clone(), p.span());
            quote_spanned!(p.span()=> <#ty as #p::Field>::FACTS)
        })
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

    /// The arguments one by one.
    pub(crate) fn argument_names(&self) -> Vec<TokenStream> {
        let argument = |parameter: &GenericParam| match parameter {
            GenericParam::Lifetime(lifetime) => lifetime.lifetime.to_token_stream(),
            other => name_of(other).to_token_stream(),
        };
        self.model.generics.params.iter().map(argument).collect()
    }

    /// The bounds of a type that borrows nothing.
    pub(crate) fn outlive(&self) -> Vec<TokenStream> {
        let params = self.model.generics.params.iter().zip(self.argument_names());
        let params = params.filter(|(param, _)| !matches!(param, GenericParam::Const(_)));
        params.map(|(_, name)| quote!(#name: 'static)).collect()
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

    /// Whether the type of a field depends on a parameter.
    pub(crate) fn is_generic(&self, field: &Field) -> bool {
        let names: Vec<_> = self.model.generics.params.iter().map(name_of).collect();
        mentions(field.ty.clone(), &|ident| names.contains(ident))
    }

    /// The names of the type, or of one of its variants, with which its flattened fields share a
    /// document.
    pub(crate) fn names(&self, variant: Option<usize>) -> TokenStream {
        let (p, own) = (&self.private, &self.model.own);
        let variant = variant.map(|variant| quote!(.variant(#variant)));
        quote!(const { &<#own as #p::Flatten>::NAMES } #variant)
    }

    /// The check of the names of a type without parameters; one with parameters is checked where
    /// it is used.
    pub(crate) fn names_check(&self) -> Option<TokenStream> {
        let (p, own) = (&self.private, &self.model.own);
        let is_plain = self.model.generics.params.is_empty();
        let is_inline = matches!(self.model.data, Data::Enum(Form::Internal(_), _));
        let has_parts = is_inline || self.model.all_fields().any(Field::is_flat);
        (is_plain && has_parts).then(|| emit!(const _: #p::Names = <#own as #p::Flatten>::NAMES;))
    }

    /// `impl Trait for Type { … }`, the trait being one of `odm::__private`.
    pub(crate) fn implement(&self, name: &TokenStream, items: TokenStream) -> TokenStream {
        self.implement_where(name, None, items)
    }

    /// The same with one more predicate.
    pub(crate) fn implement_where(
        &self,
        name: &TokenStream,
        bound: Option<TokenStream>,
        items: TokenStream,
    ) -> TokenStream {
        let (p, own) = (&self.private, &self.model.own);
        let parameters = self.parameters();
        let predicates = self.predicates.iter().cloned().chain(bound);
        emit! {
            #[automatically_derived]
            impl #parameters #p::#name for #own where #(#predicates,)* {
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

/// The same tokens for rustc, which are shown at one place.
fn located_at(tokens: TokenStream, place: Span) -> TokenStream {
    let moved = tokens.into_iter().map(|mut token| {
        if let TokenTree::Group(group) = &token {
            let inner = located_at(group.stream(), place);
            token = Group::new(group.delimiter(), inner).into();
        }
        token.set_span(token.span().located_at(place));
        token
    });
    moved.collect()
}
