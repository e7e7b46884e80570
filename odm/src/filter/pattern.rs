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

    /// The pattern of texts that begin with `prefix`, letter for letter.
    pub fn starting_with(prefix: &str) -> Self {
        Self::new(format!("^{}", escaped(prefix)))
    }

    /// The pattern of texts that end with `suffix`, letter for letter.
    pub fn ending_with(suffix: &str) -> Self {
        Self::new(format!(r"{}\z", escaped(suffix)))
    }

    /// The pattern of texts that contain `part`, letter for letter.
    pub fn containing(part: &str) -> Self {
        Self::new(escaped(part))
    }

    /// The pattern of texts that are `text`, letter for letter.
    pub fn exactly(text: &str) -> Self {
        Self::new(format!(r"^{}\z", escaped(text)))
    }

    /// The same pattern, for which `a` and `A` are the same letter (option `i`).
    ///
    /// An index on the field is read whole then.
    #[must_use]
    pub fn ignoring_case(mut self) -> Self {
        if !self.options.contains('i') {
            self.options.push('i');
        }
        self
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
                        out.fail(format!(
                            "unknown option {unknown:?}: the options are i, m, s, x and u"
                        ));
                    }
                    self.options.encode(out)
                });
            }
        });
        ElementType::EmbeddedDocument
    }
}

/// The text as a pattern for itself.
pub(crate) fn escaped(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len() + 8);
    for char in text.chars() {
        if r"\^$.|?*+()[]{}".contains(char) {
            pattern.push('\\');
        }
        pattern.push(char);
    }
    pattern
}

/// What a pattern can be given as.
#[diagnostic::on_unimplemented(
    message = "a pattern is text, a `Regex` or a `Pattern`, and this is a `{Self}`",
    label = "not a pattern"
)]
pub trait IntoPattern {
    /// Makes the pattern.
    fn into_pattern(self) -> Pattern;
}

impl IntoPattern for Pattern {
    fn into_pattern(self) -> Pattern {
        self
    }
}

impl IntoPattern for &Pattern {
    fn into_pattern(self) -> Pattern {
        self.clone()
    }
}

macro_rules! text {
    ($($text:ty)*) => {$(
        impl IntoPattern for $text {
            fn into_pattern(self) -> Pattern {
                Pattern::new(self)
            }
        }
    )*};
}

text! { &str String &String }

impl IntoPattern for &Regex {
    fn into_pattern(self) -> Pattern {
        Pattern::new(self.pattern.as_str()).options(self.options.as_str())
    }
}

impl IntoPattern for Regex {
    fn into_pattern(self) -> Pattern {
        (&self).into_pattern()
    }
}
