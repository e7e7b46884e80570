//! Regular expressions.

use mongodb::bson::Regex;

use crate::codec::{ElementType, Encode, Encoder};

/// A regular expression with its options, as `$regex` takes it: `&str`, `String` or a
/// [`bson::Regex`](Regex).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    pattern: String,
    options: String,
}

impl Pattern {
    /// A pattern in the [syntax of PCRE](https://www.mongodb.com/docs/manual/reference/operator/query/regex/).
    pub fn new(pattern: impl Into<String>) -> Self {
        Self { pattern: pattern.into(), options: String::new() }
    }

    /// Options: `i` (case does not matter), `m` (`^` and `$` match at every line), `s` (a dot
    /// matches newlines), `x` (white space is ignored), `u` (Unicode, which is the default).
    #[must_use]
    pub fn options(mut self, options: impl Into<String>) -> Self {
        self.options = options.into();
        self
    }

    /// The pattern of texts that begin with `prefix`.
    pub(super) fn prefix(prefix: &str) -> Self {
        let mut pattern = String::with_capacity(prefix.len() + 8);
        pattern.push('^');
        for char in prefix.chars() {
            if r"\^$.|?*+()[]{}".contains(char) {
                pattern.push('\\');
            }
            pattern.push(char);
        }
        Self::new(pattern)
    }

    /// Appends `{$regex: …, $options: …}`.
    pub(super) fn write(&self, out: &mut Encoder) -> ElementType {
        out.document(|out| {
            out.element("$regex", |out| {
                if self.pattern.contains('\0') {
                    out.fail("a pattern cannot hold a NUL");
                }
                self.pattern.encode(out)
            });
            if !self.options.is_empty() {
                out.element("$options", |out| {
                    if let Some(unknown) = self.options.chars().find(|c| !"imsxu".contains(*c)) {
                        out.fail(format!("no option {unknown:?}: there are i, m, s, x and u"));
                    }
                    self.options.encode(out)
                });
            }
        });
        ElementType::EmbeddedDocument
    }
}

impl From<&str> for Pattern {
    fn from(pattern: &str) -> Self {
        Self::new(pattern)
    }
}

impl From<String> for Pattern {
    fn from(pattern: String) -> Self {
        Self::new(pattern)
    }
}

impl From<&String> for Pattern {
    fn from(pattern: &String) -> Self {
        Self::new(pattern)
    }
}

impl From<Regex> for Pattern {
    fn from(regex: Regex) -> Self {
        Self::new(regex.pattern.as_str()).options(regex.options.as_str())
    }
}

impl From<&Regex> for Pattern {
    fn from(regex: &Regex) -> Self {
        Self::new(regex.pattern.as_str()).options(regex.options.as_str())
    }
}
