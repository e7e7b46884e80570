//! The smallest update between two states of a document, from their encoded forms.
//!
//! ```text
//! old, new ──► difference  what is set and unset, by path
//!          ──► guards      what the stored document must still have for these paths to mean the same
//!          ──► races       paths at which another writer matters
//! ```

mod difference;
mod guards;
mod probe;

use std::fmt;

use mongodb::bson::{Bson, Document};

use crate::{
    codec::{Element, Encode, Names},
    error::{Error, Result},
    filter::Filter,
    path::{Path, Step, Value},
};

use self::difference::Difference;
use super::{Statement, Upkeep};

/// Where another writer matters, who wrote the document after it was loaded.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Race {
    /// An element is written at its position. The update asks that the element is still the one
    /// that was loaded: otherwise it matches nothing.
    Element {
        /// The path of the element, `items.3`.
        path: String,
    },
    /// An array or a document is written as a whole: what others have written to it since is lost.
    /// A document is, if it is another variant now, if a key changed in it that no path can name, or
    /// if it had its default and is perhaps not stored at all.
    Whole {
        /// The path of what is written.
        path: String,
    },
}

impl Race {
    /// The path of the element, or of what is written as a whole.
    pub fn path(&self) -> &str {
        match self {
            Self::Element { path } | Self::Whole { path } => path,
        }
    }
}

/// The path, and what happens there.
impl fmt::Display for Race {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Element { path } => write!(f, "`{path}` is written by its position"),
            Self::Whole { path } => write!(f, "`{path}` is written as a whole"),
        }
    }
}

/// What a model says of its documents.
pub(crate) struct Shape {
    pub(crate) names: &'static Names,
    pub(crate) upkeep: &'static Upkeep,
    /// A document as the model reads it, and writes it again; nothing if it cannot be read.
    pub(crate) reread: fn(&[u8]) -> Option<Vec<u8>>,
}

/// What changed between two encoded documents.
#[derive(Clone, Debug)]
pub(crate) struct Changed {
    pub(crate) statement: Statement,
    pub(crate) races: Vec<Race>,
    pub(crate) is_empty: bool,
}

impl Changed {
    /// The changes from one encoded document to another, as an update of the one with this `_id`.
    pub(crate) fn between(old: &[u8], new: &[u8], shape: &Shape) -> Result<Self> {
        let (old, new) = (document(old)?, document(new)?);
        let id = same_id(&old, &new)?;
        let found = Difference::between(&old, &new, shape)?;
        let mut statement = Statement::of_operators(shape.upkeep);
        statement.may_be_empty();
        statement.add_filter(Filter::of_id(Ok(id)));
        if !found.guards.is_empty() {
            let guards = found.guards.into_iter().reduce(crate::condition::Node::and);
            guards.into_iter().for_each(|node| statement.add_filter(Filter::from_node(Ok(node))));
        }
        let is_empty = found.writes.is_empty();
        for (steps, value) in found.writes {
            let path = steps
                .into_iter()
                .fold(Path::root(), |path, step| path.then(Step::Key(step), Value::default()));
            match value {
                Some(value) => statement.write("$set", &path, |out| value.encode(out)),
                None => statement.write("$unset", &path, |out| "".encode(out)),
            }
        }
        Ok(Self { statement, races: found.races, is_empty })
    }
}

fn document(bytes: &[u8]) -> Result<Document> {
    match Element::document(bytes).to_bson()? {
        Bson::Document(document) => Ok(document),
        _ => Err(Error::invalid("a model is stored as a document")),
    }
}

/// The `_id` that both have.
fn same_id(old: &Document, new: &Document) -> Result<crate::codec::RawValue> {
    match (old.get("_id"), new.get("_id")) {
        (Some(old), Some(new)) if difference::is_same(old, new) => {
            Ok(crate::codec::RawValue::of(new))
        }
        (Some(_), Some(_)) => Err(Error::invalid(
            "the `_id` is another one: MongoDB keeps the `_id` of a document for its whole life",
        )),
        _ => Err(Error::invalid("changes are between documents with an `_id`, and one has none")),
    }
}
