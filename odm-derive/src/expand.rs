//! Step 4: the code.
//!
//! After a mistake the same code is written from what is left, so that no second error follows.

mod body;
mod bounds;
mod context;
mod encoding;
mod enums;
mod handle;
mod newtype;
mod structs;
mod units;
mod upkeep;
mod variants;

use proc_macro2::TokenStream;
use quote::{ToTokens, quote, quote_spanned};

use self::context::Context;
use crate::{
    attribute::ON_DELETE,
    model::{Data, Model, Role},
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
    let model_impl = (model.role == Role::Model).then(|| model_impl(&context));
    let id_check = (model.role == Role::Model).then(|| id_check(&context));
    let version = (model.role == Role::Model).then(|| upkeep::version(&context));
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
            #version
            #id_check
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

fn model_impl(context: &Context<'_>) -> TokenStream {
    let (model, p) = (context.model, &context.private);
    let collection = match &model.keys.collection {
        Some(collection) => collection.value.clone(),
        None => crate::case::snake(&model.name.to_string()),
    };
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
    let bound = model.id().filter(|id| context.is_generic(id)).map(|id| {
        let ty = &id.ty;
        emit!(<#ty as #p::Field>::Kind: #p::kind::Identifying<#ty>)
    });
    context.implement_where(
        &quote!(Described),
        bound,
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

/// What is done to the documents when what they refer to is deleted.
fn on_delete(context: &Context<'_>) -> Option<TokenStream> {
    let rules = context.model.fields().iter().filter_map(|field| {
        let action = &field.keys.on_delete.as_ref()?.value;
        let action = ON_DELETE.iter().find(|known| *known == action)?;
        let (name, is_null) = (&field.name.value, field.is_null);
        let name = if field.is_id { "_id" } else { name };
        Some(context.at_type(field, |p, ty| {
            let action = syn::Ident::new(action, p.span());
            quote_spanned!(p.span()=> #p::OnDelete::#action::<#ty>(#name, #is_null))
        }))
    });
    let rules: Vec<_> = rules.collect();
    let p = &context.private;
    (!rules.is_empty()).then(|| {
        emit! {
            fn on_delete() -> #p::Vec<#p::OnDelete> {
                #p::Vec::from([#(#rules),*])
            }
        }
    })
}

/// The check of an `_id` whose type is known; one that depends on parameters is a bound.
fn id_check(context: &Context<'_>) -> Option<TokenStream> {
    let id = context.model.id().filter(|id| !context.is_generic(id))?;
    Some(context.at_type(id, |p, ty| {
        let kind = quote_spanned!(p.span()=> <#ty as #p::Field>::Kind);
        quote_spanned!(p.span()=>
            const _: #p::PhantomData<<#kind as #p::kind::Identifying<#ty>>::Asked> =
                #p::PhantomData;
        )
    }))
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
