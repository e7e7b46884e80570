//! The values that keys hold.

use syn::{
    Expr, ExprLit, ExprPath, Lit, LitStr, Meta, MetaNameValue, Token, punctuated::Punctuated,
    spanned::Spanned,
};

use super::{Flag, Given, Key};
use crate::{
    case::{RULES, Rule},
    errors::{Errors, suggestion},
};

impl Key {
    /// No value.
    pub(super) fn flag(&self, errors: &mut Errors) -> Flag {
        if !matches!(self.meta, Meta::Path(_)) {
            errors.add(self.span(), format!("`{}` takes no value", self.name));
        }
        Some(self.span())
    }

    /// `= "text"`.
    pub(super) fn text(&self, errors: &mut Errors) -> Option<Given<String>> {
        self.literal(errors).map(|literal| self.given(literal.value()))
    }

    /// `= "text"`, or `(serialize = "text", deserialize = "text")` with the same text.
    pub(super) fn name(&self, errors: &mut Errors) -> Option<Given<String>> {
        match &self.meta {
            Meta::List(_) => self.name_both_ways(errors),
            _ => self.text(errors),
        }
    }

    /// `= "camelCase"`.
    pub(super) fn rule(&self, errors: &mut Errors) -> Option<Given<Rule>> {
        let name = self.name(errors)?;
        let rule = Rule::named(&name.value);
        if rule.is_none() {
            let hint = suggestion(&name.value, &RULES.map(|(name, _)| name));
            errors.add(name.span, format!("unknown rule `{}`{hint}", name.value));
        }
        rule.map(|rule| self.given(rule))
    }

    /// `= "a::path"` or `= a::path`.
    pub(super) fn path(&self, errors: &mut Errors) -> Option<Given<ExprPath>> {
        let path = match self.value() {
            Some(Expr::Path(path)) => Some(path.clone()),
            Some(Expr::Lit(ExprLit { lit: Lit::Str(text), .. })) => text.parse().ok(),
            _ => None,
        };
        if path.is_none() {
            let message = format!("`{0}` takes a path, as in `{0} = \"path\"`", self.name);
            errors.add(self.span(), message);
        }
        path.map(|path| self.given(path))
    }

    fn given<T>(&self, value: T) -> Given<T> {
        Given { value, span: self.value().map_or_else(|| self.span(), Spanned::span) }
    }

    fn value(&self) -> Option<&Expr> {
        match &self.meta {
            Meta::NameValue(MetaNameValue { value, .. }) => Some(value),
            _ => None,
        }
    }

    fn literal(&self, errors: &mut Errors) -> Option<LitStr> {
        match self.value() {
            Some(Expr::Lit(ExprLit { lit: Lit::Str(text), .. })) => Some(text.clone()),
            // A literal that came through a `macro_rules!` fragment.
            Some(Expr::Group(group)) => match &*group.expr {
                Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text.clone()),
                _ => self.not_text(errors),
            },
            _ => self.not_text(errors),
        }
    }

    fn not_text(&self, errors: &mut Errors) -> Option<LitStr> {
        let message = format!("`{0}` takes a text, as in `{0} = \"…\"`", self.name);
        errors.add(self.span(), message);
        None
    }

    fn name_both_ways(&self, errors: &mut Errors) -> Option<Given<String>> {
        let parse = Punctuated::<MetaNameValue, Token![,]>::parse_terminated;
        let Meta::List(list) = &self.meta else { return None };
        let texts: Vec<_> = match list.parse_args_with(parse) {
            Ok(pairs) => pairs.into_iter().map(|pair| text_of(&pair.value)).collect(),
            Err(error) => {
                errors.push(error);
                return None;
            }
        };
        match texts.as_slice() {
            [Some(first), Some(second)] if first == second => Some(self.given(first.clone())),
            _ => {
                errors.add(
                    self.span(),
                    format!(
                        "`{0}` with different names for writing and reading cannot be honoured: a \
                         path has one name; use `{0} = \"…\"`",
                        self.name
                    ),
                );
                None
            }
        }
    }
}

fn text_of(value: &Expr) -> Option<String> {
    match value {
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text.value()),
        _ => None,
    }
}
