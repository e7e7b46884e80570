//! `{tag: variant, content: data}`.

use proc_macro2::TokenStream;

use super::{Part, Tagged};
use crate::{expand::context::Context, model::Style};

/// The adjacent form.
pub(super) struct Adjacent<'a> {
    pub(super) tag: &'a str,
    pub(super) content: &'a str,
}

impl Tagged for Adjacent<'_> {
    fn names<'a>(&'a self, _: &'a [Part<'_>]) -> Vec<&'a str> {
        vec![self.tag, self.content]
    }

    fn claims(&self, _: &Context<'_>, _: &[Part<'_>]) -> TokenStream {
        let Self { tag, content } = self;
        emit!(key == #tag || key == #content)
    }

    fn find(&self, context: &Context<'_>) -> TokenStream {
        let (p, Self { tag, content }) = (&context.private, self);
        let denies = context.model.keys.deny_unknown_fields.is_some();
        emit!(let (variant, content) = #p::adjacent(element, [#tag, #content], #denies)?;)
    }

    fn write(&self, part: &Part<'_>) -> TokenStream {
        let (p, name) = (&part.context.private, part.name());
        let Self { tag, content: key } = self;
        let content = (part.variant.style != Style::Unit).then(|| {
            let content = part.write_content();
            emit!(out.element(#key, |out| #content);)
        });
        emit!(#p::write_tag(#tag, #name, out); #content)
    }

    fn read(&self, part: &Part<'_>) -> TokenStream {
        let content = self.content;
        part.read_content(&emit!(#content))
    }

    fn condition(&self, part: &Part<'_>) -> TokenStream {
        let (p, tag, name) = (&part.context.private, self.tag, part.name());
        emit!(#p::is_text(&self.path.child(#tag), #name))
    }

    fn data(&self, part: &Part<'_>) -> TokenStream {
        let (p, name) = (&part.context.private, part.name());
        let (Self { tag, content }, facts) = (self, part.facts());
        let path = emit!(self.path.with_variant(#tag, #name));
        match part.has_parts() {
            true => emit!(#p::child_with(&#path, #content, #facts)),
            false => emit!(#p::encoded(&#path, #content)),
        }
    }
}
