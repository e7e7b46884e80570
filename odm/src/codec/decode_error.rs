//! Why a value could not be read, and where.

use std::fmt;

use mongodb::bson::Bson;

/// Why a value could not be read, with the path to it.
///
/// Displayed as `items[3].qty: expected int32, found string`.
#[derive(Clone, Debug, PartialEq)]
pub struct DecodeError(Box<Inner>);

#[derive(Clone, Debug, PartialEq)]
struct Inner {
    /// Innermost segment first: it grows while the error travels outwards.
    reversed: Vec<Segment>,
    reason: String,
    id: Option<Bson>,
}

/// One step of the path to a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Segment {
    /// A key of a document.
    Key(String),
    /// An index of an array.
    Index(usize),
}

impl DecodeError {
    /// An error with a reason of the caller's own, as in `expected an even number, found 3`.
    #[cold]
    pub fn new(reason: impl Into<String>) -> Self {
        Self(Box::new(Inner { reversed: Vec::new(), reason: reason.into(), id: None }))
    }

    /// `expected …, found …`.
    #[cold]
    pub fn expected(expected: &str, found: &str) -> Self {
        Self::new(format!("expected {expected}, found {found}"))
    }

    #[cold]
    pub(crate) fn malformed(what: &str) -> Self {
        Self::new(format!("malformed BSON: {what}"))
    }

    #[cold]
    pub(crate) fn not_utf8() -> Self {
        Self::expected("UTF-8 text", "other bytes")
    }

    /// The same error, seen from the document that holds the value under `key`.
    #[cold]
    #[must_use]
    pub fn in_key(mut self, key: &str) -> Self {
        self.0.reversed.push(Segment::Key(key.to_owned()));
        self
    }

    /// The same error, seen from the array that holds the value at `index`.
    #[cold]
    #[must_use]
    pub fn in_index(mut self, index: usize) -> Self {
        self.0.reversed.push(Segment::Index(index));
        self
    }

    #[cold]
    pub(crate) fn with_id(mut self, id: Option<Bson>) -> Self {
        self.0.id = id;
        self
    }

    /// The path of the value, as in `items[3].qty`; empty for the document itself.
    pub fn path(&self) -> String {
        render(&self.0.reversed.iter().rev().cloned().collect::<Vec<_>>())
    }

    /// What is wrong with the value, without its path.
    pub fn reason(&self) -> &str {
        &self.0.reason
    }

    /// The `_id` of the document, if it could be read.
    pub fn id(&self) -> Option<&Bson> {
        self.0.id.as_ref()
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.reversed.is_empty() {
            true => f.write_str(&self.0.reason),
            false => write!(f, "{}: {}", self.path(), self.0.reason),
        }
    }
}

impl std::error::Error for DecodeError {}

impl From<DecodeError> for crate::Error {
    fn from(error: DecodeError) -> Self {
        Self::decode(error.path(), error.0.reason, error.0.id)
    }
}

/// `items[3].qty`, in one line whatever the keys are.
pub(crate) fn render(path: &[Segment]) -> String {
    let mut text = String::new();
    for segment in path {
        match segment {
            Segment::Key(key) => {
                if !text.is_empty() {
                    text.push('.');
                }
                match key.contains(char::is_control) {
                    true => text.extend(key.escape_debug()),
                    false => text.push_str(key),
                }
            }
            Segment::Index(index) => text.push_str(&format!("[{index}]")),
        }
    }
    text
}
