//! Step 4: the code.
//!
//! After a mistake the same code is written from what is left, so that no second error follows.

mod body;
mod bounds;
mod common;
mod context;
mod encoding;
mod enums;
mod handle;
mod identified;
mod narrow;
mod newtype;
mod polymorphic;
mod structs;
mod units;
mod upkeep;
mod variants;

use proc_macro2::TokenStream;
use quote::{ToTokens, quote, quote_spanned};

use self::context::Context;
use crate::{
    attribute::ON_DELETE,
    model::{Data, Field, Model, Role},
    tokens::replace_self,
};

/// Writes the implementations for a type.
pub(crate) fn expand(model: &Model) -> TokenStream {
    let context = Context::new(model);
    let code = match &model.data {
        Data::Struct(fields) => structs::document(&context, fields),
        Data::Tuple(fields) => structs::array(&context, fields),
        Data::Newtype(fields) => newtype::expand(&context, fields),
        Data::Units(variants) => units::expand(&context, variants),
        Data::Enum(form, variants) => enums::expand(&context, form, variants),
        Data::Refused => refused(&context),
    };
    let encodings = encoding::markers(&context);
    let is_plain_model = model.role == Role::Model && !model.is_polymorphic();
    let model_impl = is_plain_model.then(|| plain_model(&context));
    let identified = identified::expand(&context);
    let polymorphic = polymorphic::expand(&context);
    let embedded = context.implement(&quote!(Embedded), TokenStream::new());
    let derived = derived(&context);
    let (krate, p) = (&model.krate, &context.private);
    emit! {
        #[doc(hidden)]
        #[allow(
            deprecated, missing_debug_implementations, non_camel_case_types, non_snake_case,
            non_upper_case_globals, private_bounds, private_interfaces, unreachable_pub,
            unused_qualifications, clippy::all, clippy::pedantic, clippy::nursery
        )]
        const _: () = {
            use #krate::__private as #p;
            #encodings
            #code
            #embedded
            #derived
            #model_impl
            #identified
            #polymorphic
        };
    }
}

/// What gives the type its functions, whatever its arguments are. If an argument cannot be stored,
/// the bound of the function says so; otherwise the function would be missing.
fn derived(context: &Context<'_>) -> TokenStream {
    let (p, own, parameters) = (&context.private, &context.model.own, context.parameters());
    let bounds = context.model.generics.where_clause.as_ref();
    let bounds = bounds.map(|bounds| replace_self(bounds.to_token_stream(), own));
    emit! {
        #[automatically_derived]
        impl #parameters #p::Derived for #own #bounds {}
    }
}

