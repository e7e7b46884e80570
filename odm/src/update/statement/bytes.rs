//! Update statements as bytes, for commands of many statements.

use crate::{
    codec::{ElementType, Encode, Encoder},
    error::{Error, Result},
};

use super::{Change, Statement, StatementOptions};

/// The refusal of a sort order for an update of every match.
pub(crate) const NO_SORT: &str = "`sort` has no effect with `many`: every document that matches is \
    changed";

impl Statement {
    /// Appends `q`, `u`, `multi`, `arrayFilters` and options, as the `update` command has them.
    pub(crate) fn append_to(&self, is_multi: bool, out: &mut Encoder) -> Result<()> {
        let filter = self.filter.as_ref().map_or(Ok(&[] as &[u8]), |filter| filter.elements())?;
        out.element("q", |out| document(filter, out));
        self.append_change(out)?;
        if is_multi {
            out.field("multi", &true);
        }
        if !self.array_filters.is_empty() {
            out.element("arrayFilters", |out| {
                out.list(&self.array_filters, |condition, out| document(condition.elements(), out));
                ElementType::Array
            });
        }
        match &self.options {
            Some(options) => options.append_to(is_multi, out),
            None => Ok(()),
        }
    }

    fn append_change(&self, out: &mut Encoder) -> Result<()> {
        let is_plain = self.fault.is_none() && self.pipeline.is_none() && self.raw.is_none();
        if is_plain && !self.operators.is_empty() {
            out.element("u", |out| {
                out.document(|out| {
                    for (operator, body) in &self.operators {
                        out.element(operator, |out| document(body, out));
                    }
                });
                ElementType::EmbeddedDocument
            });
            return Ok(());
        }
        match self.change()? {
            Change::Operators(operators) => out.field("u", &operators),
            Change::Pipeline(stages) => out.field("u", &stages),
        }
        Ok(())
    }
}

impl StatementOptions {
    fn append_to(&self, is_multi: bool, out: &mut Encoder) -> Result<()> {
        self.check(is_multi)?;
        if self.upsert {
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

/// Appends an option of the driver's as the server knows it.
pub(crate) fn append_option<T: serde::Serialize>(
    key: &str,
    value: Option<&T>,
    out: &mut Encoder,
) -> Result<()> {
    let Some(value) = value else { return Ok(()) };
    let value = mongodb::bson::serialize_to_bson(value)
        .map_err(|error| Error::invalid(format!("`{key}`: {error}")))?;
    out.element(key, |out| value.encode(out));
    Ok(())
}

/// Appends a document made of elements.
fn document(elements: &[u8], out: &mut Encoder) -> ElementType {
    out.document(|out| out.bytes(elements));
    ElementType::EmbeddedDocument
}
