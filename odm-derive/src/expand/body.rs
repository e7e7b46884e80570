//! Writing and reading a list of fields: of a struct, a tuple or a variant.
//!
//! The decoder is a struct of `Option` slots and one `match` from a field's index to its slot; all
//! else is compiled once per type of field, inside `odm`.

mod read;
mod write;

use proc_macro2::{Ident, Literal, TokenStream};
use quote::{ToTokens, format_ident, quote_spanned};
use syn::{Index, Member};

use super::{context::Context, encoding::call};
use crate::model::{Default, Field, Variant};

/// The fields, and what their generated items are called.
pub(super) struct Body<'a> {
    context: &'a Context<'a>,
    /// The variant's name; empty for a struct.
    prefix: String,
    fields: &'a [Field],
    names: Ident,
    slots: Ident,
    /// The key that says which variant it is, and is no field.
    tag: Option<&'a str>,
    /// The place of the variant among those of the enum.
    variant: Option<usize>,
    /// Whether there may be fields that nobody knows: of a variant that nobody knows.
    is_open: bool,
}

impl<'a> Body<'a> {
    pub(super) fn new(context: &'a Context<'a>, prefix: &str, fields: &'a [Field]) -> Self {
        let names = if prefix.is_empty() { "NAMES".into() } else { format!("NAMES_{prefix}") };
        Self {
            names: context.fresh(&names),
            slots: context.fresh(&format!("{}{prefix}Slots", context.model.name)),
            prefix: prefix.to_owned(),
            context,
            fields,
            tag: None,
            variant: None,
            is_open: false,
        }
    }

    /// The same for a variant, among whose fields a tag may stand.
    pub(super) fn of_variant(
        self,
        (index, variant): (usize, &Variant),
        tag: Option<&'a str>,
    ) -> Self {
        let is_open = variant.keys.other.is_some();
        Self { tag, variant: Some(index), is_open, ..self }
    }

