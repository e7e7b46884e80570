//! `{variant: data}`; a variant without data is its name.

use proc_macro2::TokenStream;

use super::{Part, Tagged};
use crate::{
    expand::context::Context,
    model::{Style, Variant},
};

/// The external form.
pub(super) struct External;

impl Tagged for External {
    fn names<'a>(&'a self, parts: &'a [Part<'_>]) -> Vec<&'a str> {
        parts.iter().map(|part| part.variant.name.value.as_str()).collect()
    }

    fn claims(&self, context: &Context<'_>, parts: &[Part<'_>]) -> TokenStream {
        let p = &context.private;
        let names = parts.iter().flat_map(|part| part.variant.names());
        let names = names.map(|name| format!("{}\0", name.value));
        emit!(#p::claims(&[#(#names),*], key))
    }

    fn find(&self, context: &Context<'_>) -> TokenStream {
        let p = &context.private;
        emit!(let (variant, content) = #p::external(element)?;)
    }

    fn is_string(&self, variant: &Variant) -> bool {
        variant.style == Style::Unit
    }

    fn write(&self, part: &Part<'_>) -> TokenStream {
        let (name, content) = (part.name(), part.write_content());
        emit!(out.element(#name, |out| #content);)
    }

    fn read(&self, part: &Part<'_>) -> TokenStream {
        part.read_content(&emit!(variant))
    }

    fn condition(&self, part: &Part<'_>) -> TokenStream {
        let (p, name) = (&part.context.private, part.name());
        match part.variant.style {
            Style::Unit => emit!(#p::is_text(&self.path, #name)),
            _ => emit!(#p::has_field(&self.path, #name)),
        }
    }

    fn data(&self, part: &Part<'_>) -> TokenStream {
        let (p, name, facts) = (&part.context.private, part.name(), part.facts());
        match part.has_parts() {
            true => emit!(#p::case(&self.path, #name, #facts)),
            false => emit!(#p::encoded_case(&self.path, #name)),
        }
    }
}
