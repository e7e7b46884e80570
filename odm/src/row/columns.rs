//! The columns that a projection makes, without their types.

use std::borrow::Cow;

use crate::{codec::ElementType, error::Result, expression::Code};

use super::tuples::COLUMNS;

/// The name of a column.
pub(crate) type Name = Cow<'static, str>;

/// Columns with what the server computes for them.
#[doc(hidden)]
#[derive(Debug)]
pub struct Columns(pub(crate) Result<Vec<(Name, Code)>>);

impl Columns {
    /// The columns of a tuple.
    pub(crate) fn tuple(columns: impl IntoIterator<Item = Result<Code>>) -> Self {
        let named = COLUMNS.iter().zip(columns);
        Self(named.map(|(name, code)| Ok((Cow::Borrowed(*name), code?))).collect())
    }

    /// A document with the columns as an expression.
    pub(crate) fn into_document(self) -> Result<Code> {
        Code::document(self.0?)
    }

    /// The stage that makes these columns of a row.
    ///
    /// `$project` would read a number as a flag, and merge a document into each element of an array.
    pub(crate) fn into_stage(self) -> Result<Code> {
        Code::unary("$replaceWith", self.into_document()?)
    }

    /// The projection that makes these columns in a `find`, where a number is a flag and a
    /// document names fields inside another one.
    pub(crate) fn into_projection(self) -> Result<Code> {
        let columns = self.0?;
        let has_id = columns.iter().any(|(name, _)| name == "_id");
        let no_id = (!has_id).then(|| Ok((Cow::Borrowed("_id"), Code::encoded(&0)?)));
        let columns =
            columns.into_iter().map(|(name, code)| Ok((name.clone(), flat(&name, code)?)));
        Code::document(no_id.into_iter().chain(columns).collect::<Result<Vec<_>>>()?)
    }
}

/// An expression as a projection takes it.
fn flat(name: &str, code: Code) -> Result<Code> {
    if code.is_path(&format!("${name}")) {
        return Code::encoded(&1);
    }
    match code.kind() {
        Some(ElementType::EmbeddedDocument) => {
            Code::unary("$mergeObjects", Code::array(vec![code])?)
        }
        Some(ElementType::String) if code.is_any_path() => Ok(code),
        Some(ElementType::Array) | None => Ok(code),
        Some(_) => Code::unary("$literal", code),
    }
}
