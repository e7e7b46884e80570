//! Reading the fields.

use proc_macro2::TokenStream;
use syn::Index;

use super::Body;
use crate::model::{Default, Field};

impl Body<'_> {
    /// Reads a document: a block over `element` that ends in `Ok(constructor { … })`.
    pub(in crate::expand) fn read_document(&self, constructor: &TokenStream) -> TokenStream {
        let (p, names) = (&self.context.private, &self.names);
        self.read(emit!(#p::read_fields(element, #names, &mut slots)?;), constructor)
    }

    /// Reads an array.
    pub(in crate::expand) fn read_array(&self, constructor: &TokenStream) -> TokenStream {
        let p = &self.context.private;
        let count = self.fields.len();
        self.read(emit!(#p::read_items(element, #count, &mut slots)?;), constructor)
    }

    fn read(&self, into_slots: TokenStream, constructor: &TokenStream) -> TokenStream {
        let (p, slots) = (&self.context.private, &self.slots);
        let fields = self.read_fields();
        let empty = fields
            .iter()
            .map(|field| if field.is_flat() { emit!(#p::Vec::new()) } else { emit!(#p::None) });
        let empty = empty.chain([emit!(#p::PhantomData)]).enumerate().map(|(slot, value)| {
            let slot = Index::from(slot);
            emit!(#slot: #value)
        });
        let (fills, arguments) = (self.fills(), self.context.arguments());
        let values = self.fields.iter().map(|field| {
            let (member, value) = (&field.member, self.value(field));
            emit!(#member: #value)
        });
        emit! {
            let mut slots: #slots #arguments = #slots { #(#empty,)* };
            #into_slots
            #fills
            #p::Ok(#constructor { #(#values,)* })
        }
    }

    /// Statements that give empty slots their defaults; a missing field ends the decoding.
    fn fills(&self) -> TokenStream {
        let p = &self.context.private;
        let slotted = self.read_fields();
        let slotted = || slotted.iter().enumerate().filter(|(_, field)| !field.is_flat());
        let own = slotted().filter_map(|(slot, field)| {
            let slot = Index::from(slot);
            let default = self.own_default(field)?;
            Some(emit!(#p::fill_with(&mut slots.#slot, #default);))
        });
        let own: Vec<_> = own.collect();
        let open = || slotted().filter(|(_, field)| matches!(field.default, Default::None));
        let common =
            self.common_default(&open().map(|(slot, field)| (slot, *field)).collect::<Vec<_>>());
        if common.is_some() || open().next().is_none() {
            return emit!(#(#own)* #common);
        }
        let required = open().map(|(slot, field)| {
            let (slot, name) = (Index::from(slot), &field.name.value);
            let arguments = emit!(&mut slots.#slot, #name, &mut missing);
            let fill = self.call(field, "fill_field", arguments);
            emit!(#fill;)
        });
        emit! {
            #(#own)*
            let mut missing = #p::no_missing();
            #(#required)*
            missing.check()?;
        }
    }

    /// The default of the whole struct: made if a field needs it, and at once if a skipped one does.
    fn common_default(&self, open: &[(usize, &Field)]) -> Option<TokenStream> {
        let p = &self.context.private;
        let default = self.whole_default()?;
        let fills = open.iter().map(|(slot, field)| {
            let (slot, member) = (Index::from(*slot), &field.member);
            emit!(#p::fill_value(&mut slots.#slot, default.#member);)
        });
        let is_open = |field: &Field| !field.is_read() && matches!(field.default, Default::None);
        let make = emit!(let default: Self = #default;);
        if self.fields.iter().any(is_open) {
            return Some(emit!(#make #(#fills)*));
        }
        let empty = open.iter().map(|(slot, _)| {
            let slot = Index::from(*slot);
            emit!(#p::Option::is_none(&slots.#slot))
        });
        (!open.is_empty()).then(|| emit!(if #(#empty)||* { #make #(#fills)* }))
    }

    /// The final value of a field.
    fn value(&self, field: &Field) -> TokenStream {
        let p = &self.context.private;
        let (ty, member) = (&field.ty, &field.member);
        let slot = self.read_fields().iter().position(|read| std::ptr::eq(*read, field));
        match slot.map(Index::from) {
            Some(slot) if field.is_flat() => emit!(#p::take_flattened::<#ty>(slots.#slot)?),
            Some(slot) => emit!(#p::take(&mut slots.#slot)),
            None => match self.own_default(field) {
                Some(default) => emit!(#default()),
                None => emit!(default.#member),
            },
        }
    }
}
