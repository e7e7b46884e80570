//! Update statements as bytes, for commands of many statements.

use crate::{
    codec::{ElementType, Encode, Encoder},
    error::{Error, Result},
};

use super::{Change, Statement};

impl Statement {
    /// Appends `q`, `u`, `multi`, `arrayFilters` and options, as the `update` command has them.
    pub(crate) fn append_to(&self, is_multi: bool, out: &mut Encoder) -> Result<()> {
        let rendered = self.rendered()?;
        out.field("q", &rendered.filter);
        match &rendered.change {
            Change::Operators(operators) => out.field("u", operators),
            Change::Pipeline(stages) => out.field("u", stages),
        }
        if is_multi {
            out.field("multi", &true);
        }
        if !rendered.array_filters.is_empty() {
            out.element("arrayFilters", |out| {
                out.list(&rendered.array_filters, |condition, out| condition.encode(out));
                ElementType::Array
            });
        }
        match &self.options {
            Some(options) => options.append_to(is_multi, out),
            None => Ok(()),
        }
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
