//! The untyped core of an update.

mod bytes;

use std::{sync::Arc, time::Duration};

use mongodb::bson::{Bson, Document};

use crate::{
    codec::{ElementType, Elements, Encode, Encoder},
    error::{Error, ErrorKind, Outcome, Result},
    filter::{Filter, keys, to_document},
    options::{Collation, Hint, WriteConcern},
    path::{ArrayCondition, Path},
    sort::Sort,
};

pub(crate) use self::bytes::{NO_SORT, append_option, refuse_whole};
use super::array_filter::{generated, rename};

/// An update statement: filter, changes, array filters and options.
#[derive(Clone, Debug, Default)]
pub(crate) struct Statement {
    filter: Option<Filter<()>>,
    operators: Vec<(&'static str, Vec<u8>)>,
    array_filters: Vec<Arc<ArrayCondition>>,
    pipeline: Option<Vec<Document>>,
    raw: Option<Document>,
    fault: Option<Error>,
    options: Option<Box<StatementOptions>>,
}

/// What an update says besides its filter and its changes.
#[derive(Clone, Debug, Default)]
pub(crate) struct StatementOptions {
    pub(crate) upsert: bool,
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

/// What a statement changes, in the form that is sent.
pub(crate) enum Change {
    Operators(Document),
    Pipeline(Vec<Document>),
}

impl Statement {
    pub(crate) fn of_pipeline(stages: Result<Vec<Document>>) -> Self {
        match stages {
            Ok(stages) => Self { pipeline: Some(stages), ..Self::default() },
            Err(error) => Self { fault: Some(error), ..Self::default() },
        }
    }

    /// The options, to be changed.
    pub(super) fn options(&mut self) -> &mut StatementOptions {
        self.options.get_or_insert_default()
    }

    /// How long the operation may take.
    pub(crate) fn timeout(&self) -> Option<Duration> {
        self.options.as_ref().and_then(|options| options.timeout)
    }

    /// Takes out what holds for a whole command, and leaves what is part of the statement.
    pub(crate) fn take_whole(&mut self) -> WholeOptions {
        let Some(options) = &mut self.options else { return WholeOptions::default() };
        options.timeout = None;
        WholeOptions {
            comment: options.comment.take(),
            let_vars: options.let_vars.take(),
            write_concern: options.write_concern.take(),
            bypass_validation: std::mem::take(&mut options.bypass_validation),
        }
    }

    /// The options, taken out.
    pub(crate) fn into_options(self) -> StatementOptions {
        self.options.map_or_else(StatementOptions::default, |options| *options)
    }

    pub(super) fn add_filter(&mut self, filter: Filter<()>) {
        self.filter = Some(match self.filter.take() {
            Some(before) => before & filter,
            None => filter,
        });
    }

    /// Adds `{operator: {path: value}}`; the first fault is kept.
    pub(super) fn write(
        &mut self,
        operator: &'static str,
        path: &Path,
        write: impl FnOnce(&mut Encoder) -> ElementType,
    ) {
        if self.fault.is_none()
            && let Err(error) = self.try_write(operator, path, write)
        {
            self.fault = Some(error);
        }
    }

    fn try_write(
        &mut self,
        operator: &'static str,
        path: &Path,
        write: impl FnOnce(&mut Encoder) -> ElementType,
    ) -> Result<()> {
        let text = self.checked(operator, path)?;
        let mut out = Encoder::with_capacity(text.len() + 24);
        out.element(&text, write);
        let element = out.finish_elements()?;
        self.body(operator).extend_from_slice(&element);
        Ok(())
    }

    /// The path as it is sent, with its array filters taken over and conflicts refused.
    fn checked(&mut self, operator: &str, path: &Path) -> Result<String> {
        if let Some(fault) = path.fault() {
            return Err(Error::invalid(fault));
        }
        if path.as_str().is_empty() {
            return Err(Error::invalid(format!(
                "`{operator}` needs a field, not the whole document"
            )));
        }
        let text = self.adopt(path)?;
        match self.written().find(|with| overlap(with, &text)) {
            None => Ok(text),
            Some(with) => Err(conflict(text, with.to_owned())),
        }
    }

