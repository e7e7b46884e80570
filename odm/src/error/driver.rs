//! The driver's errors, sorted into kinds. Its texts with debug output and hex dumps end here.

use mongodb::{
    bson::Document,
    error::{
        Error as DriverError, ErrorKind as Driver, IndexedWriteError, InsertManyError,
        NO_WRITES_PERFORMED, RETRYABLE_WRITE_ERROR, WriteFailure,
    },
};

use super::{
    DuplicateKey, Error, ErrorKind, FailedWrite, InsertManyFailure, Outcome, ServerError,
    ValidationFailure,
    codes::{self, Proof, code, proof},
    texts::{self, brief},
};

/// What an operation does, which decides what its failure can have left behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// Nothing.
    Read,
    /// At most one write, which was applied or was not.
    Write,
    /// Many writes, of which some may have been applied.
    ManyWrites,
}

impl Access {
    /// What is known of a call that was not waited for to its end.
    pub(crate) fn silence(self) -> Outcome {
        match self {
            Self::Read => Outcome::NotApplied,
            Self::Write | Self::ManyWrites => Outcome::Unknown,
        }
    }
}

impl From<DriverError> for Error {
    fn from(error: DriverError) -> Self {
        Self::from_driver(error, Access::Write)
    }
}

impl Error {
    pub(crate) fn from_driver(error: DriverError, access: Access) -> Self {
        let kind = kind(&error);
        let outcome = match access {
            Access::Read => Outcome::NotApplied,
            _ if error.contains_label(NO_WRITES_PERFORMED) => Outcome::NotApplied,
            _ => outcome(&error, access),
        };
        let mut ours = Self::new(kind, outcome);
        ours.0.source = Some(error);
        ours
    }
}

impl Error {
    /// The error of one attempt to send a command of our own.
    pub(crate) fn of_attempt(error: DriverError, is_sent: bool, access: Access) -> Self {
        let mut ours = Self::new(kind(&error), attempted(&error, is_sent, access));
        ours.0.source = Some(error);
        ours
    }
}

/// What is known of a command after one attempt.
fn attempted(error: &DriverError, is_sent: bool, access: Access) -> Outcome {
    if error.contains_label(NO_WRITES_PERFORMED) {
        return Outcome::NotApplied;
    }
    match &*error.kind {
        Driver::Command(command) => match (proof(command.code), access) {
            (Proof::Refused, _) => Outcome::NotApplied,
            (Proof::NotPrimary | Proof::Stopped, Access::ManyWrites) => Outcome::Unknown,
            (Proof::NotPrimary | Proof::Stopped, _) => Outcome::NotApplied,
            (Proof::Unknown, _) => Outcome::Unknown,
        },
        // Credentials are shown when a connection is made, before a command goes over it.
        Driver::ServerSelection { .. } | Driver::Authentication { .. } => Outcome::NotSent,
        _ if is_sent => Outcome::Unknown,
        _ => Outcome::NotSent,
    }
}

/// The server's code, where the driver keeps one.
pub(super) fn code_of(error: &DriverError) -> Option<i32> {
    match &*error.kind {
        Driver::Command(command) => Some(command.code),
        Driver::Write(WriteFailure::WriteError(write)) => Some(write.code),
        Driver::Write(WriteFailure::WriteConcernError(concern)) => Some(concern.code),
        Driver::InsertMany(many) => {
            let concern = many.write_concern_error.as_ref().map(|concern| concern.code);
            first(many).map(|write| write.code).or(concern)
        }
        _ => None,
    }
}

fn kind(error: &DriverError) -> ErrorKind {
    match &*error.kind {
        Driver::Command(command) if is_standalone(command.code, &command.message) => {
            ErrorKind::Server(ServerError {
                code: command.code,
                name: "IllegalOperation".into(),
                message: STANDALONE.into(),
            })
        }
        Driver::Command(command) => {
            let failure = (command.code, command.code_name.as_str(), command.message.as_str());
            server_kind(failure, None, key_value(error))
        }
        Driver::Write(WriteFailure::WriteError(write)) => {
            let name = write.code_name.as_deref().unwrap_or("");
            let failure = (write.code, name, write.message.as_str());
            server_kind(failure, write.details.as_ref(), key_value(error))
        }
        Driver::Write(WriteFailure::WriteConcernError(concern)) => {
            server_kind((concern.code, &concern.code_name, &concern.message), None, None)
        }
        Driver::InsertMany(many) => insert_many_kind(many),
        Driver::Io(io) if io.kind() == std::io::ErrorKind::TimedOut => ErrorKind::Timeout,
        Driver::Io(io) => ErrorKind::Unavailable(format!("the connection failed: {io}")),
        Driver::ConnectionPoolCleared { .. } => {
            ErrorKind::Unavailable("the connection to the server was lost".into())
        }
        Driver::ServerSelection { message, .. } => {
            ErrorKind::Unavailable(format!("no suitable server: {}", brief(message)))
        }
        Driver::Authentication { message, .. } => {
            ErrorKind::Unauthorized(texts::without_command(message))
        }
        Driver::InvalidArgument { message, .. } if is_unacknowledged(message) => {
            ErrorKind::Invalid(UNACKNOWLEDGED.into())
        }
        Driver::InvalidArgument { message, .. } => ErrorKind::Invalid(brief(message)),
        Driver::DnsResolve { message, .. } => {
            ErrorKind::Unavailable(format!("cannot resolve the host: {}", brief(message)))
        }
        Driver::SessionsNotSupported => {
            ErrorKind::Invalid("this server has no sessions: it is not a replica set".into())
        }
        Driver::Transaction { message, .. } if message.contains("supported by this deployment") => {
            ErrorKind::Invalid(STANDALONE.into())
        }
        Driver::Bson(_) => {
            ErrorKind::Driver("the driver cannot read or write a document as this type".into())
        }
        Driver::InvalidResponse { .. } => {
            ErrorKind::Driver("the server's reply cannot be read".into())
        }
        Driver::BulkWrite(_) | Driver::GridFs(_) => {
            ErrorKind::Driver("the driver's operation failed".into())
        }
        other => ErrorKind::Driver(brief(&other.to_string())),
    }
}

