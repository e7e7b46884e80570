//! What `$text` searches for.

use crate::codec::{ElementType, Encode, Encoder};

/// A text search: the words, and how they are compared.
///
/// ```
/// use odm::{filter::TextSearch, prelude::*};
///
/// #[derive(Embedded)]
/// struct Item { name: String }
///
/// let search = TextSearch::new("café").language("fr").diacritic_sensitive(true);
/// assert_eq!(
///     Filter::<Item>::text(search).as_document()?,
///     doc! { "$text": {
///         "$search": "café", "$language": "fr", "$diacriticSensitive": true,
///     } },
/// );
/// # Ok::<(), odm::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextSearch {
    search: String,
    language: Option<String>,
    case_sensitive: Option<bool>,
    diacritic_sensitive: Option<bool>,
}

impl TextSearch {
    /// A search for words, `"phrases"` and `-exclusions`.
    pub fn new(search: impl Into<String>) -> Self {
        Self {
            search: search.into(),
            language: None,
            case_sensitive: None,
            diacritic_sensitive: None,
        }
    }

    /// The language of the words (`$language`); default: the language of the index. `none` takes
    /// the words as they are.
    #[doc(alias = "$language")]
    #[must_use]
    pub fn language(mut self, language: impl Into<String>) -> Self {
        self.language = Some(language.into());
        self
    }

    /// Whether `a` and `A` differ (`$caseSensitive`).
    #[doc(alias = "$caseSensitive")]
    #[must_use]
    pub fn case_sensitive(mut self, is_sensitive: bool) -> Self {
        self.case_sensitive = Some(is_sensitive);
        self
    }

    /// Whether `e` and `é` differ (`$diacriticSensitive`).
    #[doc(alias = "$diacriticSensitive")]
    #[must_use]
    pub fn diacritic_sensitive(mut self, is_sensitive: bool) -> Self {
        self.diacritic_sensitive = Some(is_sensitive);
        self
    }

    pub(super) fn write(&self, out: &mut Encoder) -> ElementType {
        fn option<T: Encode>(out: &mut Encoder, key: &str, value: &Option<T>) {
            if let Some(value) = value {
                out.field(key, value);
            }
        }
        out.document(|out| {
            out.field("$search", &self.search);
            option(out, "$language", &self.language);
            option(out, "$caseSensitive", &self.case_sensitive);
            option(out, "$diacriticSensitive", &self.diacritic_sensitive);
        });
        ElementType::EmbeddedDocument
    }
}

impl From<&str> for TextSearch {
    fn from(search: &str) -> Self {
        Self::new(search)
    }
}

impl From<String> for TextSearch {
    fn from(search: String) -> Self {
        Self::new(search)
    }
}

impl From<&String> for TextSearch {
    fn from(search: &String) -> Self {
        Self::new(search)
    }
}