    /// The fields that have a slot, in the order of their slots: `_id` first, where the server
    /// puts it.
    fn read_fields(&self) -> Vec<&'a Field> {
        let mut fields: Vec<_> = self.fields.iter().filter(|field| field.is_read()).collect();
        fields.sort_by_key(|field| (field.is_flat(), !field.is_id));
        fields
    }

    /// A call of a function of `odm` that knows the field by its handle.
    fn call(&self, field: &Field, name: &str, arguments: TokenStream) -> TokenStream {
        call(self.context, (&self.prefix, field), name, arguments)
    }

    /// The type of the slots and the names of the fields.
    pub(super) fn items(&self) -> TokenStream {
        let p = &self.context.private;
        let (names, slots) = (&self.names, &self.slots);
        let (parameters, bounds) = (self.context.parameters(), self.context.bounds());
        let arguments = self.context.arguments();
        let mention = self.context.mention();
        let types = self.read_fields().into_iter().map(|field| {
            let ty = &field.ty;
            if field.is_flat() { emit!(#p::Vec<u8>) } else { emit!(#p::Option<#ty>) }
        });
        let slotted = self.read_fields().into_iter().filter(|field| !field.is_flat());
        let keys = slotted.map(|field| format!("{}\0", field.name.value));
        let (put, other) = (self.put(), self.other());
        emit! {
            const #names: &[&str] = &[#(#keys),*];
            struct #slots #parameters (#(#types,)* #p::PhantomData<fn() -> (#mention)>) #bounds;
            #[automatically_derived]
            impl #parameters #p::Slots for #slots #arguments #bounds {
                #put
                #other
            }
        }
    }

    fn put(&self) -> TokenStream {
        let p = &self.context.private;
        let fields = self.read_fields();
        let slotted = fields.iter().enumerate().filter(|(_, field)| !field.is_flat());
        let arms = slotted.map(|(slot, field)| {
            let index = Literal::usize_unsuffixed(slot);
            let slot = Index::from(slot);
            let put = self.call(field, "put_field", emit!(&mut self.#slot, element));
            emit!(#index => #put,)
        });
        emit! {
            fn put(
                &mut self,
                index: usize,
                element: #p::Element<'_>,
            ) -> #p::Result<(), #p::DecodeError> {
                match index {
                    #(#arms)*
                    _ => #p::Ok(()),
                }
            }
        }
    }

    /// What becomes of keys that are no field's name.
    fn other(&self) -> Option<TokenStream> {
        let p = &self.context.private;
        let denies = self.context.model.keys.deny_unknown_fields.is_some() && !self.is_open;
        let fields = self.read_fields();
        let flat: Vec<_> = fields.iter().enumerate().filter(|(_, field)| field.is_flat()).collect();
        if flat.is_empty() && !denies {
            return None;
        }
        let keep = |condition: &dyn Fn(&Field) -> TokenStream| {
            let flat = flat.iter().map(|(slot, field)| {
                let (slot, condition) = (Index::from(*slot), condition(field));
                emit! {
                    if #condition {
                        #p::other(&mut self.#slot, key, element);
                        return #p::Ok(());
                    }
                }
            });
            emit!(#(#flat)*)
        };
        // A map takes every key, so it must not be asked first.
        let own = (flat.len() > 1).then(|| keep(&|field| self.claims_of(field, true)));
        let all = keep(&|field| self.claims_of(field, false));
        let tag = self.tag.map(|tag| emit!(if key == #tag { return #p::Ok(()); }));
        let rest = if denies { emit!(#p::unknown_field()) } else { emit!(#p::Ok(())) };
        Some(emit! {
            fn other(
                &mut self,
                key: &str,
                element: #p::Element<'_>,
            ) -> #p::Result<(), #p::DecodeError> {
                #tag
                #own
                #all
                #rest
            }
        })
    }

    /// The type, or the variant, in messages.
    fn owner(&self) -> String {
        let name = &self.context.model.name;
        if self.prefix.is_empty() { name.to_string() } else { format!("{name}::{}", self.prefix) }
    }

    /// The flattened fields, in the order of the parts of the names.
    fn parts(&self) -> impl Iterator<Item = &'a Field> {
        self.fields.iter().filter(|field| field.is_flat() && !field.is_skipped())
    }

    /// A constant expression for the names in the document, which are checked.
    pub(super) fn all_names(&self) -> TokenStream {
        let own = self.fields.iter().filter(|field| !field.is_flat() && !field.is_skipped());
        let own = own.map(|field| field.name.value.as_str());
        let parts: Vec<_> = self.parts().collect();
        names(self.context, &self.owner(), (self.tag.into_iter().chain(own).collect(), &parts))
    }

    /// Whether a key that only the value knows is among the elements, as an expression over `key`.
    pub(super) fn has_key(&self, value: &dyn Fn(&Field) -> TokenStream) -> TokenStream {
        let p = &self.context.private;
        let parts = self.parts().filter(|field| field.is_written()).map(|field| {
            let (ty, value) = (&field.ty, value(field));
            emit!(|| <#ty as #p::Flatten>::has_key(#value, key))
        });
        emit!(false #(#parts)*)
    }

    /// Whether a key belongs to these fields, as an expression over `key`.
    pub(super) fn claims(&self) -> TokenStream {
        let (p, names) = (&self.context.private, &self.names);
        let flat = self.fields.iter().filter(|field| field.is_flat() && field.is_read());
        let flat = flat.map(|field| self.claims_of(field, false));
        emit!(#p::claims(#names, key) #(|| #flat)*)
    }

    /// Whether a key belongs to a flattened field, and not just because it takes every key.
    fn claims_of(&self, field: &Field, by_name: bool) -> TokenStream {
        let (p, ty) = (&self.context.private, &field.ty);
        match by_name {
            true => emit!(#p::claims_by_name(<#ty as #p::Flatten>::claims, key)),
            false => emit!(<#ty as #p::Flatten>::claims(key)),
        }
    }

    /// A function that makes a field's own default.
    fn own_default(&self, field: &Field) -> Option<TokenStream> {
        let (p, ty) = (&self.context.private, &field.ty);
        match &field.default {
            Default::None if field.is_read() || self.whole_default().is_some() => None,
            Default::None | Default::Trait => Some(emit!(<#ty as #p::Default>::default)),
            Default::Path(path) => Some(path.to_token_stream()),
        }
    }

    /// An expression for the default of the whole struct.
    fn whole_default(&self) -> Option<TokenStream> {
        let p = &self.context.private;
        match Default::of(self.context.model.keys.default.as_ref()) {
            Default::None => None,
            Default::Trait => Some(emit!(<Self as #p::Default>::default())),
            Default::Path(path) => Some(emit!(#path())),
        }
    }
}

/// A constant expression for names of which each part is checked.
pub(super) fn names(
    context: &Context<'_>,
    owner: &str,
    (own, parts): (Vec<&str>, &[&Field]),
) -> TokenStream {
    let p = &context.private;
    let checks = parts.iter().enumerate().map(|(part, field)| {
        let span = syn::spanned::Spanned::span(&field.ty);
        let span = proc_macro2::Span::mixed_site().located_at(span);
        quote_spanned!(span=> names.check(#part);)
    });
    let types = parts.iter().map(|field| &field.ty);
    emit! {
        {
            let names =
                #p::Names::of(#owner, &[#(#own),*], &[#(&<#types as #p::Flatten>::NAMES),*]);
            #(#checks)*
            names
        }
    }
}

/// The name that a pattern gives to a field of a variant.
pub(super) fn binding(field: &Field) -> Ident {
    let name = match &field.member {
        Member::Named(_) => field.rust_name(),
        Member::Unnamed(index) => index.index.to_string(),
    };
    format_ident!("field_{name}", span = proc_macro2::Span::mixed_site())
}
