//! Writing the fields.

use proc_macro2::TokenStream;
use syn::Member;

use super::{super::encoding::call_as_required, Body};
use crate::model::{Default, Encoding, Field};

/// When a field is left out of the document.
enum Absence {
    /// Never: its position matters, or its null does.
    Never,
    /// Where its value is absent.
    Value,
    /// Where its value is absent and its default is too: absent, it would read as its default.
    Default,
    /// Where a function says so.
    Function(syn::ExprPath),
    /// Where the server is to make the `_id`.
    Id,
}

impl Body<'_> {
    /// Statements that write the elements; `value` is an expression for a reference to a field.
    pub(in crate::expand) fn write(&self, value: &dyn Fn(&Field) -> TokenStream) -> TokenStream {
        let written: Vec<_> = self.fields.iter().filter(|field| field.is_written()).collect();
        // The type, the key and its end, and a small value.
        let size: usize = written.iter().map(|field| field.name.value.len() + 10).sum();
        let defaults = self.absent_defaults(&written);
        let statements = written.iter().enumerate();
        let statements =
            statements.map(|(index, field)| self.write_field((index, field), &value(field)));
        emit! {
            out.reserve(#size);
            #defaults
            #(#statements)*
        }
    }

    fn write_field(&self, (index, field): (usize, &Field), value: &TokenStream) -> TokenStream {
        let (p, ty) = (&self.context.private, &field.ty);
        if field.is_flat() {
            let around = self.context.names(self.variant);
            let part = self.parts().position(|part| std::ptr::eq(part, field));
            let write =
                emit!(<#ty as #p::Flatten>::encode_flattened(#value, out, (#around, #part)););
            return match self.absence(field) {
                Absence::Function(skip) => emit!(if !#skip(#value) { #write }),
                _ => write,
            };
        }
        let header = format!("\0{}\0", field.name.value);
        let arguments = emit!(out, #header, #value);
        let always = self.call(field, "slot_always", arguments.clone());
        match self.absence(field) {
            Absence::Never => emit!(#always;),
            Absence::Function(skip) => emit!(if !#skip(#value) { #always; }),
            Absence::Id => {
                let inner = self.call(field, "inner", value.clone());
                emit! {
                    if #p::Option::is_some(&#inner) { #always; }
                }
            }
            Absence::Value => {
                let slot = self.call(field, "slot_field", arguments);
                emit!(#slot;)
            }
            Absence::Default => {
                let default = emit!(#arguments, (is_default_absent, #index));
                let slot = call_as_required(self.context, field, "slot_defaulted", default);
                emit!(#slot;)
            }
        }
    }

    fn absence(&self, field: &Field) -> Absence {
        let is_asked = matches!(field.encoding, Encoding::Natural | Encoding::Truncated);
        let is_item = matches!(field.member, Member::Unnamed(_));
        match &field.keys.skip_serializing_if {
            _ if field.is_id => Absence::Id,
            Some(skip) => Absence::Function(skip.value.clone()),
            None if is_item || field.is_null || !is_asked => Absence::Never,
            None if self.has_default(field) => Absence::Default,
            None => Absence::Value,
        }
    }

    fn has_default(&self, field: &Field) -> bool {
        self.own_default(field).is_some() || self.whole_default().is_some()
    }

    /// The function that says whether the default of a field is absent. It is asked only for
    /// fields with an absent value.
    fn absent_defaults(&self, written: &[&Field]) -> Option<TokenStream> {
        let is_absent =
            |field, value| call_as_required(self.context, field, "is_absent_field", value);
        let asked = || {
            let asked = written.iter().enumerate();
            asked.filter(|(_, field)| matches!(self.absence(field), Absence::Default))
        };
        let of_field = asked().filter_map(|(index, field)| {
            let default = self.own_default(field)?;
            let is_absent = is_absent(field, emit!(&#default()));
            Some(emit!(#index => #is_absent,))
        });
        let of_field: Vec<_> = of_field.collect();
        let of_whole = self.whole_default().map(|default| {
            let asked = asked().filter(|(_, field)| matches!(field.default, Default::None));
            let arms = asked.map(|(index, field)| {
                let member = &field.member;
                let is_absent = is_absent(field, emit!(&default.#member));
                emit!(#index => #is_absent,)
            });
            emit! {
                _ => {
                    let default: Self = #default;
                    match index { #(#arms)* _ => false }
                }
            }
        });
        let otherwise = of_whole.unwrap_or_else(|| emit!(_ => false,));
        asked().next().is_some().then(|| {
            emit! {
                let is_default_absent: fn(usize) -> bool = |index| match index { #(#of_field)* #otherwise };
            }
        })
    }
}
