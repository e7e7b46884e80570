//! What the implementations ask of the user's type parameters.

use std::collections::BTreeSet;

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote};
use syn::{
    Type, TypeMacro, TypePath, WherePredicate,
    visit::{self, Visit},
};

use crate::{
    model::{Default, Encoding, Field, Model},
    tokens::{mentions, replace_self},
};

/// The user's predicates, and those that the stored fields need.
pub(super) fn predicates(model: &Model, p: &Ident) -> Vec<TokenStream> {
    let user = model.generics.where_clause.iter().flat_map(|clause| &clause.predicates);
    let user = user
        .map(|predicate: &WherePredicate| replace_self(predicate.to_token_stream(), &model.own));
    let fields: Vec<_> = model.all_fields().filter(|field| is_generic(model, field)).collect();
    let mut stored = Uses::of(model);
    for field in fields.iter().filter(|field| !field.is_skipped() && field.is_natural()) {
        stored.add(&field.ty);
    }
    let stored = stored.types().map(|ty| quote!(#ty: #p::Field));
    let defaulted = fields.iter().filter(|field| needs_default(model, field)).map(|field| {
        let ty = &field.ty;
        quote!(#ty: #p::Default)
    });
    let by_serde = fields.iter().filter(|field| matches!(field.encoding, Encoding::Serde));
    let by_serde = by_serde.map(|field| {
        let ty = &field.ty;
        quote!(#ty: #p::serde::Serialize + #p::serde::de::DeserializeOwned)
    });
    let truncated = fields.iter().filter(|field| matches!(field.encoding, Encoding::Truncated));
    let truncated = truncated.map(|field| {
        let ty = &field.ty;
        quote!(#p::Truncated: #p::FieldCodec<#ty>)
    });
    user.chain(stored).chain(defaulted).chain(by_serde).chain(truncated).collect()
}

fn is_generic(model: &Model, field: &Field) -> bool {
    let is_parameter = |ident: &Ident| model.generics.type_params().any(|ty| ty.ident == *ident);
    mentions(field.ty.clone(), &is_parameter)
}

fn needs_default(model: &Model, field: &Field) -> bool {
    match field.default {
        Default::Trait => true,
        Default::None => !field.is_read() && model.keys.default.is_none(),
        Default::Path(_) => false,
    }
}

/// How types use the parameters: `T` itself, or `T::Item`, which asks nothing of `T`.
struct Uses<'a> {
    model: &'a Model,
    parameters: Vec<&'a Ident>,
    direct: Vec<bool>,
    associated: BTreeSet<String>,
    paths: Vec<TokenStream>,
}

impl<'a> Uses<'a> {
    fn of(model: &'a Model) -> Self {
        let parameters: Vec<_> = model.generics.type_params().map(|ty| &ty.ident).collect();
        let direct = vec![false; parameters.len()];
        Self { model, parameters, direct, associated: BTreeSet::new(), paths: Vec::new() }
    }

    fn add(&mut self, ty: &TokenStream) {
        match syn::parse2::<Type>(ty.clone()) {
            Ok(ty) => self.visit_type(&ty),
            Err(_) => self.add_mentioned(ty),
        }
    }

    fn add_mentioned(&mut self, tokens: &TokenStream) {
        for (parameter, direct) in self.parameters.iter().zip(&mut self.direct) {
            *direct |= mentions(tokens.clone(), &|ident| ident == *parameter);
        }
    }

    /// The parameters and associated types that are stored.
    fn types(self) -> impl Iterator<Item = TokenStream> {
        let direct = self.parameters.into_iter().zip(self.direct).filter(|(_, direct)| *direct);
        direct.map(|(ident, _)| ident.to_token_stream()).chain(self.paths)
    }
}

impl Visit<'_> for Uses<'_> {
    fn visit_type_path(&mut self, node: &TypePath) {
        let Some(first) = node.path.segments.first() else { return };
        let parameter = self.parameters.iter().position(|ident| **ident == first.ident);
        match parameter {
            _ if node.qself.is_some() => self.add_path(node),
            Some(index) if node.path.segments.len() == 1 => self.direct[index] = true,
            Some(_) => self.add_path(node),
            // What the type asks of its own parameters is asked by its other fields.
            None if first.ident == self.model.name => {}
            None => visit::visit_type_path(self, node),
        }
    }

    fn visit_type_macro(&mut self, node: &TypeMacro) {
        self.add_mentioned(&node.to_token_stream());
    }
}

impl Uses<'_> {
    fn add_path(&mut self, node: &TypePath) {
        let tokens = node.to_token_stream();
        let is_parameter = |ident: &Ident| self.parameters.contains(&ident);
        if mentions(tokens.clone(), &is_parameter) && self.associated.insert(tokens.to_string()) {
            self.paths.push(tokens);
        }
    }
}
