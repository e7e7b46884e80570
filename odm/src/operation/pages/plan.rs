//! One page without types: what is sent for it, and what its two ends are.

use mongodb::bson::{Document, RawDocumentBuf};

use super::{
    PageCursor,
    condition::restrict,
    identity::{self, Identity},
    position::Position,
    seal::Key,
    value::values_of,
};
use crate::{
    error::{Error, Result},
    sort::SortKey,
};

/// The query that a page is part of.
pub(super) struct Query<'a> {
    pub(super) collection: &'a str,
    pub(super) filter: Document,
    pub(super) variables: Option<&'a Document>,
    pub(super) keys: Vec<SortKey>,
}

/// What is asked of it.
pub(super) struct Asked {
    pub(super) size: u32,
    /// `None`: from the beginning.
    pub(super) after: Option<PageCursor>,
    pub(super) key: Option<Key>,
}

/// How a page is read.
pub(super) struct Plan {
    keys: Vec<SortKey>,
    filter: Document,
    identity: Identity,
    from: Option<Position>,
    size: u32,
    key: Option<Key>,
}

/// What was found, in the query's order, and its two ends.
pub(super) struct Cut {
    pub(super) documents: Vec<RawDocumentBuf>,
    pub(super) next: Option<PageCursor>,
    pub(super) previous: Option<PageCursor>,
}

impl Plan {
    pub(super) fn new(query: Query<'_>, asked: Asked) -> Result<Self> {
        if asked.size == 0 {
            return Err(Error::invalid("a page has one document at least"));
        }
        let Query { collection, filter, variables, keys } = query;
        let identity = Identity::of(&keys, (collection, &filter, variables))?;
        let Asked { size, after, key } = asked;
        let content = after.map(|after| after.open(key.as_ref())).transpose()?;
        let from = content.map(|content| Position::of_content(content, &identity, &keys));
        Ok(Self { from: from.transpose()?, keys, filter, identity, size, key })
    }

    /// The filter of the page.
    pub(super) fn filter(&self) -> Document {
        match &self.from {
            Some(from) => restrict(&self.filter, &self.keys, from),
            None => self.filter.clone(),
        }
    }

    /// The order in which the page is read.
    pub(super) fn order(&self) -> Document {
        let turned = |key: &SortKey| SortKey {
            is_descending: key.is_descending != self.is_backward(),
            ..key.clone()
        };
        identity::order(&self.keys.iter().map(turned).collect::<Vec<_>>())
    }

    /// The page, and one document more: whether there is one.
    pub(super) fn limit(&self) -> u32 {
        self.size.saturating_add(1)
    }

    fn is_backward(&self) -> bool {
        self.from.as_ref().is_some_and(|from| from.is_backward)
    }

    /// The page of what was found.
    pub(super) fn cut(&self, mut documents: Vec<RawDocumentBuf>) -> Result<Cut> {
        let has_more = documents.len() > self.size as usize;
        documents.truncate(self.size as usize);
        // Where the page was read from, there was a document, unless an empty page said otherwise.
        let is_beside = self.from.as_ref().is_some_and(|from| !from.is_inclusive);
        let (has_next, has_previous) = match self.is_backward() {
            true => (is_beside, has_more),
            false => (has_more, is_beside),
        };
        if self.is_backward() {
            documents.reverse();
        }
        let end = |is_there: bool, document, is_backward| match is_there {
            true => self.end(document, is_backward).map(Some),
            false => Ok(None),
        };
        let next = end(has_next, documents.last(), false)?;
        let previous = end(has_previous, documents.first(), true)?;
        Ok(Cut { documents, next, previous })
    }

    /// The way from a document at the end of the page; of an empty page, from where it was read.
    fn end(&self, document: Option<&RawDocumentBuf>, is_backward: bool) -> Result<PageCursor> {
        let position = match (document, &self.from) {
            (Some(document), _) => {
                let values = values_of(document.as_bytes(), &self.keys)?;
                Position { values, is_backward, is_inclusive: false }
            }
            (None, Some(from)) => {
                let is_inclusive = !from.is_inclusive;
                Position { values: from.values.clone(), is_backward, is_inclusive }
            }
            (None, None) => unreachable!("an empty first page has no ends"),
        };
        PageCursor::seal(&position.into_content(&self.identity), self.key.as_ref())
    }
}