/// A model that is a struct.
fn plain_model(context: &Context<'_>) -> TokenStream {
    let (model_impl, version) = (model_impl(context), upkeep::version(context));
    let id_check = context.model.id().and_then(|id| id_check(context, id));
    emit! { #model_impl #version #id_check }
}

/// The name of the model's collection.
fn collection(context: &Context<'_>) -> String {
    match &context.model.keys.collection {
        Some(collection) => collection.value.clone(),
        None => crate::case::snake(&context.model.name.to_string()),
    }
}

fn model_impl(context: &Context<'_>) -> TokenStream {
    let (model, p) = (context.model, &context.private);
    let collection = collection(context);
    let (id_type, id_field, id) = match model.id() {
        Some(field) => {
            let member = &field.member;
            let id = encoding::call(context, ("", field), "inner", emit!(&self.#member));
            (
                context
                    .at_type(field, |p, ty| quote_spanned!(p.span()=> <#ty as #p::Field>::Inner)),
                context.at_type(field, |_, ty| emit!(#ty)),
                id,
            )
        }
        None => (emit!(()), emit!(()), emit!(#p::None)),
    };
    let (options, on_delete) = (options(context), on_delete(context));
    let upkeep = upkeep::constant(context);
    context.implement_where(
        &quote!(Described),
        id_bound(context),
        emit! {
            type Id = #id_type;
            type IdField = #id_field;
            const COLLECTION: &'static str = #collection;
            #upkeep
            fn document_id(&self) -> #p::Option<&Self::Id> {
                #id
            }
            #options
            #on_delete
        },
    )
}

/// What is asked of an `_id` whose type depends on parameters.
fn id_bound(context: &Context<'_>) -> Option<TokenStream> {
    let (p, id) = (&context.private, context.model.id().filter(|id| context.is_generic(id))?);
    let ty = &id.ty;
    Some(emit!(<#ty as #p::Field>::Kind: #p::kind::Identifying<#ty>))
}

/// What is done to the documents when what they refer to is deleted.
fn on_delete(context: &Context<'_>) -> Option<TokenStream> {
    let p = &context.private;
    let rules = on_delete_rules(context, context.model.fields());
    (!rules.is_empty()).then(|| {
        emit! {
            fn on_delete() -> #p::Vec<#p::OnDelete> {
                let mut rules = #p::Vec::new();
                #(#p::Vec::push(&mut rules, #rules);)*
                rules
            }
        }
    })
}

/// The same as expressions, one a field.
fn on_delete_rules(context: &Context<'_>, fields: &[Field]) -> Vec<TokenStream> {
    let rules = fields.iter().filter_map(|field| {
        let action = &field.keys.on_delete.as_ref()?.value;
        let action = ON_DELETE.iter().find(|known| *known == action)?;
        let (name, is_null) = (&field.name.value, field.is_null);
        let name = if field.is_id { "_id" } else { name };
        Some(context.at_type(field, |p, ty| {
            let action = syn::Ident::new(action, p.span());
            quote_spanned!(p.span()=> #p::OnDelete::#action::<#ty>(#name, #is_null))
        }))
    });
    rules.collect()
}

/// The check of an `_id` whose type is known; one that depends on parameters is a bound.
fn id_check(context: &Context<'_>, id: &Field) -> Option<TokenStream> {
    let is_known = !context.is_generic(id);
    is_known.then(|| {
        context.at_type(id, |p, ty| {
            let kind = quote_spanned!(p.span()=> <#ty as #p::Field>::Kind);
            quote_spanned!(p.span()=>
                const _: #p::PhantomData<<#kind as #p::kind::Identifying<#ty>>::Asked> =
                    #p::PhantomData;
            )
        })
    })
}

/// How a model is read, written and kept, if it says so.
fn options(context: &Context<'_>) -> Option<TokenStream> {
    let (keys, p) = (&context.model.keys, &context.private);
    let given = [
        ("read_preference", &keys.read_preference),
        ("read_concern", &keys.read_concern),
        ("write_concern", &keys.write_concern),
    ];
    let given = given.into_iter().filter_map(|(name, key)| Some((name, key.as_ref()?)));
    let mut setters: Vec<_> = given
        .map(|(name, key)| {
            let (name, value) = (quote::format_ident!("{name}"), &key.value);
            emit! { options.#name(#value); }
        })
        .collect();
    setters.extend(keys.pre_and_post_images.map(|_| emit! { options.pre_and_post_images(); }));
    (!setters.is_empty()).then(|| {
        emit! {
            fn options() -> #p::ModelOptions {
                let mut options = #p::ModelOptions::default();
                #(#setters)*
                options
            }
        }
    })
}

/// What a type that cannot be stored gets, so that its uses are no errors of their own.
fn refused(context: &Context<'_>) -> TokenStream {
    let p = &context.private;
    let codec = context.codec(
        emit!(#p::refused(out)),
        emit!(#p::Err(#p::DecodeError::new("the type cannot be stored"))),
    );
    let flatten = context.implement(
        &quote!(Flatten),
        emit! {
            const NAMES: #p::Names = #p::Names::of("", &[], &[]);
            fn encode_elements(&self, _: &mut #p::Encoder) {}
            fn claims(_: &str) -> bool {
                false
            }
            fn has_key(&self, _: &str) -> bool {
                false
            }
        },
    );
    let field = context.field_impl(
        &emit!(#p::kind::Other),
        &|modes| emit!(#p::Scalar<#modes>),
        TokenStream::new(),
    );
    emit! { #codec #flatten #field }
}
