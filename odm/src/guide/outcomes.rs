//! From an error to what became of the write.
//!
//! [`Error::outcome`](crate::Error::outcome) says what is proven, and nothing more. "Not applied" is
//! said if the server, or the fact that nothing was sent, proves it. Whatever is left is "unknown".
//!
//! # What happened, and what is told
//!
//! ```text
//! a write
//!  │
//!  ├─ a mistake in it, or no server in time ─────────────────────────────► NotSent
//!  │
//!  └─ sent
//!      │
//!      ├─ no reply ──┬─ without a number ────────────────────────────────► Unknown
//!      │             └─ with a number: sent again, once
//!      │                 ├─ a reply: it tells of both ───────────────────► as below
//!      │                 ├─ not sent, or no reply ───────────────────────► Unknown
//!      │                 └─ refused: that is of the repetition only ─────► Unknown
//!      │
//!      ├─ refused at once: before the first statement ───────────────────► NotApplied
//!      │
//!      ├─ refused half-way ──┬─ one document: it was taken back ─────────► NotApplied
//!      │                     └─ many documents: those before it stay ────► Partial
//!      │
//!      ├─ the server went away while it worked ──┬─ without a number ────► Unknown
//!      │                                         └─ with a number ───────► as for no reply
//!      │
//!      ├─ a reply with `writeErrors` ──┬─ one document ──────────────────► NotApplied
//!      │                               ├─ many documents ────────────────► Partial
//!      │                               └─ a bulk: each write by itself ──► NotApplied, Partial
//!      │
//!      ├─ a reply with `writeConcernError` ──────────────────────────────► Applied
//!      │
//!      ├─ a reply that matched nothing, to a write with `.by(…)` ────────► NotApplied
//!      │
//!      └─ a reply whose document does not decode ────────────────────────► Applied
//!
//! a commit
//!  │
//!  ├─ an operation failed before: it is not sent ────────────────────────► NotApplied
//!  ├─ refused, and no commit was sent before ────────────────────────────► NotApplied
//!  ├─ refused with the label `TransientTransactionError` ────────────────► NotApplied
//!  ├─ a reply with `writeConcernError` ──────────────────────────────────► Applied
//!  └─ no reply, an interruption, or a refusal of a repetition ───────────► Unknown
//! ```
//!
//! A number (`txnNumber`) lets the server recognize a command that it has done already. Statements
//! on one document have one, unless the client has `retryWrites=false`, the server stands alone, or
//! the write is part of a transaction. Statements on many documents have none, and are sent once.
//! What is retried is told in [`operation`](mod@crate::operation).
//!
//! # What to do
//!
//! | [`Outcome`](crate::Outcome) | is proven | do |
//! | --- | --- | --- |
//! | `NotSent` | nothing has left this process | run it again, when [the kind](crate::ErrorKind) says that it may help: `Timeout`, `Unavailable` |
//! | `NotApplied` | nothing was written | mend what the kind names; after `WriteConflict` or `Unavailable` run it again; after `Stale` load the document and decide anew |
//! | `Partial` | the operation has ended, and some of its writes may be done | read what is there; of a bulk or an `insert_many`, the failure tells each write by its index |
//! | `Unknown` | nothing | read what is there, or run it again if that does no harm: `set` to a value, an insert with the same `_id`, a filter that no longer matches when it is done |
//! | `Applied` | the primary has done it | do not run it again; wait, or ask again with a read concern of `majority`, because an election may still take it back |
//!
//! A write with `.by(&loaded)` can be run again after `Unknown`: if the first was applied, the second
//! is `Stale`, and nothing is written twice.
//!
//! A transaction is the way to have no `Partial`. `db.transaction(…)` runs it again by itself where
//! that does no harm.
//!
//! # Codes
//!
//! An answer that is an error and no reply proves this of the command. "Several" are statements of
//! one command, and one statement on many documents. Where such a statement is alone in its command,
//! `Unknown` is told as `Partial`: the command has ended.
//!
//! | codes | because | one document | several |
//! | --- | --- | --- | --- |
//! | 2 `BadValue`, 9 `FailedToParse`, 14 `TypeMismatch`, 16 `InvalidLength`, 20 `IllegalOperation`, 59 `CommandNotFound`, 72 `InvalidOptions`, 73 `InvalidNamespace`, 134 `ReadConcernMajorityNotAvailableYet`, 166 `CommandNotSupportedOnView`, 10334 `BSONObjectTooLarge`, 40353 `InvalidUUID`, 40413 `DuplicateField`, 40414 `MissingField`, 40415 `UnknownField` | the server reads the whole command before it begins | not applied | not applied |
//! | 13 `Unauthorized`, 18 `AuthenticationFailed` | it asks whether the user may do it before it begins | not applied | not applied |
//! | 225 `TransactionTooOld`, 251 `NoSuchTransaction`, 256 `TransactionCommitted`, 263 `OperationNotSupportedInTransaction` | it looks for the transaction, or for the number of the write, before it begins | not applied | not applied |
//! | 10058 `LegacyNotPrimary`, 10107 `NotWritablePrimary`, 13435 `NotPrimaryNoSecondaryOk`, 13436 `NotPrimaryOrSecondary` | the member is not, or no longer, the one that writes; statements before may be done | not applied | unknown |
//! | 15 `Overflow`, 26 `NamespaceNotFound`, 28 `PathNotViable`, 40 `ConflictingUpdateOperators`, 52 `DollarPrefixedFieldName`, 54 `NotSingleValueField`, 66 `ImmutableField`, 112 `WriteConflict`, 121 `DocumentValidationFailure`, 168 `InvalidPipelineOperator`, 217 `IncompleteTransactionHistory`, 241 `ConversionFailure`, 8000 `AtlasError`, 11000 `DuplicateKey` | the statement does not fit a document, an index or a rule, and is taken back; statements before it stay | not applied | unknown |
//! | 24 `LockTimeout`, 50 `MaxTimeMSExpired`, 262 `ExceededTimeLimit`, 290 `TransactionExceededLifetimeLimitSeconds`, 11601 `Interrupted` | the operation was interrupted, and what it was at is taken back | not applied | unknown |
//! | 64 `WriteConcernFailed`, 79 `UnknownReplWriteConcern`, 100 `UnsatisfiableWriteConcern` | too few members have acknowledged; beside a reply the write is applied | not applied | unknown |
//! | 43 `CursorNotFound`, 47 `NoMatchingDocument`, 63 `StaleShardVersion`, 136 `CappedPositionLost`, 150 `StaleEpoch`, 234 `RetryChangeStream`, 237 `CursorKilled`, 260 `InvalidResumeToken`, 280 `ChangeStreamFatalError`, 286 `ChangeStreamHistoryLost`, 13388 `StaleConfig` | a cursor or a change stream cannot go on: it only reads | not applied | unknown |
//! | 91 `ShutdownInProgress`, 189 `PrimarySteppedDown`, 11600 `InterruptedAtShutdown`, 11602 `InterruptedDueToReplStateChange` | the server ends, or is no longer primary, while it works: its last words prove nothing | unknown | unknown |
//! | 6 `HostUnreachable`, 7 `HostNotFound`, 89 `NetworkTimeout`, 133 `FailedToSatisfyReadPreference`, 202 `NetworkInterfaceExceededTimeLimit`, 9001 `SocketException` | a router, or a server, has lost another one that may have done it | unknown | unknown |
//! | any other | the server found it somewhere in the command | not applied | unknown |
//!
//! The label `NoWritesPerformed` proves "not applied" whatever the code is.
//!
//! # What a client that was brought along cannot tell
//!
//! [`connect`](crate::connect()) and [`connect_with`](crate::connect_with) make a client that tells
//! this crate when a command gets a connection, and why a server cannot be reached. A client that was
//! made elsewhere ([`Database::from_driver`](crate::Database::from_driver)) does not:
//!
//! | what happened | own client | brought along |
//! | --- | --- | --- |
//! | a write without a limit broke before it was sent | `NotSent` | `Unknown`, except where no server was found |
//! | a write with a limit found a server, but no connection in time | `NotSent` | `Unknown` |
//! | no server can be reached before a limit passes | the error names the cause | it does not |
//! | no server can be used: the certificate or TLS is refused | an error within seconds | after `serverSelectionTimeoutMS` |
//!
//! # Texts
//!
//! The text of an error, its debug output and its source have codes, and names of fields, indexes and
//! collections. They have no values, so they can be logged. The server's own text is in
//! [`Error::server_message`](crate::Error::server_message), and all that the driver has in
//! [`Error::as_driver`](crate::Error::as_driver); both may repeat documents and filters.
