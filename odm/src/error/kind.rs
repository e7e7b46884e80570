//! The kinds of errors, and what each knows.

use std::fmt;

use mongodb::bson::Bson;

use super::{
    BulkWriteFailure, DuplicateKey, Error, InsertManyFailure, ServerError, ValidationFailure,
    codes::code, id::Id,
};

/// What went wrong. There is a kind where a caller would act differently.
///
/// The server's texts repeat values of documents and filters. So the text of a kind and its debug
/// output have the code, its name and the names of fields; the server's own text is in
/// [`server_message`](Self::server_message). The fields of the kinds are data: they hold what the
/// server sent.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A mistake in the operation itself; nothing was sent.
    Invalid(String),
    /// The cursor of a page is damaged, forged, or was made for another query; nothing was sent.
    /// It comes from a request, so the answer to it is "bad request".
    PageCursor(String),
    /// Two operators write one path, or a path and its parent.
    ConflictingUpdate {
        /// The path of the operator that came second.
        path: String,
        /// The path that it conflicts with.
        with: String,
    },
    /// A value that BSON cannot hold; nothing was sent.
    Encode {
        /// The path of the value, as in `items[3].qty`.
        path: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A document that does not have the model's shape.
    Decode(DecodeFailure),
    /// A unique index has the key already.
    DuplicateKey(DuplicateKey),
    /// The collection's validation rules refuse the document.
    Validation(ValidationFailure),
    /// Some documents of an `insert_many` were not inserted, or it is not known whether they were.
    InsertMany(InsertManyFailure),
    /// Some writes of a bulk were not applied, or it is not known whether they were.
    BulkWrite(BulkWriteFailure),
    /// No document matches the filter.
    NotFound,
    /// Documents refer to the one that was to be deleted, and `on_delete = "restrict"` keeps it.
    Referenced {
        /// Their collection, as in `shop.orders`.
        referrer: String,
        /// How many there are.
        documents: u64,
    },
    /// The document of a write with `.by(&loaded)` was changed or removed since it was loaded, or
    /// does not meet another condition of the write: load it again.
    Stale,
    /// A time limit passed: the operation's or the server's.
    Timeout,
    /// No server could be reached, or the connection broke.
    Unavailable(String),
    /// Another operation wrote the same document at the same time.
    WriteConflict,
    /// A change stream that cannot go on.
    ChangeStream {
        /// Why.
        failure: ChangeStreamFailure,
        /// What the server answered, without values.
        reason: String,
    },
    /// Another process consumes in place of this one now. It took over after the lease of this one
    /// ended.
    TakenOver {
        /// The name of the durable consumer.
        consumer: String,
    },
    /// The tokens of a durable consumer could not be kept, for a reason that is not the
    /// database's.
    TokenStore(String),
    /// A transaction that cannot be committed, or has ended.
    Transaction(TransactionFailure),
    /// The credentials were refused, or do not allow the operation. The text names the command,
    /// and does not repeat it.
    Unauthorized(String),
    /// Any other error that the server answered with.
    Server(ServerError),
    /// A throw-away server could not be started (feature `sandbox`).
    Sandbox(String),
    /// Anything else that the driver reports.
    Driver(String),
}

impl ErrorKind {
    /// The server's code, where the kind has one.
    pub(super) fn code(&self) -> Option<i32> {
        Some(match self {
            Self::Server(error) => error.code,
            Self::DuplicateKey(_) => code::DUPLICATE_KEY,
            Self::Validation(_) => code::DOCUMENT_VALIDATION_FAILURE,
            many => return many.first_of_many().and_then(Self::code),
        })
    }

    /// The server's own text, where the kind has one; of many writes, that of the first refusal.
    ///
    /// It may repeat values of documents, filters and updates.
    pub fn server_message(&self) -> Option<&str> {
        match self {
            Self::Server(error) => Some(&error.message),
            Self::DuplicateKey(duplicate) => Some(duplicate.message()),
            Self::Validation(failure) => Some(failure.message()),
            Self::Transaction(TransactionFailure::Failed { error }) => error.server_message(),
            many => many.first_of_many()?.server_message(),
        }
    }

    /// Of many writes, why the first was refused, or what ended them.
    fn first_of_many(&self) -> Option<&Self> {
        let (Self::InsertMany(InsertManyFailure { failures, cause, .. })
        | Self::BulkWrite(BulkWriteFailure { failures, cause, .. })) = self
        else {
            return None;
        };
        failures.first().map(|failed| &failed.kind).or(cause.as_deref())
    }
}

/// A document that could not be read, and where.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct DecodeFailure {
    /// The path of the value, as in `items[3].qty`; empty for the document itself.
    pub path: String,
    /// What is wrong with it, as in `expected int32, found string`. It repeats no value, except
    /// the tag of a document that is of no known variant of its model.
    pub reason: String,
    /// The document's `_id`, if it could be read.
    pub id: Option<Bson>,
    /// Database and collection.
    pub namespace: Option<String>,
}

