//! One error type; a kind for each thing that a caller would do differently.
//!
//! Knows the driver's errors. Does not know models or operations.

mod codes;
mod counts;
mod driver;
mod duplicate_key;
mod id;
mod kind;
mod many;
mod server;
mod texts;
mod validation;

use std::fmt;

use mongodb::bson::Bson;

pub(crate) use self::{
    codes::code,
    counts::counts,
    driver::{Access, UNACKNOWLEDGED, replied_kind},
};
pub use self::{
    counts::BulkCounts,
    duplicate_key::DuplicateKey,
    kind::{ChangeStreamFailure, DecodeFailure, ErrorKind, Outcome, TransactionFailure},
    many::{BulkWriteFailure, FailedWrite, InsertManyFailure},
    server::ServerError,
    validation::ValidationFailure,
};

/// The result of every operation.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong, where, and whether a write may have been applied.
///
/// Its text, its debug output and its [source](std::error::Error::source) can be logged: they have
/// codes and names, and no values of documents, filters or updates. Where the server's own text may
/// have some, it is in [`server_message`](Self::server_message) only. An `_id` is named by a
/// document that does not decode.
///
/// ```
/// use odm::{ErrorKind, prelude::*};
///
/// # fn handle(error: odm::Error) -> String {
/// match error.kind() {
///     ErrorKind::DuplicateKey(duplicate) => format!("{} is taken", duplicate.key),
///     ErrorKind::Timeout | ErrorKind::Unavailable(_) => "try again".into(),
///     _ => error.to_string(),
/// }
/// # }
/// ```
#[derive(Clone)]
pub struct Error(Box<Inner>);

