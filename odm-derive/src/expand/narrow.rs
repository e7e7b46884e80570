//! `.only_circle()`: the methods of finds and pipelines for one variant.
//!
//! They stand on a type of the user's crate, to which `odm`'s queries deref: so nothing has to be
//! imported for them.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::{
    context::Context,
    polymorphic::{common_id, generic_bounds},
};
use crate::{
    case::snake,
    model::{Style, Variant},
};

/// `Polymorphic`, and the type with the methods.
pub(super) fn expand(context: &Context<'_>, tag: &str) -> TokenStream {
    let (p, own) = (&context.private, &context.model.own);
    let (name, query) = (context.fresh(&format!("{}Only", context.model.name)), context.fresh("Q"));
    let (declared, names): (Vec<_>, _) = (context.declared().collect(), context.argument_names());
    let typed = emit!(#name<#(#names,)* #query>);
    let (mention, predicates) = (context.mention(), context.predicates());
    let written = context.model.variants().iter().filter(|variant| variant.keys.skip.is_none());
    let methods = written.map(|variant| only_method(context, variant, &query));
    let documentation = format!("Queries for one variant of `{}`.", context.model.name);
    let asked = generic_bounds(context, &common_id(context));
    let implementation = polymorphic(context, tag, (&name, &query, &typed));
    emit! {
        #[doc = #documentation]
        pub struct #name<#(#declared,)* #query>(#query, #p::PhantomData<fn() -> (#mention)>)
        where
            #(#predicates,)*;
        impl<#(#declared,)* #query: #p::Narrow<#own>> #typed
        where
            #(#predicates,)*
            #asked
        {
            #(#methods)*
        }
        #implementation
    }
}

fn polymorphic(
    context: &Context<'_>,
    tag: &str,
    (name, query, typed): (&Ident, &Ident, &TokenStream),
) -> TokenStream {
    let p = &context.private;
    let asked = generic_bounds(context, &common_id(context));
    let bounds: Vec<_> = context.outlive().into_iter().chain(asked).collect();
    context.implement_where(
        &quote!(Polymorphic),
        (!bounds.is_empty()).then(|| emit!(#(#bounds),*)),
        emit! {
            const TAG: &'static str = #tag;
            type Only<#query: #p::Narrow<Self>> = #typed;
            fn only<#query: #p::Narrow<Self>>(query: #query) -> #typed {
                #name(query, #p::PhantomData)
            }
        },
    )
}

fn only_method(context: &Context<'_>, variant: &Variant, query: &Ident) -> TokenStream {
    let (p, own, visibility) = (&context.private, &context.model.own, &context.model.visibility);
    let (snake, name) = (snake(&variant.rust_name()), variant.rust_name());
    let method = |prefix| format_ident!("{prefix}_{snake}", span = variant.ident.span());
    let (only, is_variant, as_variant) = (method("only"), method("is"), method("as"));
    match (variant.style, variant.fields.first()) {
        (Style::Newtype, Some(field)) => {
            let ty = &field.ty;
            let documentation = format!("Only documents that are `{name}`, read as what it holds.");
            emit! {
                #[doc = #documentation]
                #visibility fn #only(&self) -> <#query as #p::Narrow<#own>>::Only<#ty> {
                    #p::Narrow::of_variant(&self.0, #p::Variant {
                        is_variant: |model| model.#is_variant(),
                        fields: |model| model.#as_variant(),
                    })
                }
            }
        }
        _ => {
            let documentation = format!("Only documents that are `{name}`.");
            emit! {
                #[doc = #documentation]
                #visibility fn #only(&self) -> #query {
                    #p::Narrow::of_documents(&self.0, |model| model.#is_variant())
                }
            }
        }
    }
}
