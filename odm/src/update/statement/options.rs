//! What an update says besides its filter and its changes.

use std::time::Duration;

use mongodb::bson::{Bson, Document};

use crate::{
    codec::Encoder,
    error::{Error, Result},
    options::{Collation, Hint, WriteConcern},
    sort::Sort,
};

use super::{Reader, append_option};

/// The refusal of a sort order for an update of every match.
pub(crate) const NO_SORT: &str = "`sort` has no effect with `many`: every document that matches is \
    changed";

/// The options of a statement.
#[derive(Clone, Debug, Default)]
pub(crate) struct StatementOptions {
    /// The statement inserts where nothing matches; what it would insert is read with this.
    pub(crate) upsert: Option<Reader>,
    pub(crate) hint: Option<Hint>,
    pub(crate) collation: Option<Collation>,
    pub(crate) comment: Option<Bson>,
    pub(crate) let_vars: Option<Document>,
    pub(crate) write_concern: Option<WriteConcern>,
    pub(crate) bypass_validation: bool,
    pub(crate) sort: Option<Sort<()>>,
    /// Of the client; nothing of it is part of the statement.
    pub(crate) timeout: Option<Duration>,
}

/// The options of a statement that hold for a whole command.
#[derive(Clone, Debug, Default)]
pub(crate) struct WholeOptions {
    pub(crate) comment: Option<Bson>,
    pub(crate) let_vars: Option<Document>,
    pub(crate) write_concern: Option<WriteConcern>,
    pub(crate) bypass_validation: bool,
}

impl StatementOptions {
    pub(super) fn take_whole(&mut self) -> WholeOptions {
        self.timeout = None;
        WholeOptions {
            comment: self.comment.take(),
            let_vars: self.let_vars.take(),
            write_concern: self.write_concern.take(),
            bypass_validation: std::mem::take(&mut self.bypass_validation),
        }
    }

    pub(super) fn add_to(&self, mut document: Document) -> Result<Document> {
        if self.upsert.is_some() {
            document.insert("upsert", true);
        }
        if let Some(sort) = &self.sort {
            document.insert("sort", sort.as_document()?);
        }
        insert_option(&mut document, "hint", self.hint.as_ref())?;
        insert_option(&mut document, "collation", self.collation.as_ref())?;
        insert_option(&mut document, "let", self.let_vars.as_ref())?;
        insert_option(&mut document, "comment", self.comment.as_ref())?;
        insert_option(&mut document, "writeConcern", self.write_concern.as_ref())?;
        if self.bypass_validation {
            document.insert("bypassDocumentValidation", true);
        }
        Ok(document)
    }

    pub(super) fn append_to(&self, is_multi: bool, out: &mut Encoder) -> Result<()> {
        self.check(is_multi)?;
        if self.upsert.is_some() {
            out.field("upsert", &true);
        }
        if let Some(sort) = &self.sort {
            out.field("sort", &sort.as_document()?);
        }
        append_option("hint", self.hint.as_ref(), out)?;
        append_option("collation", self.collation.as_ref(), out)
    }

    /// Refuses what holds for whole commands.
    fn check(&self, is_multi: bool) -> Result<()> {
        if is_multi && self.sort.is_some() {
            return Err(Error::invalid(NO_SORT));
        }
        refuse_whole([
            ("let_vars", self.let_vars.is_some()),
            ("comment", self.comment.is_some()),
            ("write_concern", self.write_concern.is_some()),
            ("bypass_document_validation", self.bypass_validation),
            ("timeout", self.timeout.is_some()),
        ])
    }
}

/// Refuses the first option that is set: it holds for a whole command, not for one statement of it.
pub(crate) fn refuse_whole<const N: usize>(options: [(&str, bool); N]) -> Result<()> {
    match options.iter().find(|(_, is_set)| *is_set) {
        None => Ok(()),
        Some((name, _)) => Err(Error::invalid(format!(
            "`{name}` holds for all writes of a bulk: set it on the bulk, not on one of its writes"
        ))),
    }
}

fn insert_option<T: serde::Serialize>(
    document: &mut Document,
    key: &str,
    value: Option<&T>,
) -> Result<()> {
    if let Some(value) = value {
        let value = mongodb::bson::serialize_to_bson(value)
            .map_err(|error| Error::invalid(format!("`{key}`: {error}")))?;
        document.insert(key, value);
    }
    Ok(())
}
