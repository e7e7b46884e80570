//! What happened, as the server names it.

use std::fmt;

use crate::{
    codec::{Decode, DecodeError, Element, ElementType, Encode, Encoder},
    path::{Field, Layers, Mode, Scalar, Spec, class, kind},
};

/// What happened (`operationType`).
///
/// ```
/// use odm::prelude::*;
///
/// assert_eq!(Operation::from("insert"), Operation::Insert);
/// assert_eq!(Operation::from("createIndexes").to_string(), "createIndexes");
/// ```
///
/// Manual: [change events](https://www.mongodb.com/docs/manual/reference/change-events/).
#[doc(alias = "operationType")]
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Operation {
    /// A document was inserted.
    Insert,
    /// Fields of a document were changed.
    Update,
    /// A document was replaced.
    Replace,
    /// A document was deleted.
    Delete,
    /// A collection was dropped.
    Drop,
    /// A collection was renamed.
    Rename,
    /// The stream ends.
    Invalidate,
    /// Any other, by the server's name.
    Other(String),
}

impl Operation {
    /// The server's name.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Insert => "insert",
            Self::Update => "update",
            Self::Replace => "replace",
            Self::Delete => "delete",
            Self::Drop => "drop",
            Self::Rename => "rename",
            Self::Invalidate => "invalidate",
            Self::Other(name) => name,
        }
    }
}

impl From<&str> for Operation {
    fn from(name: &str) -> Self {
        match name {
            "insert" => Self::Insert,
            "update" => Self::Update,
            "replace" => Self::Replace,
            "delete" => Self::Delete,
            "drop" => Self::Drop,
            "rename" => Self::Rename,
            "invalidate" => Self::Invalidate,
            other => Self::Other(other.to_owned()),
        }
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Encode for Operation {
    fn encode(&self, out: &mut Encoder) -> ElementType {
        self.as_str().encode(out)
    }
}

impl Decode for Operation {
    fn decode(element: Element<'_>) -> Result<Self, DecodeError> {
        element.str().map(Self::from)
    }
}

#[diagnostic::do_not_recommend]
impl Field for Operation {
    type Kind = kind::Text;
    type Inner = Self;
    type Handle<M: Mode, R, V, S: Spec> = Scalar<M, R, V, S>;
    type Layer<W: Layers> = W;
    type Class = class::Own<Self>;

    fn as_inner(&self) -> Option<&Self> {
        Some(self)
    }
}