#[derive(Clone)]
struct Inner {
    kind: ErrorKind,
    outcome: Outcome,
    /// What was being done, as in `insert into shop.orders`.
    operation: Option<String>,
    source: Option<mongodb::error::Error>,
    /// Besides those of the driver's error.
    labels: Vec<String>,
    /// Why no server could be reached in time.
    trouble: Option<String>,
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, outcome: Outcome) -> Self {
        let (operation, source, trouble) = (None, None, None);
        Self(Box::new(Inner { kind, outcome, operation, source, labels: Vec::new(), trouble }))
    }

    /// A mistake that is found before anything is sent.
    pub(crate) fn invalid(reason: impl Into<String>) -> Self {
        Self::new(ErrorKind::Invalid(reason.into()), Outcome::NotSent)
    }

    /// A cursor of a page that cannot be taken: what is wrong with it.
    pub(crate) fn page_cursor(reason: impl Into<String>) -> Self {
        Self::new(ErrorKind::PageCursor(reason.into()), Outcome::NotSent)
    }

    /// A throw-away server that could not be started.
    #[cfg(feature = "sandbox")]
    pub(crate) fn sandbox(reason: impl Into<String>) -> Self {
        Self::new(ErrorKind::Sandbox(reason.into()), Outcome::NotSent)
    }

    /// A value that BSON cannot hold.
    pub(crate) fn encode(path: String, reason: String) -> Self {
        Self::new(ErrorKind::Encode { path, reason }, Outcome::NotSent)
    }

    /// A document that could not be read.
    pub(crate) fn decode(path: String, reason: String, id: Option<Bson>) -> Self {
        let failure = DecodeFailure { path, reason, id, namespace: None };
        Self::new(ErrorKind::Decode(failure), Outcome::NotApplied)
    }

    /// The same error with what was being done; the innermost description stays.
    #[must_use]
    pub(crate) fn during(mut self, operation: &str, namespace: &str) -> Self {
        if let ErrorKind::Decode(failure) = &mut self.0.kind {
            failure.namespace.get_or_insert_with(|| namespace.to_owned());
        } else if self.0.operation.is_none() {
            self.0.operation = Some(format!("{operation} {namespace}"));
        }
        self
    }

    /// The same cause, told as a failure of many writes.
    #[must_use]
    pub(crate) fn with_kind(mut self, kind: ErrorKind, outcome: Outcome) -> Self {
        (self.0.kind, self.0.outcome) = (kind, outcome);
        self
    }

    #[must_use]
    pub(crate) fn with_outcome(mut self, outcome: Outcome) -> Self {
        self.0.outcome = outcome;
        self
    }

    /// The same error with a label, if it does not have it yet.
    #[must_use]
    pub(crate) fn with_label(mut self, label: &str) -> Self {
        if !self.has_label(label) {
            self.0.labels.push(label.to_owned());
        }
        self
    }

    /// The same error with all of these labels.
    #[must_use]
    pub(crate) fn with_labels<L: AsRef<str>>(self, labels: impl IntoIterator<Item = L>) -> Self {
        labels.into_iter().fold(self, |error, label| error.with_label(label.as_ref()))
    }

    /// The same error, and why no server could be reached in time.
    #[must_use]
    pub(crate) fn with_trouble(mut self, trouble: Option<String>) -> Self {
        self.0.trouble = trouble;
        self
    }

    /// Whether the driver has waited for a server in vain.
    pub(crate) fn found_no_server(&self) -> bool {
        let kind = self.0.source.as_ref().map(|error| &*error.kind);
        matches!(kind, Some(mongodb::error::ErrorKind::ServerSelection { .. }))
    }

    /// What went wrong.
    pub fn kind(&self) -> &ErrorKind {
        &self.0.kind
    }

    /// What became of the write: not sent, not applied, applied in part, unknown, or applied. The
    /// page [`outcomes`](crate::guide::outcomes) says why.
    pub fn outcome(&self) -> Outcome {
        self.0.outcome
    }

    /// The server's error code, if the server answered with one; of many writes, that of the first
    /// refusal.
    pub fn code(&self) -> Option<i32> {
        self.0.kind.code().or_else(|| self.0.source.as_ref().and_then(driver::code_of))
    }

    /// The server's own text, if the server answered with an error; of many writes, that of the
    /// first refusal.
    ///
    /// It may repeat values of documents, filters and updates, so it is no part of this error's
    /// text.
    pub fn server_message(&self) -> Option<&str> {
        let source = self.0.source.as_ref().and_then(texts::message_of);
        match &self.0.kind {
            ErrorKind::BulkWrite(_) | ErrorKind::InsertMany(_) => {
                self.0.kind.server_message().or(source)
            }
            kind => source.or_else(|| kind.server_message()),
        }
    }

    /// Whether the text says that nothing was sent. A mistake in the operation itself is never
    /// sent.
    fn is_outage(&self) -> bool {
        matches!(self.0.kind, ErrorKind::Timeout | ErrorKind::Unavailable(_))
    }

    /// The labels that server and driver put on the error, as in `RetryableWriteError`.
    pub fn labels(&self) -> Vec<&str> {
        let labels = self.origin().map(|error| error.labels());
        labels.into_iter().flatten().chain(&self.0.labels).map(String::as_str).collect()
    }

    /// Whether the error has a label.
    pub fn has_label(&self, label: &str) -> bool {
        self.0.labels.iter().any(|own| own == label)
            || self.origin().is_some_and(|error| error.contains_label(label))
    }

    /// The driver's error that has the labels; for a refusal, that of the operation that failed.
    fn origin(&self) -> Option<&mongodb::error::Error> {
        match &self.0.kind {
            ErrorKind::Transaction(TransactionFailure::Failed { error }) => error.origin(),
            _ => self.0.source.as_ref(),
        }
    }

    /// The driver's error, if it was one. Its text has the server's reply.
    pub fn as_driver(&self) -> Option<&mongodb::error::Error> {
        self.0.source.as_ref()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(operation) = &self.0.operation {
            write!(f, "cannot {operation}: ")?;
        }
        self.0.kind.fmt(f)?;
        let tells_of_each =
            matches!(self.0.kind, ErrorKind::BulkWrite(_) | ErrorKind::InsertMany(_));
        if !tells_of_each || self.0.outcome == Outcome::Applied {
            self.write_outcome(f)?;
        }
        match &self.0.trouble {
            Some(trouble) => write!(f, "; no server could be reached: {trouble}"),
            None => Ok(()),
        }
    }
}

impl Error {
    fn write_outcome(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.outcome {
            Outcome::Unknown => f.write_str("; the write may have been applied"),
            Outcome::Partial => f.write_str("; of the writes, some may have been applied"),
            Outcome::Applied if matches!(self.0.kind, ErrorKind::Decode(_)) => {
                f.write_str("; the write was applied")
            }
            Outcome::Applied => f.write_str("; the write was applied, but not acknowledged"),
            Outcome::NotSent if self.is_outage() => f.write_str("; nothing was sent"),
            Outcome::NotSent | Outcome::NotApplied => Ok(()),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("kind", &self.0.kind)
            .field("outcome", &self.0.outcome)
            .field("operation", &self.0.operation)
            .field("labels", &self.labels())
            .field("trouble", &self.0.trouble)
            .finish()
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source.as_ref().and_then(texts::cause)
    }
}
