//! The untyped core of an update: what is to be written, until it is sent.
//!
//! ```text
//! writes ──► render  paths as text, identifiers of array filters, values by operator
//!        ──► guard   what must be there for a write to leave a document that can be read
//!        ──► upsert  what would be inserted, read with the model's decoder
//! ```

mod bytes;
mod conflict;
mod guard;
mod identifiers;
mod insertion;
mod matched;
mod render;

use std::{borrow::Cow, time::Duration};

use mongodb::bson::{Bson, Document, doc};

use crate::{
    codec::{DecodeError, ElementType, Encoder, Fragment, RawValue},
    common_options::{CommandOptions, CommonOptions},
    condition::Node,
    error::{Error, Result},
    filter::Filter,
    path::Path,
};

use super::Upkeep;

pub(crate) use self::bytes::{Fetch, check_not_by_version};
use self::{conflict::conflict, render::Operators};

/// An update statement: filter, changes and options.
#[derive(Clone, Debug, Default)]
pub(crate) struct Statement {
    filter: Option<Filter<()>>,
    is_on_all: bool,
    writes: Vec<Write>,
    pipeline: Option<Vec<Document>>,
    raw: Option<Document>,
    fault: Option<Error>,
    /// What odm keeps in the documents.
    upkeep: Option<&'static Upkeep>,
    /// Only the version that was loaded is meant: if nothing matches, it is stale.
    is_by_version: bool,
    /// The statement may turn out to change nothing: a patch without a value.
    may_be_empty: bool,
    /// The statement inserts where nothing matches; what it would insert is read with this.
    pub(super) upsert: Option<Reader>,
    options: Option<Box<CommonOptions>>,
}

/// One operator on one path.
#[derive(Clone, Debug)]
struct Write {
    operator: &'static str,
    path: Path,
    value: RawValue,
    /// Where `$rename` moves the value to.
    target: Option<Path>,
    /// The smallest and the largest number that may stand at the path before.
    bounds: Option<Bounds>,
}

/// What a number at a path must be for its sum or product to stay in the field's range.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Bounds {
    pub(super) least: Option<i64>,
    pub(super) most: Option<i64>,
    /// An absent field would be created out of range.
    pub(super) must_exist: bool,
    /// A double or a decimal would be rounded.
    pub(super) must_be_whole: bool,
}

/// A statement in the form that is sent.
struct Rendered<'a> {
    filter: Cow<'a, Node>,
    change: Change<'a>,
    array_filters: Vec<Fragment>,
}

