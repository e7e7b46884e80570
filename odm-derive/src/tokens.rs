//! Tokens of the input: which names are taken, and what `Self` stands for.

use std::collections::HashSet;

use proc_macro2::{Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};

/// Whether one of the identifiers is in `tokens`.
pub(crate) fn mentions(tokens: TokenStream, is_wanted: &dyn Fn(&Ident) -> bool) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Ident(ident) => is_wanted(&ident),
        TokenTree::Group(group) => mentions(group.stream(), is_wanted),
        _ => false,
    })
}

/// The identifiers of an input, so that generated names are others.
pub(crate) struct Taken(HashSet<String>);

impl Taken {
    /// The identifiers in `input`.
    pub(crate) fn of(input: &impl ToTokens) -> Self {
        let mut taken = HashSet::new();
        collect(input.to_token_stream(), &mut taken);
        Self(taken)
    }

    /// A name like `wanted` that the input does not use.
    pub(crate) fn fresh(&self, wanted: &str, span: Span) -> Ident {
        let mut name = wanted.to_owned();
        while self.0.contains(&name) {
            name.push('_');
        }
        Ident::new(&name, span)
    }
}

fn collect(tokens: TokenStream, taken: &mut HashSet<String>) {
    for token in tokens {
        match token {
            TokenTree::Ident(ident) => {
                taken.insert(ident.to_string());
            }
            TokenTree::Group(group) => collect(group.stream(), taken),
            _ => {}
        }
    }
}

/// The tokens of a type, with `Self` replaced by the type that it means in the input.
pub(crate) fn replace_self(tokens: TokenStream, own: &TokenStream) -> TokenStream {
    if !mentions(tokens.clone(), &|ident| ident == "Self") {
        return tokens;
    }
    let mut tokens = tokens.into_iter().peekable();
    let mut out = TokenStream::new();
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Ident(ident) if ident == "Self" => match tokens.peek() {
                Some(TokenTree::Punct(next)) if next.as_char() == ':' => out.extend(quote!(<#own>)),
                _ => out.extend(own.clone()),
            },
            TokenTree::Group(group) => {
                let mut replaced = Group::new(group.delimiter(), replace_self(group.stream(), own));
                replaced.set_span(group.span());
                out.extend([TokenTree::Group(replaced)]);
            }
            other => out.extend([other]),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn self_becomes_the_type_itself() {
        let own = quote!(Node<T>);
        let replaced = |tokens| replace_self(tokens, &own).to_string().replace(' ', "");
        assert_eq!(replaced(quote!(Option<Box<Self>>)), "Option<Box<Node<T>>>");
        assert_eq!(replaced(quote!((Self::Item, u8))), "(<Node<T>>::Item,u8)");
    }

    #[test]
    fn a_taken_name_is_avoided() {
        let taken = Taken::of(&quote!(
            struct A {
                x: Vec<AFields>,
            }
        ));
        assert_eq!(taken.fresh("AFields", Span::call_site()), "AFields_");
        assert_eq!(taken.fresh("ASlots", Span::call_site()), "ASlots");
    }
}
