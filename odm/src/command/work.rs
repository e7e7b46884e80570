//! What commands are made of.

use crate::{common_options::CommonOptions, options::WriteConcern};

use super::statements::Statements;

/// Many statements, and what holds for all of them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Work {
    pub(crate) statements: Statements,
    /// Those of single statements are parts of the statements.
    pub(crate) options: CommonOptions,
    /// The write concerns of the collections, where they may differ.
    pub(crate) concerns: Vec<Option<WriteConcern>>,
    /// Whether it is an `insert_many`, whose error lists documents.
    pub(crate) is_insertion: bool,
}

impl Work {
    pub(super) fn is_ordered(&self) -> bool {
        !self.options.command.is_unordered
    }
}
