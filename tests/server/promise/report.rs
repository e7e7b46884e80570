//! What became of the chains of a model.

use std::{collections::BTreeMap, fmt};

use odm::{Error, ErrorKind, bson::Document};

/// After this many tries an operator must have changed a document.
const ENOUGH: usize = 25;

/// A document that was left unreadable.
pub(super) struct Failure {
    /// Operators and paths, as the test writes them.
    pub(super) operators: String,
    pub(super) statement: Document,
    /// The document that the update found; an upsert has none.
    pub(super) before: Option<Document>,
    pub(super) after: Document,
    pub(super) error: String,
}

pub(super) struct Report {
    seed: u64,
    sent: usize,
    changed: usize,
    pub(super) refused_locally: usize,
    /// Errors by kind, those of the server by name.
    errors: BTreeMap<String, usize>,
    /// How many updates each operator was part of, and how many changes.
    operators: BTreeMap<&'static str, (usize, usize)>,
    /// The first failure of each class, and how many there are.
    failures: BTreeMap<String, (usize, Failure)>,
}

impl Report {
    pub(super) fn new(seed: u64) -> Self {
        Self {
            seed,
            sent: 0,
            changed: 0,
            refused_locally: 0,
            errors: BTreeMap::new(),
            operators: BTreeMap::new(),
            failures: BTreeMap::new(),
        }
    }

    pub(super) fn count(
        &mut self,
        result: &odm::Result<bool>,
        operators: impl Iterator<Item = &'static str>,
    ) {
        let is_changed = usize::from(*result.as_ref().unwrap_or(&false));
        self.sent += 1;
        self.changed += is_changed;
        for operator in operators {
            let (tried, changed) = self.operators.entry(operator).or_default();
            *tried += 1;
            *changed += is_changed;
        }
        if let Err(error) = result {
            *self.errors.entry(kind(error)).or_default() += 1;
        }
    }

    pub(super) fn fail(&mut self, failure: Failure) {
        let class = failure.class();
        self.failures.entry(class).or_insert((0, failure)).0 += 1;
    }

    /// Every operator changed documents, and all documents can be read.
    pub(super) fn check(self) {
        assert!(self.failures.is_empty(), "documents cannot be read:\n{self}");
        println!("{self}");
        let idle =
            self.operators.iter().filter(|(_, (tried, changed))| *tried >= ENOUGH && *changed == 0);
        let idle: Vec<_> = idle.collect();
        assert!(idle.is_empty(), "never changed a document: {idle:?}");
        assert!(self.changed * 8 > self.sent, "only {} of {}", self.changed, self.sent);
    }
}

/// The kind of an error, without its text.
fn kind(error: &Error) -> String {
    match error.kind() {
        ErrorKind::Server(error) => error.name.clone(),
        ErrorKind::BulkWrite(failure) => {
            let first = failure.failures.first();
            match first.map(|failed| &failed.kind) {
                Some(ErrorKind::Server(error)) => error.name.clone(),
                Some(kind) => name(kind),
                None => "BulkWrite".into(),
            }
        }
        kind => name(kind),
    }
}

/// The name of the variant.
fn name(kind: &ErrorKind) -> String {
    format!("{kind:?}").chars().take_while(|c| c.is_alphanumeric()).collect()
}

impl Failure {
    /// The same mistake in other documents has the same class.
    fn class(&self) -> String {
        let (_, error) = self.error.split_once(": ").unwrap_or(("", &self.error));
        let error: String = error.chars().filter(|c| !c.is_ascii_digit()).collect();
        let origin = match self.before {
            Some(_) => "",
            None => "upsert: ",
        };
        format!("{origin}{} -> {error}", self.operators)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.before {
            Some(before) => writeln!(f, "    before    {before}")?,
            None => writeln!(f, "    before    nothing")?,
        }
        writeln!(f, "    statement {}", self.statement)?;
        writeln!(f, "    after     {}", self.after)?;
        writeln!(f, "    error     {}", self.error)
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "seed {} (ODM_SEED): {} chains, {} changed documents, {} refused locally",
            self.seed, self.sent, self.changed, self.refused_locally
        )?;
        writeln!(f, "errors {:?}", self.errors)?;
        writeln!(f, "changes {:?}", self.operators)?;
        for (class, (count, failure)) in &self.failures {
            write!(f, "{count} times {class}\n{failure}")?;
        }
        Ok(())
    }
}
