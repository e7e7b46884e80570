//! Writes of a document as it was loaded, which the server refuses once it has changed.

use crate::{
    codec::{Encode, RawValue},
    condition::Node,
    error::{Error, ErrorKind, Outcome, Result},
    executor::Target,
    filter::Filter,
    model::{Model, Versioned},
    update::{Filtered, Update},
};

impl<M: Model, F, K> Update<M, F, K> {
    /// Only the document that was loaded, and only if it still has the version that was loaded.
    /// Otherwise nothing is written, and the error is of the kind
    /// [`Stale`](crate::ErrorKind::Stale).
    ///
    /// ```
    /// use odm::prelude::*;
    ///
    /// #[derive(Model)]
    /// #[model(collection = "pages")]
    /// struct Page { #[model(id)] id: i64, title: String, #[model(version)] version: i64 }
    ///
    /// let loaded = Page { id: 7, title: "tea".into(), version: 3 };
    /// let update = Page::update().by(&loaded).set(|p| p.title(), "Tea");
    /// assert_eq!(
    ///     update.as_document()?,
    ///     doc! {
    ///         "q": { "_id": 7_i64, "version": 3_i64 },
    ///         "u": { "$set": { "title": "Tea" }, "$inc": { "version": 1_i64 } },
    ///     },
    /// );
    /// # Ok::<(), odm::Error>(())
    /// ```
    ///
    /// Every update of a model with a version makes it greater by one, with `.by(…)` or without:
    /// `many`, upserts, bulks and pipelines, too.
    ///
    /// The answer of the server does not say why nothing matched. A document that was removed is
    /// stale, too, and so is one that does not meet another condition of the update: that of a
    /// `filter`, or of a path that [relies](crate::guide::promise) on something.
    ///
    /// A repeated attempt, after a lost connection, gets the answer of the first. So its own change
    /// does not make the update stale. If the outcome is `Unknown` in the end, and the update is run
    /// again, it is stale if it was applied before.
    ///
    /// # Errors
    ///
    /// Of the verb: `Stale`, with the outcome `NotApplied`. `Invalid` in an upsert, which would
    /// insert what is stale, and in a bulk, whose answer does not tell which of its writes matched
    /// nothing.
    pub fn by(mut self, loaded: &M) -> Update<M, Filtered, K>
    where
        M: Versioned,
    {
        self.statement.by_version(as_loaded(loaded).cast());
        Update::from_statement(self.statement)
    }
}

/// `{_id: …, version: …}`
pub(super) fn as_loaded<M: Versioned>(loaded: &M) -> Filter<M> {
    Filter::from_node(condition(loaded))
}

fn condition<M: Versioned>(loaded: &M) -> Result<Node> {
    let id = loaded.document_id().ok_or_else(|| {
        Error::invalid("`.by(…)` needs a document that was loaded, and this one has no `_id`")
    })?;
    let id = Node::field("_id", RawValue::write("_id", |out| id.encode(out))?);
    Ok(match M::UPKEEP.is_version(loaded.loaded_version()) {
        Some((name, version)) => id.and(Node::field(name, version)),
        None => id,
    })
}

/// The error of a write of what was loaded that matched nothing.
pub(super) fn check_matched(
    (is_by_version, has_matched): (bool, bool),
    operation: &str,
    target: &Target,
) -> Result<()> {
    match is_by_version && !has_matched {
        true => {
            let stale = Error::new(ErrorKind::Stale, Outcome::NotApplied);
            Err(stale.during(operation, &target.namespace()))
        }
        false => Ok(()),
    }
}
