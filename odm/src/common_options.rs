//! The options of operations: each is declared, set and rendered here, once.
//!
//! Knows option values, BSON and the variables of expressions. Does not know models or collections.
//!
//! | option | part of | where |
//! | --- | --- | --- |
//! | `hint`, `collation`, `sort`, `upsert` | a statement | [`StatementOptions`] |
//! | `comment`, `let`, `writeConcern`, `bypassDocumentValidation` | a command | [`CommandOptions`] |
//! | the time limit | neither: what is left of it is told when the command is sent | [`CommonOptions`] |

mod setters;

use std::time::Duration;

use mongodb::bson::{Bson, Document};

pub(crate) use self::setters::setters;
use crate::{
    codec::{ElementType, Encode, Encoder, Fragment},
    error::{Error, Result},
    options::{Collation, Hint, WriteConcern, check_time},
    sort::Sort,
};

/// All options of a write.
#[derive(Clone, Debug, Default)]
pub(crate) struct CommonOptions {
    pub(crate) statement: StatementOptions,
    pub(crate) command: CommandOptions,
    pub(crate) timeout: Option<Duration>,
}

/// The options of one statement.
#[derive(Clone, Debug, Default)]
pub(crate) struct StatementOptions {
    pub(crate) hint: Option<Hint>,
    pub(crate) collation: Option<Collation>,
    pub(crate) sort: Option<Sort<()>>,
}

/// The options of a command, which hold for all of its statements.
#[derive(Clone, Debug, Default)]
pub(crate) struct CommandOptions {
    /// Go on after a failure.
    pub(crate) is_unordered: bool,
    pub(crate) bypass_validation: bool,
    pub(crate) let_vars: Option<Document>,
    /// The first mistake in a variable.
    let_fault: Option<Error>,
    pub(crate) comment: Option<Bson>,
    /// In place of the collection's.
    pub(crate) write_concern: Option<WriteConcern>,
}

impl CommonOptions {
    /// Refuses the first option that holds for a whole command, in a statement of a bulk.
    pub(crate) fn check_in_bulk(&self) -> Result<()> {
        let options = &self.command;
        let whole = [
            ("let_vars", options.let_vars.is_some() || options.let_fault.is_some()),
            ("comment", options.comment.is_some()),
            ("write_concern", options.write_concern.is_some()),
            ("bypass_document_validation", options.bypass_validation),
            ("timeout", self.timeout.is_some()),
        ];
        match whole.iter().find(|(_, is_set)| *is_set) {
            None => Ok(()),
            Some((name, _)) => Err(Error::invalid(format!(
                "`{name}` holds for all writes of a bulk: set it on the bulk, not on one of its \
                 writes"
            ))),
        }
    }

    /// The options that are not part of the statement, taken out.
    pub(crate) fn take_whole(&mut self) -> (CommandOptions, Option<Duration>) {
        (std::mem::take(&mut self.command), self.timeout.take())
    }

    /// A statement as it is shown: what `write` appends, and the options of its command.
    pub(crate) fn shown(&self, write: impl FnOnce(&mut Encoder) -> Result<()>) -> Result<Document> {
        let (mut written, mut concern) = (Ok(()), Ok(()));
        let elements = Fragment::write(|out| {
            written = write(out);
            self.command.append_let(out);
            self.command.append_bypass(out);
            self.command.append_to(out);
            concern = append_concern(self.command.write_concern.as_ref(), out);
        });
        written.and(concern)?;
        elements?.to_document()
    }
}

impl StatementOptions {
    /// Appends them as the server's statements have them.
    pub(crate) fn append_to(&self, out: &mut Encoder) -> Result<()> {
        if let Some(sort) = &self.sort {
            let elements = sort.clone().into_elements()?;
            if !elements.is_empty() {
                out.field("sort", &elements);
            }
        }
        append_option("hint", self.hint.as_ref(), out)?;
        append_option("collation", self.collation.as_ref(), out)
    }
}

impl CommandOptions {
    /// An upper bound of the bytes that they take in a command.
    pub(crate) fn bytes(&self) -> usize {
        let mut out = Encoder::default();
        out.field("let", &self.let_vars);
        out.field("comment", &self.comment);
        out.finish_elements().map_or(0, |bytes| bytes.len())
    }

    /// Appends what every command takes.
    pub(crate) fn append_to(&self, out: &mut Encoder) {
        if let Some(comment) = &self.comment {
            out.field("comment", comment);
        }
    }

    /// Adds variables to those there are; the first mistake is kept.
    pub(crate) fn add_variables(&mut self, variables: Result<Document>) {
        match variables {
            Ok(variables) => self.let_vars.get_or_insert_default().extend(variables),
            Err(error) => drop(self.let_fault.get_or_insert(error)),
        }
    }

    /// The mistake in a variable, if there is one.
    pub(crate) fn check_let(&self) -> Result<()> {
        self.let_fault.clone().map_or(Ok(()), Err)
    }

    /// Appends the variables, which an insert does not take.
    pub(crate) fn append_let(&self, out: &mut Encoder) {
        if let Some(fault) = &self.let_fault {
            out.fail(fault.to_string());
        }
        if let Some(variables) = &self.let_vars {
            out.field("let", variables);
        }
    }

    /// Appends what a delete does not take.
    pub(crate) fn append_bypass(&self, out: &mut Encoder) {
        if self.bypass_validation {
            out.field("bypassDocumentValidation", &true);
        }
    }
}

/// Appends the write concern; one that says nothing is left out, as the driver does.
pub(crate) fn append_concern(concern: Option<&WriteConcern>, out: &mut Encoder) -> Result<()> {
    check_time("w_timeout", concern.and_then(|concern| concern.w_timeout))?;
    append_option("writeConcern", concern.filter(|it| **it != WriteConcern::default()), out)
}

/// Appends an option of the driver's as the server knows it.
fn append_option<T: serde::Serialize>(
    key: &str,
    value: Option<&T>,
    out: &mut Encoder,
) -> Result<()> {
    let Some(value) = value else { return Ok(()) };
    let value = mongodb::bson::serialize_to_bson(value)
        .map_err(|error| Error::invalid(format!("`{key}`: {error}")))?;
    out.element(key, |out| -> ElementType { value.encode(out) });
    Ok(())
}

/// Adds options to a statement that is shown, under the server's names.
pub(crate) fn append_options(
    statement: &mut Document,
    options: &impl serde::Serialize,
) -> Result<()> {
    let options = mongodb::bson::serialize_to_document(options)
        .map_err(|error| Error::invalid(error.to_string()))?;
    statement.extend(options.into_iter().filter(|(_, value)| *value != Bson::Null));
    Ok(())
}