/// Why a change stream cannot go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ChangeStreamFailure {
    /// The server no longer has the changes after the resume token: some are lost.
    HistoryLost,
    /// The resume token does not fit: not one of this stream, or that of an invalidate.
    InvalidToken,
    /// A stage of the pipeline took away the resume token (`_id`) of the events.
    MissingToken,
    /// An image that is required was not stored.
    MissingImage,
    /// An event is larger than the 16 MB that a document can have.
    TooLarge,
}

/// Why an operation or a commit of a transaction is refused.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum TransactionFailure {
    /// An operation failed, and the server has aborted the transaction, but the error was not
    /// returned.
    Failed {
        /// The operation's error.
        error: Box<Error>,
    },
    /// An operation was dropped before it was done, as by a timeout or `select!`: nobody knows
    /// whether it is part of the transaction.
    Unfinished {
        /// What it was doing, as in `insert into shop.orders`.
        operation: String,
    },
    /// It was committed or aborted before.
    Ended,
}

/// What became of a write that ended with an error.
///
/// The page [`outcomes`](crate::guide::outcomes) draws the way from what happened to an outcome, and
/// says what to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// Nothing was sent to the server.
    NotSent,
    /// The server refused; nothing was written.
    NotApplied,
    /// Of several writes, some may have been applied.
    Partial,
    /// No answer came, or only a refusal of its repetition: the write may have been applied.
    Unknown,
    /// The write was applied, but not acknowledged as its write concern asks: an election may still
    /// take it back.
    Applied,
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Invalid(text)
            | Self::Unavailable(text)
            | Self::Unauthorized(text)
            | Self::Sandbox(text)
            | Self::Driver(text) => f.write_str(text),
            Self::PageCursor(reason) => write!(f, "the page cursor {reason}"),
            Self::ConflictingUpdate { path, with } => write_conflict(f, path, with),
            Self::Encode { path, reason } if path.is_empty() => {
                write!(f, "cannot encode: {reason}")
            }
            Self::Encode { path, reason } => write!(f, "cannot encode {path}: {reason}"),
            Self::Decode(failure) => failure.fmt(f),
            Self::DuplicateKey(duplicate) => duplicate.fmt(f),
            Self::Validation(failure) => failure.fmt(f),
            Self::InsertMany(failure) => failure.fmt(f),
            Self::BulkWrite(failure) => failure.fmt(f),
            Self::NotFound => f.write_str("no document matches the filter"),
            Self::Referenced { referrer, documents: 1 } => {
                write!(f, "1 document of {referrer} refers to it")
            }
            Self::Referenced { referrer, documents } => {
                write!(f, "{documents} documents of {referrer} refer to it")
            }
            Self::Stale => f.write_str(
                "the document was changed or removed since it was loaded, or does not meet the \
                 other conditions",
            ),
            Self::Timeout => f.write_str("the time limit passed"),
            Self::WriteConflict => f.write_str("another operation wrote the document meanwhile"),
            Self::ChangeStream { failure, reason } => write!(f, "{failure}: {reason}"),
            Self::TakenOver { consumer } => {
                write!(f, "another process took over the durable consumer {consumer}")
            }
            Self::TokenStore(reason) => write!(f, "the token store failed: {reason}"),
            Self::Transaction(failure) => failure.fmt(f),
            Self::Server(error) => error.fmt(f),
        }
    }
}

/// Why an update cannot write both paths.
fn write_conflict(f: &mut fmt::Formatter<'_>, path: &str, with: &str) -> fmt::Result {
    if path == with {
        return write!(f, "two operators write `{path}`: an update can change a path once");
    }
    if holds(path, with) || holds(with, path) {
        return write!(
            f,
            "one operator writes `{path}` and another `{with}`: one path holds the other"
        );
    }
    write!(
        f,
        "`{path}` and `{with}` go into the elements of one array in two ways: by position and by \
         condition"
    )
}

/// Whether the value at one path holds the one at the other.
fn holds(outer: &str, inner: &str) -> bool {
    inner.strip_prefix(outer).is_some_and(|rest| rest.starts_with('.'))
}

impl fmt::Display for DecodeFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("cannot decode document")?;
        if let Some(id) = &self.id {
            write!(f, " {}", Id(id))?;
        }
        if let Some(namespace) = &self.namespace {
            write!(f, " of {namespace}")?;
        }
        match self.path.is_empty() {
            true => write!(f, ": {}", self.reason),
            false => write!(f, ": {}: {}", self.path, self.reason),
        }
    }
}

impl fmt::Display for ChangeStreamFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::HistoryLost => "the server no longer has the changes after the resume token",
            Self::InvalidToken => "the resume token does not fit",
            Self::MissingToken => "a stage of the pipeline took away the resume token (`_id`)",
            Self::MissingImage => "a required image of the document was not stored",
            Self::TooLarge => "an event is too large; `split_large_events` lets it through",
        })
    }
}

impl fmt::Display for TransactionFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Failed { error } => {
                write!(f, "the transaction was aborted by an error before: {error}")
            }
            Self::Unfinished { operation } => write!(
                f,
                "the transaction was aborted, because one of its operations ({operation}) was \
                 dropped before it was done"
            ),
            Self::Ended => f.write_str("the transaction has ended"),
        }
    }
}