    pub(super) fn rename(&mut self, from: &Path, to: &Path) {
        let plain = |path: &Path| {
            let array_step = |step: &str| step.starts_with('$') || step.parse::<usize>().is_ok();
            match path.as_str().split('.').any(array_step) {
                true => Err(Error::invalid(format!(
                    "`$rename` cannot move `{}`: it does not work inside arrays",
                    path.as_str()
                ))),
                false => Ok(()),
            }
        };
        let checked = plain(from)
            .and_then(|()| plain(to))
            .and_then(|()| self.checked("$rename", to))
            .and_then(|to| match overlap(from.as_str(), &to) {
                true => Err(conflict(to, from.as_str().to_owned())),
                false => Ok(to),
            });
        match checked {
            Ok(to) => self.write("$rename", from, |out| to.encode(out)),
            Err(error) => self.fail(error),
        }
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

    /// Takes over the array filters of a path. One identifier stands for one condition: a
    /// generated one gives way, a named one is an error.
    fn adopt(&mut self, path: &Path) -> Result<String> {
        let mut text = path.as_str().to_owned();
        for condition in &path.filters {
            let twin =
                self.array_filters.iter().find(|own| own.identifier() == condition.identifier());
            match twin {
                None => self.array_filters.push(Arc::clone(condition)),
                Some(twin) if twin.elements() == condition.elements() => {}
                Some(_) if condition.is_generated => text = self.adopt_renamed(&text, condition),
                Some(twin) => return Err(two_conditions(twin, condition)),
            }
        }
        Ok(text)
    }

    fn adopt_renamed(&mut self, text: &str, condition: &ArrayCondition) -> String {
        let is_free = |name: &str| {
            let holds = |own: &&Arc<ArrayCondition>| own.identifier() == name;
            match self.array_filters.iter().find(holds) {
                None => true,
                Some(own) => {
                    own.elements() == rename(condition.elements(), condition.identifier(), name)
                }
            }
        };
        let name = (0..).map(generated).find(|name| is_free(name)).unwrap_or_default();
        let elements = rename(condition.elements(), condition.identifier(), &name);
        if !self.array_filters.iter().any(|own| own.identifier() == name) {
            self.array_filters.push(Arc::new(ArrayCondition::generated(&name, elements)));
        }
        text.replace(&format!("$[{}]", condition.identifier()), &format!("$[{name}]"))
    }

    /// The paths that have an operator already; `$rename` writes two.
    fn written(&self) -> impl Iterator<Item = &str> {
        let renamed = self.operators.iter().filter(|(operator, _)| *operator == "$rename");
        let targets = renamed.flat_map(|(_, body)| texts(body));
        self.operators.iter().flat_map(|(_, body)| keys(body)).chain(targets)
    }

    fn body(&mut self, operator: &'static str) -> &mut Vec<u8> {
        let known = self.operators.iter().position(|(known, _)| *known == operator);
        let index = known.unwrap_or_else(|| {
            self.operators.push((operator, Vec::new()));
            self.operators.len() - 1
        });
        &mut self.operators[index].1
    }

    /// The filter's document.
    pub(crate) fn filter(&self) -> Result<Document> {
        match &self.filter {
            Some(filter) => filter.as_document(),
            None => Ok(Document::new()),
        }
    }

    /// The changes, in the form that is sent.
    pub(crate) fn change(&self) -> Result<Change> {
        if let Some(error) = &self.fault {
            return Err(error.clone());
        }
        if let Some(stages) = &self.pipeline {
            return match stages.is_empty() {
                true => Err(Error::invalid("the update's pipeline has no stage")),
                false => Ok(Change::Pipeline(stages.clone())),
            };
        }
        let mut document = to_document(&self.operator_elements()?)?;
        for (operator, body) in self.raw.iter().flatten() {
            self.merge_raw(&mut document, operator, body)?;
        }
        match document.is_empty() {
            true => Err(Error::invalid("the update has no operator: it would change nothing")),
            false => Ok(Change::Operators(document)),
        }
    }

    fn operator_elements(&self) -> Result<Vec<u8>> {
        let mut out = Encoder::with_capacity(128);
        for (operator, body) in &self.operators {
            out.element(operator, |out| {
                out.document(|out| out.bytes(body));
                ElementType::EmbeddedDocument
            });
        }
        Ok(out.finish_elements()?)
    }

    fn merge_raw(&self, document: &mut Document, operator: &str, body: &Bson) -> Result<()> {
        if !operator.starts_with('$') {
            return Err(Error::invalid(format!(
                "`{operator}` is not an update operator: a raw update is made of operators, as in \
                 {{\"$set\": {{…}}}}"
            )));
        }
        let Bson::Document(body) = body else {
            return Err(Error::invalid(format!(
                "`{operator}` takes a document of paths and values"
            )));
        };
        let twin = body.keys().find_map(|path| {
            self.written()
                .find(|with| overlap(with, path))
                .map(|with| (path.clone(), with.to_owned()))
        });
        if let Some((path, with)) = twin {
            return Err(conflict(path, with));
        }
        match document.get_mut(operator) {
            Some(Bson::Document(before)) => before.extend(body.clone()),
            _ => drop(document.insert(operator, body.clone())),
        }
        Ok(())
    }

    /// The documents of the array filters.
    pub(crate) fn array_filters(&self) -> Result<Vec<Document>> {
        let documents = self.array_filters.iter();
        documents.map(|filter| to_document(filter.elements())).collect()
    }

    pub(super) fn as_document(&self) -> Result<Document> {
        let mut document = Document::new();
        document.insert("q", self.filter()?);
        match self.change()? {
            Change::Operators(operators) => document.insert("u", operators),
            Change::Pipeline(stages) => document.insert("u", stages),
        };
        let array_filters = self.array_filters()?;
        if !array_filters.is_empty() {
            document.insert("arrayFilters", array_filters);
        }
        match &self.options {
            Some(options) => options.add_to(document),
            None => Ok(document),
        }
    }
}

impl StatementOptions {
    fn add_to(&self, mut document: Document) -> Result<Document> {
        if self.upsert {
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

/// Whether two paths are the same, one holds the other, or they mix ways into one array.
fn overlap(one: &str, other: &str) -> bool {
    let mut steps = one.split('.').zip(other.split('.'));
    match steps.find(|(one, other)| one != other) {
        None => true,
        // The elements of one array by position and by condition: the server refuses both at once.
        Some((one, other)) => one.starts_with("$[") != other.starts_with("$["),
    }
}

fn conflict(path: String, with: String) -> Error {
    Error::new(ErrorKind::ConflictingUpdate { path, with }, Outcome::NotSent)
}

fn two_conditions(one: &ArrayCondition, other: &ArrayCondition) -> Error {
    let show = |condition: &ArrayCondition| match to_document(condition.elements()) {
        Ok(document) => document.to_string(),
        Err(error) => error.to_string(),
    };
    Error::invalid(format!(
        "array-filter identifier `{}` stands for two conditions: {} and {}",
        one.identifier(),
        show(one),
        show(other)
    ))
}

/// The values of elements that are strings.
fn texts(elements: &[u8]) -> impl Iterator<Item = &str> {
    let mut reader = Elements::unframed(elements);
    std::iter::from_fn(move || reader.next_element().ok().flatten())
        .filter_map(|(_, value)| value.str().ok())
}
