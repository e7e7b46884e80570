//! All mistakes of one input, each at what the user typed.

use proc_macro2::{Span, TokenStream};

/// The mistakes found so far.
#[derive(Default)]
pub(crate) struct Errors {
    all: Vec<syn::Error>,
    has_refused_shape: bool,
    has_refused_derive: bool,
}

impl Errors {
    /// Adds a mistake at a place.
    pub(crate) fn add(&mut self, span: Span, message: impl Into<String>) {
        self.all.push(syn::Error::new(span, message.into()));
    }

    /// Adds a mistake that syn found.
    pub(crate) fn push(&mut self, error: syn::Error) {
        self.all.push(error);
    }

    /// Notes that a mistake leaves nothing sensible to generate for the fields.
    pub(crate) fn refuse_shape(&mut self) {
        self.has_refused_shape = true;
    }

    /// Whether such a mistake was found.
    pub(crate) fn has_refused_shape(&self) -> bool {
        self.has_refused_shape
    }

    /// Adds the mistake of a derive that has no place here. Another derive says the others and writes
    /// the code.
    pub(crate) fn refuse_derive(&mut self, span: Span, message: &str) {
        self.all = vec![syn::Error::new(span, message)];
        self.has_refused_derive = true;
    }

    /// Whether such a mistake was found.
    pub(crate) fn has_refused_derive(&self) -> bool {
        self.has_refused_derive
    }

    /// The mistakes as `compile_error!`s.
    pub(crate) fn into_tokens(self) -> TokenStream {
        self.all.into_iter().map(syn::Error::into_compile_error).collect()
    }

    #[cfg(test)]
    pub(crate) fn messages(&self) -> Vec<String> {
        self.all.iter().map(ToString::to_string).collect()
    }
}

/// `, did you mean …?` if a known key is close to `typed`.
pub(crate) fn suggestion(typed: &str, known: &[&str]) -> String {
    let nearest = known
        .iter()
        .map(|name| (strsim::damerau_levenshtein(typed, name), name))
        .filter(|(distance, name)| *distance * 3 <= name.len().max(typed.len()))
        .min();
    match nearest {
        Some((_, name)) => format!(", did you mean `{name}`?"),
        None => format!("; the known ones are {}", list(known)),
    }
}

/// `` `a`, `b` and `c` ``.
pub(crate) fn list(names: &[&str]) -> String {
    let quoted: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
    match quoted.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} and {last}", others.join(", ")),
        None => String::new(),
    }
}
