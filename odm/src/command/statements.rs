//! The statements of a bulk, one after the other in one buffer.

use crate::{
    codec::{Element, Elements, Encoder},
    error::{Error, Result},
};

/// The largest document, and so the largest statement, that fits in a command.
const MOST_BYTES: usize = 16 * 1024 * 1024;
/// How much larger than its document an update statement may be.
const SLACK: usize = 8 * 1024;

/// What a statement does. It goes into the command of that name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Insert,
    Update,
    Delete,
}

/// Statements in the server's form: for inserts the document itself.
#[derive(Clone, Debug, Default)]
pub(crate) struct Statements {
    bytes: Vec<u8>,
    entries: Vec<Entry>,
    collections: Vec<String>,
}

/// One statement; it begins where the one before ends.
#[derive(Clone, Copy, Debug)]
struct Entry {
    end: usize,
    kind: Kind,
    is_multi: bool,
    collection: usize,
}

/// What statements must have in common to share a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Family {
    pub(crate) kind: Kind,
    pub(crate) is_multi: bool,
    pub(crate) collection: usize,
}

impl Statements {
    /// Appends a statement that `write` writes. After an error, nothing has been appended.
    pub(crate) fn push(
        &mut self,
        collection: &str,
        (kind, is_multi): (Kind, bool),
        write: impl FnOnce(&mut Encoder) -> Result<()>,
    ) -> Result<()> {
        let start = self.bytes.len();
        let mut out = Encoder::after(std::mem::take(&mut self.bytes));
        let mut written = Ok(());
        out.document(|out| written = write(out));
        let (bytes, fault) = out.finish_after(start);
        self.bytes = bytes;
        let checked = written
            .and_then(|()| fault.map_or(Ok(()), |fault| Err(fault.into())))
            .and_then(|()| check(&self.bytes[start..]));
        if let Err(error) = checked {
            self.bytes.truncate(start);
            return Err(error);
        }
        self.enter(collection, kind, is_multi);
        Ok(())
    }

    /// Appends the insertion of an encoded document.
    pub(crate) fn push_insert(&mut self, collection: &str, document: &[u8]) -> Result<()> {
        check_document(document)?;
        self.bytes.extend_from_slice(document);
        self.enter(collection, Kind::Insert, false);
        Ok(())
    }

    fn enter(&mut self, collection: &str, kind: Kind, is_multi: bool) {
        let known = self.collections.iter().position(|known| known == collection);
        let collection = known.unwrap_or_else(|| {
            self.collections.push(collection.to_owned());
            self.collections.len() - 1
        });
        self.entries.push(Entry { end: self.bytes.len(), kind, is_multi, collection });
    }

    /// Moves the statements of the only collection to one of this name.
    pub(crate) fn rename_collection(&mut self, name: &str) {
        if let [only] = self.collections.as_mut_slice() {
            name.clone_into(only);
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The bytes of a statement.
    pub(crate) fn get(&self, index: usize) -> &[u8] {
        let start = index.checked_sub(1).map_or(0, |before| self.entries[before].end);
        &self.bytes[start..self.entries[index].end]
    }

    pub(crate) fn family(&self, index: usize) -> Family {
        let Entry { kind, is_multi, collection, .. } = self.entries[index];
        Family { kind, is_multi, collection }
    }

    pub(crate) fn collection(&self, collection: usize) -> &str {
        &self.collections[collection]
    }

    /// The indexes of the documents to insert.
    pub(crate) fn inserts(&self) -> impl Iterator<Item = usize> {
        (0..self.len()).filter(|index| self.entries[*index].kind == Kind::Insert)
    }
}

/// Refuses a document that is too large to be inserted.
pub(super) fn check_document(document: &[u8]) -> Result<()> {
    match document.len() > MOST_BYTES {
        true => Err(too_large("document", document.len())),
        false => Ok(()),
    }
}

/// Refuses a statement that is too large or too deep.
pub(super) fn check(statement: &[u8]) -> Result<()> {
    if statement.len() > MOST_BYTES + SLACK {
        return Err(too_large("statement", statement.len()));
    }
    let deep = |error| Error::invalid(format!("the statement is malformed or too deep: {error}"));
    let mut elements = Elements::framed(statement, 0).map_err(deep)?;
    while let Some((_, element)) = elements.next_element().map_err(deep)? {
        // The outermost level is that of the statement, not of a document.
        Element::nested(element.kind(), 0, element.value()).check_depth().map_err(deep)?;
    }
    Ok(())
}

#[cold]
fn too_large(what: &str, bytes: usize) -> Error {
    Error::invalid(format!("the {what} has {bytes} bytes, and a command holds {MOST_BYTES}"))
}