/// The refusal of a write concern of 0, wherever it was given.
pub(crate) const UNACKNOWLEDGED: &str = "the write concern `w: 0` is not supported: the server would \
    not say what became of the write; ask for the acknowledgement of one member or more";

fn is_unacknowledged(message: &str) -> bool {
    let message = message.to_ascii_lowercase();
    message.contains("unacknowledged write concern") || message.contains("cannot have w=0")
}

/// What to do about a server without transactions.
const STANDALONE: &str = "transactions need a replica set or a sharded cluster, and this server \
    stands alone: start `mongod` with `--replSet`, then run `replSetInitiate` once";

/// The answer of a standalone server, in its words, or in those that the driver has for it.
fn is_standalone(code: i32, message: &str) -> bool {
    let texts = ["Transaction numbers", "This MongoDB deployment does not support retryable"];
    code == code::ILLEGAL_OPERATION && texts.iter().any(|text| message.starts_with(text))
}

/// Code, name and text of an error that the server answered with.
type Failure<'a> = (i32, &'a str, &'a str);

fn server_kind(
    (code, name, message): Failure<'_>,
    info: Option<&Document>,
    key_value: Option<Document>,
) -> ErrorKind {
    match code {
        code::DUPLICATE_KEY | code::LEGACY_DUPLICATE_KEY | code::LEGACY_DUPLICATE_KEY_OF_SHARDS => {
            ErrorKind::DuplicateKey(DuplicateKey::parse(message, key_value))
        }
        code::DOCUMENT_VALIDATION_FAILURE => {
            ErrorKind::Validation(ValidationFailure::new(message, info))
        }
        code::MAX_TIME_MS_EXPIRED
        | code::NETWORK_INTERFACE_EXCEEDED_TIME_LIMIT
        | code::EXCEEDED_TIME_LIMIT => ErrorKind::Timeout,
        code::WRITE_CONFLICT => ErrorKind::WriteConflict,
        code::UNAUTHORIZED | code::AUTHENTICATION_FAILED => {
            ErrorKind::Unauthorized(texts::without_command(message))
        }
        _ => ErrorKind::Server(ServerError {
            code,
            name: if name.is_empty() { codes::name(code).into() } else { name.into() },
            message: brief(message),
        }),
    }
}

fn insert_many_kind(many: &InsertManyError) -> ErrorKind {
    let write_errors = many.write_errors.as_deref().unwrap_or_default();
    let failures =
        write_errors.iter().map(|write| FailedWrite::new(write.index, indexed_kind(write)));
    let failures = failures.collect();
    ErrorKind::InsertMany(InsertManyFailure { failures, ..InsertManyFailure::default() })
}

fn indexed_kind(write: &IndexedWriteError) -> ErrorKind {
    let name = write.code_name.as_deref().unwrap_or("");
    server_kind((write.code, name, &write.message), write.details.as_ref(), None)
}

/// The kind of a `writeErrors` item or of a `writeConcernError`, as the server's reply has it.
pub(crate) fn replied_kind(error: &Document) -> ErrorKind {
    let text = |key| error.get_str(key).unwrap_or_default();
    let failure = (error.get_i32("code").unwrap_or_default(), text("codeName"), text("errmsg"));
    let document = |key| error.get_document(key).ok();
    server_kind(failure, document("errInfo"), document("keyValue").cloned())
}

fn first(many: &InsertManyError) -> Option<&IndexedWriteError> {
    many.write_errors.as_deref().and_then(<[_]>::first)
}

fn outcome(error: &DriverError, access: Access) -> Outcome {
    match &*error.kind {
        Driver::Write(WriteFailure::WriteConcernError(_)) => Outcome::Applied,
        Driver::Command(command) if proof(command.code) == Proof::Unknown => Outcome::Unknown,
        // The error of a repetition: the first attempt may have been applied.
        Driver::Command(_) if error.contains_label(RETRYABLE_WRITE_ERROR) => Outcome::Unknown,
        Driver::Command(_) | Driver::Write(_) if access == Access::ManyWrites => Outcome::Partial,
        Driver::Command(_) | Driver::Write(_) => Outcome::NotApplied,
        Driver::InsertMany(many) if first(many).is_none() => Outcome::Applied,
        Driver::InsertMany(_) => Outcome::Partial,
        Driver::Io(_) | Driver::ConnectionPoolCleared { .. } => Outcome::Unknown,
        Driver::InvalidResponse { .. } => Outcome::Unknown,
        _ => Outcome::NotSent,
    }
}

/// The document of a duplicate key, where the driver keeps the server's reply.
fn key_value(error: &DriverError) -> Option<Document> {
    let reply = Document::try_from(error.server_response()?.as_ref()).ok()?;
    let holder =
        reply.get_array("writeErrors").ok().and_then(|errors| errors.first()?.as_document());
    holder.unwrap_or(&reply).get_document("keyValue").ok().cloned()
}
