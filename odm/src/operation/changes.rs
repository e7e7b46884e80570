//! The changes between two states of a document, as an update.

use std::{fmt, marker::PhantomData};

use mongodb::bson::Document;

use crate::{
    codec::{decode_document, encode_document},
    error::{Error, Result},
    model::Model,
    update::{Changed, Filtered, Operators, Race, Shape, Statement, Update},
};

/// What changed from a document as it was loaded to the same document now: made by
/// [`changes_from`](crate::Operations::changes_from), and turned into an update by
/// [`update`](Self::update).
#[must_use = "changes do nothing until an update writes them: `.update().one(…)`"]
pub struct Changes<M> {
    changed: Result<Changed>,
    model: PhantomData<fn() -> M>,
}

impl<M: Model> Changes<M> {
    pub(super) fn between(original: &M, new: &M) -> Self {
        let shape = Shape {
            names: M::NAMES,
            upkeep: M::UPKEEP,
            reread: |bytes| encode_document(&decode_document::<M>(bytes).ok()?).ok(),
        };
        let encode = |document: &M| encode_document(document).map_err(Error::from);
        let changed = encode(original)
            .and_then(|original| Changed::between(&original, &encode(new)?, &shape));
        Self { changed, model: PhantomData }
    }

    /// Whether nothing changed. The update changes nothing then, and still says whether the
    /// document is there.
    pub fn is_empty(&self) -> bool {
        self.changed.as_ref().is_ok_and(|changed| changed.is_empty)
    }

    /// Whether it matters that others may have written the document after it was loaded: whether
    /// there are [`races`](Self::races).
    pub fn may_race(&self) -> bool {
        !self.races().is_empty()
    }

    /// The paths at which a change by somebody else, after the document was loaded, is lost or stops
    /// the update. All other paths are written whatever happened elsewhere in the document.
    pub fn races(&self) -> &[Race] {
        self.changed.as_ref().map_or(&[], |changed| &changed.races)
    }

    /// The update of the document with this `_id`. Everything that an update has can follow:
    /// [`by`](Update::by) for models with a version, more operators, and the verbs.
    pub fn update(self) -> Update<M, Filtered, Operators> {
        Update::from_statement(match self.changed {
            Ok(changed) => changed.statement,
            Err(error) => Statement::of_fault(error),
        })
    }

    /// The statement that is sent.
    ///
    /// # Errors
    ///
    /// `Encode` if BSON cannot hold a value; `Invalid` if the `_id`s differ, or if a key of a
    /// flattened map changed that no path can name.
    pub fn as_document(&self) -> Result<Document> {
        self.clone().update().as_document()
    }
}

impl<M> Clone for Changes<M> {
    fn clone(&self) -> Self {
        Self { changed: self.changed.clone(), model: PhantomData }
    }
}

impl<M: Model> fmt::Debug for Changes<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.as_document() {
            Ok(document) => write!(f, "Changes({document})"),
            Err(error) => write!(f, "Changes({error})"),
        }
    }
}