/// What a statement changes.
enum Change<'a> {
    Operators(Operators<'a>),
    Pipeline(Cow<'a, [Document]>),
}

/// Reads a document as the model that the statement is for.
pub(crate) type Reader = fn(&[u8]) -> std::result::Result<(), DecodeError>;

impl Statement {
    /// A statement without changes yet.
    pub(crate) fn of_operators(upkeep: &'static Upkeep) -> Self {
        Self { upkeep: (!upkeep.is_none()).then_some(upkeep), ..Self::default() }
    }

    pub(crate) fn of_pipeline(stages: Result<Vec<Document>>, upkeep: &'static Upkeep) -> Self {
        let statement = Self::of_operators(upkeep);
        match stages {
            Ok(stages) => Self { pipeline: Some(stages), ..statement },
            Err(error) => Self { fault: Some(error), ..statement },
        }
    }

    /// A statement that cannot be sent.
    pub(crate) fn of_fault(error: Error) -> Self {
        Self { fault: Some(error), ..Self::default() }
    }

    /// Only a document with this version is meant.
    pub(crate) fn by_version(&mut self, condition: Filter<()>) {
        self.is_by_version = true;
        self.add_filter(condition);
    }

    /// Whether it is an error if nothing matches: what was loaded is stale.
    pub(crate) fn is_by_version(&self) -> bool {
        self.is_by_version
    }

    /// The options, to be changed.
    pub(super) fn options(&mut self) -> &mut CommonOptions {
        self.options.get_or_insert_default()
    }

    /// The options that are not part of the statement, taken out.
    pub(crate) fn take_options(&mut self) -> (CommandOptions, Option<Duration>) {
        self.options.as_mut().map_or_else(Default::default, |options| options.take_whole())
    }

    pub(super) fn add_filter(&mut self, filter: Filter<()>) {
        self.filter = Some(match self.filter.take() {
            Some(before) => before & filter,
            None => filter,
        });
    }

    /// Every document is meant.
    pub(super) fn on_all(&mut self) {
        self.is_on_all = true;
    }

    /// Adds `{operator: {path: value}}`; the first fault is kept.
    pub(super) fn write(
        &mut self,
        operator: &'static str,
        path: &Path,
        write: impl FnOnce(&mut Encoder) -> ElementType,
    ) {
        let value = named(operator, path)
            .and_then(|()| RawValue::write("", write).map_err(|error| error.below(path).into()));
        self.add(operator, path, value, None);
    }

    /// Adds `{operator: {path: value}}` for a number at the path that must be within bounds.
    pub(super) fn write_within(
        &mut self,
        operator: &'static str,
        path: &Path,
        value: RawValue,
        bounds: Bounds,
    ) {
        let value = named(operator, path).map(|()| value);
        self.add(operator, path, value, None);
        if let Some(last) = self.writes.last_mut().filter(|_| self.fault.is_none()) {
            last.bounds = Some(bounds);
        }
    }

    pub(super) fn rename(&mut self, from: &Path, to: &Path) {
        let checked = named("$rename", from)
            .and_then(|()| named("$rename", to))
            .and_then(|()| outside_arrays(from))
            .and_then(|()| outside_arrays(to));
        let value = checked.map(|()| RawValue::of(to.to_string().as_str()));
        self.add("$rename", from, value, Some(to.clone()));
    }

    fn add(
        &mut self,
        operator: &'static str,
        path: &Path,
        value: Result<RawValue>,
        target: Option<Path>,
    ) {
        match value {
            Err(error) => self.fail(error),
            Ok(value) => {
                let path = path.clone();
                self.writes.push(Write { operator, path, value, target, bounds: None });
            }
        }
    }

    /// No change at all is no mistake.
    pub(super) fn may_be_empty(&mut self) {
        self.may_be_empty = true;
    }

    pub(super) fn fail(&mut self, error: Error) {
        self.fault.get_or_insert(error);
    }

    /// Adds operators written by hand; a path that was given before is a conflict.
    pub(super) fn add_raw(&mut self, document: Document) {
        let raw = self.raw.get_or_insert_default();
        let mut twice = None;
        for (operator, body) in document {
            match (raw.get_mut(&operator), body) {
                (Some(Bson::Document(before)), Bson::Document(body)) => {
                    twice = twice.or(body.keys().find(|path| before.contains_key(*path)).cloned());
                    before.extend(body);
                }
                (_, body) => drop(raw.insert(operator, body)),
            }
        }
        if let Some(path) = twice {
            self.fail(conflict(path.clone(), path));
        }
    }

    /// The statement in the form that is sent.
    ///
    /// # Errors
    ///
    /// The first mistake in the chain, or what only the whole of it shows.
    fn rendered(&self) -> Result<Rendered<'_>> {
        let filter = self.checked_filter()?;
        let rendered = match &self.pipeline {
            Some(stages) if stages.is_empty() => {
                return Err(Error::invalid("the update's pipeline has no stage"));
            }
            Some(stages) => {
                let change = Change::Pipeline(self.kept_up(stages));
                Rendered { filter, change, array_filters: Vec::new() }
            }
            None => render::operators(self, filter)?,
        };
        if self.is_by_version && self.upsert.is_some() {
            return Err(Error::invalid(
                "an upsert inserts what does not match, and `.by(…)` refuses it: leave out one of \
                 the two",
            ));
        }
        match self.upsert {
            Some(reader) if self.is_decided() && !self.is_raw() => {
                insertion::check(&rendered, reader).map(|()| rendered)
            }
            _ => Ok(rendered),
        }
    }

    /// The stages, and behind them the one of what odm keeps, unless nothing is changed.
    fn kept_up<'a>(&self, stages: &'a [Document]) -> Cow<'a, [Document]> {
        let is_empty = stages.iter().all(is_empty_stage);
        let upkeep = self.upkeep.filter(|_| !is_empty);
        match upkeep.and_then(|upkeep| upkeep.stage(self.upsert.is_some())) {
            Some(stage) => Cow::Owned(stages.iter().cloned().chain([stage]).collect()),
            None => Cow::Borrowed(stages),
        }
    }

    /// Whether a part is written by hand, which nothing checks.
    fn is_raw(&self) -> bool {
        self.raw.is_some() || self.filter.as_ref().is_some_and(Filter::is_raw)
    }

    /// Whether it is said which documents are meant; before that, the statement can only be shown.
    fn is_decided(&self) -> bool {
        self.is_on_all || self.filter.is_some()
    }

    /// The filter, which has a condition unless every document is meant.
    fn checked_filter(&self) -> Result<Cow<'_, Node>> {
        if let Some(error) = &self.fault {
            return Err(error.clone());
        }
        match &self.filter {
            Some(filter) if filter.is_empty() && !self.is_on_all => Err(no_condition()),
            Some(filter) => filter.node().map(Cow::Borrowed),
            None => Ok(Cow::Owned(Node::all())),
        }
    }

    pub(super) fn as_document(&self) -> Result<Document> {
        let append = |out: &mut Encoder| self.append_to(false, out);
        match &self.options {
            Some(options) => options.shown(append),
            None => CommonOptions::default().shown(append),
        }
    }
}

/// A write that a filter without any condition would let through to every document.
pub(crate) fn no_condition() -> Error {
    Error::invalid(
        "the filter has no condition, so the operation would be on every document of the \
         collection: add a condition, or `.all_documents()` if every document is meant",
    )
}

/// The stage of a pipeline that turned out to change nothing.
pub(super) fn empty_stage() -> Document {
    doc! { "$set": {} }
}

fn is_empty_stage(stage: &Document) -> bool {
    *stage == empty_stage()
}

/// An operator needs a path that names a field.
fn named(operator: &str, path: &Path) -> Result<()> {
    match path.fault() {
        Some(fault) => Err(Error::invalid(fault)),
        None if path.is_empty() => {
            Err(Error::invalid(format!("`{operator}` needs a field, not the whole document")))
        }
        None => Ok(()),
    }
}

fn outside_arrays(path: &Path) -> Result<()> {
    use crate::path::Step;
    let is_inside = path
        .links()
        .iter()
        .any(|link| link.step.is_positional() || matches!(link.step, Step::Position { .. }));
    match is_inside {
        true => Err(Error::invalid(format!(
            "`$rename` cannot move `{path}`: it does not work inside arrays"
        ))),
        false => Ok(()),
    }
}
