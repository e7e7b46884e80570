//! `path!(points[$i].y)`: field paths in MongoDB's notation.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::{
    Error, Expr, ExprUnary, LitInt, Result, Token, UnOp, bracketed,
    ext::IdentExt,
    parse::{Parse, ParseStream, Parser},
    token::Bracket,
};

const FORMS: &str = "expected `[$i]` (elements that the array filter `i` selects), `[]` (every \
                     element), `[$]` (the matched element), `[0]` (a position) or `[\"key\"]` (an \
                     entry of a map, its key a text or any expression)";

/// The closure that a path stands for.
pub(crate) fn expand(input: TokenStream) -> Result<TokenStream> {
    let steps = steps.parse2(input)?;
    Ok(emit!(|fields| fields #(#steps)*))
}

/// Method calls, one a step.
pub(crate) fn steps(input: ParseStream<'_>) -> Result<Vec<TokenStream>> {
    let mut steps = vec![input.parse::<Name>()?.call()];
    while !input.is_empty() {
        if input.peek(Bracket) {
            steps.push(bracket(input)?);
        } else if input.peek(Token![.]) {
            input.parse::<Token![.]>()?;
            steps.push(input.parse::<Name>()?.call());
        } else {
            return Err(input.error("expected `.` and a field, or `[…]`"));
        }
    }
    Ok(steps)
}

/// A field, raw or not, keyword or not.
pub(crate) struct Name(pub(crate) Ident);

impl Parse for Name {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        if input.peek(syn::Lit) {
            return Err(input.error("expected a field; a position is written `[0]`"));
        }
        match Ident::parse_any(input) {
            Ok(name) => Ok(Self(name)),
            Err(_) => Err(input.error("expected a field")),
        }
    }
}

impl Name {
    /// The call has the span of the name, and so has the error if there is no such field.
    pub(crate) fn call(&self) -> TokenStream {
        let (name, span) = (escaped(&self.0), self.0.span());
        quote_spanned!(span=> .#name())
    }
}

/// A keyword becomes a raw identifier, as which alone it can name a field.
fn escaped(name: &Ident) -> Ident {
    let text = name.to_string();
    let is_plain = syn::parse_str::<Ident>(&text).is_ok();
    let cannot_be_raw = matches!(text.as_str(), "self" | "Self" | "super" | "crate" | "_");
    match is_plain || cannot_be_raw {
        true => name.clone(),
        false => Ident::new_raw(&text, name.span()),
    }
}

fn bracket(input: ParseStream<'_>) -> Result<TokenStream> {
    let content;
    let bracket = bracketed!(content in input);
    let span = bracket.span.join();
    if content.is_empty() {
        return Ok(quote_spanned!(span=> .each()));
    }
    let tokens: TokenStream = content.parse()?;
    let spanned = tokens.clone();
    (|content: ParseStream<'_>| step(content, span)).parse2(tokens).map_err(|error| {
        // syn's own words on tokens that are left over would not help.
        if error.to_string().starts_with("unexpected token") {
            return Error::new_spanned(spanned, FORMS);
        }
        error
    })
}

fn step(content: ParseStream<'_>, span: Span) -> Result<TokenStream> {
    if content.peek(Token![$]) {
        let dollar: Token![$] = content.parse()?;
        return match content.is_empty() {
            true => Ok(quote_spanned!(dollar.span=> .matched())),
            false => filtered(content),
        };
    }
    let is_position = content.peek(LitInt);
    let tokens: TokenStream = content.parse()?;
    match syn::parse2(tokens.clone()) {
        Ok(Expr::Lit(_)) if is_position => Ok(quote_spanned!(span=> .at(#tokens))),
        Ok(expression) if !is_position && can_be_key(&expression) => {
            Ok(quote_spanned!(span=> .key(#tokens)))
        }
        _ => Err(Error::new_spanned(tokens, FORMS)),
    }
}

/// A range and a negative number are meant for positions.
fn can_be_key(expression: &Expr) -> bool {
    !matches!(expression, Expr::Range(_) | Expr::Unary(ExprUnary { op: UnOp::Neg(_), .. }))
}

fn filtered(content: ParseStream<'_>) -> Result<TokenStream> {
    let tokens: TokenStream = content.parse()?;
    let Ok(variable) = Ident::parse_any.parse2(tokens.clone()) else {
        let text: String = tokens.clone().into_iter().map(|token| token.to_string()).collect();
        return Err(Error::new_spanned(tokens, illegal(&text)));
    };
    let text = variable.unraw().to_string();
    if is_identifier(&text) {
        let variable = escaped(&variable);
        let argument = quote!(&#variable);
        return Ok(quote_spanned!(variable.span()=> .filtered_by(#argument)));
    }
    let message =
        format!("{}: bind it to such a variable, or use `.filtered_by(&{text})`", illegal(&text));
    Err(Error::new(variable.span(), message))
}

fn illegal(text: &str) -> String {
    format!(
        "`{text}` cannot be an array-filter identifier, which begins with a lower-case letter and \
         has only letters and digits"
    )
}

/// What the server takes: `[a-z][A-Za-z0-9]*`.
fn is_identifier(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_lowercase())
        && text.chars().all(|char| char.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn closure(path: &str) -> String {
        let tokens = expand(path.parse().unwrap()).unwrap();
        tokens.to_string().replace(' ', "")
    }

    fn error(path: &str) -> String {
        expand(path.parse().unwrap()).unwrap_err().to_string()
    }

    #[test]
    fn every_form_becomes_a_method() {
        for (path, expected) in [
            ("a", "a()"),
            ("a.b", "a().b()"),
            ("points[$i].y", "points().filtered_by(&i).y()"),
            ("points[].y", "points().each().y()"),
            ("points[$].y", "points().matched().y()"),
            ("points[0].y", "points().at(0).y()"),
            ("labels[\"k\"]", "labels().key(\"k\")"),
            ("by_state[State::Open].x", "by_state().key(State::Open).x()"),
            ("labels[key]", "labels().key(key)"),
            ("by_sku[Sku::new(&s)]", "by_sku().key(Sku::new(&s))"),
            ("by_year[(2024)]", "by_year().key((2024))"),
            ("grid[][$i]", "grid().each().filtered_by(&i)"),
        ] {
            assert_eq!(closure(path), format!("|fields|fields.{expected}"));
        }
    }

    #[test]
    fn keywords_become_raw_identifiers() {
        assert_eq!(closure("type.x"), "|fields|fields.r#type().x()");
        assert_eq!(closure("r#type.x"), "|fields|fields.r#type().x()");
    }

    #[test]
    fn other_brackets_are_told_the_five_forms() {
        for path in ["a[-1]", "a[0, 1]", "a[0..2]", "a[0 + 1]", "a[x y]"] {
            assert!(error(path).starts_with("expected `[$i]`"), "{path}: {}", error(path));
        }
    }

    #[test]
    fn identifiers_are_those_that_the_server_takes() {
        for (path, identifier) in
            [("a[$Bad]", "Bad"), ("a[$Bad-Id]", "Bad-Id"), ("a[$my_id]", "my_id")]
        {
            let expected = format!("`{identifier}` cannot be an array-filter identifier");
            assert!(error(path).starts_with(&expected), "{}", error(path));
        }
        assert!(error("a[$my_id]").ends_with("or use `.filtered_by(&my_id)`"));
    }

    #[test]
    fn what_is_no_field_is_said_at_its_place() {
        assert_eq!(error("a.0"), "expected a field; a position is written `[0]`");
        assert_eq!(error("a.b()"), "expected `.` and a field, or `[…]`");
        assert_eq!(error(""), "unexpected end of input, expected a field");
    }
}
