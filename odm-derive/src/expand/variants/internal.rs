//! `{tag: variant, …}`: the data stands beside the tag.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};

use super::{Part, Tagged};
use crate::{
    expand::{body::binding, context::Context},
    model::Style,
};

/// The internal form.
pub(super) struct Internal<'a> {
    pub(super) tag: &'a str,
}

impl Tagged for Internal<'_> {
    fn tag_inside(&self) -> Option<&str> {
        Some(self.tag)
    }

    fn names<'a>(&'a self, _: &'a [Part<'_>]) -> Vec<&'a str> {
        Vec::new()
    }

    fn claims(&self, _: &Context<'_>, parts: &[Part<'_>]) -> TokenStream {
        let (tag, parts) = (self.tag, parts.iter().filter_map(Part::claims));
        emit!(key == #tag #(|| #parts)*)
    }

    fn find(&self, context: &Context<'_>) -> TokenStream {
        let (p, tag) = (&context.private, self.tag);
        emit!(let variant = #p::internal(element, #tag)?;)
    }

    fn write(&self, part: &Part<'_>) -> TokenStream {
        let (p, tag, name) = (&part.context.private, self.tag, part.name());
        let data = match part.variant.style {
            Style::Struct => part.body.write(&|field| binding(field).to_token_stream()),
            Style::Newtype => part.only(|field| {
                let (ty, binding) = (&field.ty, binding(field));
                let names = part.context.names(Some(part.index));
                emit!(<#ty as #p::Flatten>::encode_flattened(#binding, out, (#names, 0));)
            }),
            Style::Unit | Style::Tuple => TokenStream::new(),
        };
        emit!(#p::write_tag(#tag, #name, out); #data)
    }

    fn read(&self, part: &Part<'_>) -> TokenStream {
        let (p, ident, tag) = (&part.context.private, &part.variant.ident, self.tag);
        match part.variant.style {
            Style::Struct => {
                let read = part.body.read_document(&quote!(Self::#ident));
                emit!({ #read })
            }
            Style::Newtype => part.only(|field| {
                let ty = &field.ty;
                emit!(#p::Result::map(
                    #p::read_beside_tag::<#ty>(element, #tag),
                    |value| Self::#ident { 0: value },
                ))
            }),
            Style::Unit => emit!(#p::Ok(Self::#ident {})),
            // Refused by a check.
            Style::Tuple => emit!(#p::Err(#p::unknown_variant(variant, &[]))),
        }
    }

    fn condition(&self, part: &Part<'_>) -> TokenStream {
        let (p, tag, name) = (&part.context.private, self.tag, part.name());
        emit!(#p::is_text(&self.path.child(#tag), #name))
    }

    fn data(&self, part: &Part<'_>) -> TokenStream {
        let (p, tag, name) = (&part.context.private, self.tag, part.name());
        let path = emit!(self.path.with_variant(#tag, #name));
        match part.variant.style {
            Style::Newtype => {
                let (names, facts) = (part.context.names(Some(part.index)), part.facts());
                emit!(#p::flattened(&#path, (#names, 0), #facts))
            }
            _ => emit!(#p::same(&#path)),
        }
    }
}
