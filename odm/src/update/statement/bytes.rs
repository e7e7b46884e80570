//! Update statements as bytes, as commands have them.

use crate::{
    codec::{ElementType, Encode, Encoder},
    error::{Error, Result},
    sort::check_text_score,
};

use super::{Change, Rendered, Statement};

/// The refusal of a sort order for an update of every match.
const NO_SORT: &str = "`sort` has no effect with `many`: every document that matches is \
    changed";

/// Which document `findAndModify` returns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fetch {
    Before,
    After,
}

impl Statement {
    /// Appends `q`, `u`, `multi`, `arrayFilters` and options, as the `update` command has them.
    pub(crate) fn append_to(&self, is_multi: bool, out: &mut Encoder) -> Result<()> {
        if is_multi && self.options.as_ref().is_some_and(|it| it.statement.sort.is_some()) {
            return Err(Error::invalid(NO_SORT));
        }
        let rendered = self.rendered()?;
        out.field("q", &*rendered.filter);
        rendered.append_change("u", out);
        if is_multi {
            out.field("multi", &true);
        }
        self.append_rest(&rendered, out)
    }

    /// The same in a bulk, where options of whole commands have no place.
    pub(crate) fn append_to_bulk(&self, is_multi: bool, out: &mut Encoder) -> Result<()> {
        self.options.as_ref().map_or(Ok(()), |options| options.check_in_bulk())?;
        check_not_by_version(self.is_by_version)?;
        self.append_to(is_multi, out)
    }

    /// Appends `query`, `update` and options, as the `findAndModify` command has them.
    pub(crate) fn append_fetch(&self, which: Fetch, out: &mut Encoder) -> Result<()> {
        let rendered = self.rendered()?;
        out.field("query", &*rendered.filter);
        rendered.append_change("update", out);
        which.append_to(out);
        self.append_rest(&rendered, out)
    }

    fn append_rest(&self, rendered: &Rendered<'_>, out: &mut Encoder) -> Result<()> {
        if !rendered.array_filters.is_empty() {
            out.element("arrayFilters", |out| {
                out.list(&rendered.array_filters, |condition, out| condition.encode(out));
                ElementType::Array
            });
        }
        if self.upsert.is_some() {
            out.field("upsert", &true);
        }
        let Some(options) = &self.options else { return Ok(()) };
        if let Some(sort) = &options.statement.sort {
            check_text_score(&sort.as_document()?, &rendered.filter.elements("").to_document()?)?;
        }
        options.statement.append_to(out)
    }
}

/// Refuses `.by(…)` in a bulk.
pub(crate) fn check_not_by_version(is_by_version: bool) -> Result<()> {
    match is_by_version {
        false => Ok(()),
        true => Err(Error::invalid(
            "the answer to a bulk does not tell which of its writes matched nothing, so `.by(…)` \
             could not say what is stale: run the write by itself, in a transaction with the others",
        )),
    }
}

impl Fetch {
    /// Appends which document is returned; before the change is the server's default.
    pub(crate) fn append_to(self, out: &mut Encoder) {
        if self == Self::After {
            out.field("new", &true);
        }
    }
}

impl Rendered<'_> {
    fn append_change(&self, key: &str, out: &mut Encoder) {
        match &self.change {
            Change::Operators(operators) => out.field(key, operators),
            Change::Pipeline(stages) => out.element(key, |out| {
                out.list(stages.iter(), |stage, out| stage.encode(out));
                ElementType::Array
            }),
        }
    }
}
