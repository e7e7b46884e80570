//! The server's error codes that matter here: names, what each proves of a write, and whether its
//! text is shown.
//!
//! Manual: [error codes](https://www.mongodb.com/docs/manual/reference/error-codes/). The page
//! [`outcomes`](crate::guide::outcomes) has them by group.

/// What an error instead of a reply proves of the command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Proof {
    /// The server found it before the first statement: nothing was applied.
    Refused,
    /// This member is no primary. One statement was not applied; of several, the first ones may
    /// have been, before the primary stepped down.
    NotPrimary,
    /// The server stopped while it worked: one statement was taken back as a whole; of many
    /// documents, some may be changed.
    Stopped,
    /// The server went away while it worked, or a router lost its shard: nobody knows.
    Unknown,
}

/// When the server finds an error, which decides what it proves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Found {
    /// The server reads the whole command before it begins.
    Checked,
    /// It asks whether the user may run the command before it begins.
    Credentials,
    /// It looks for the transaction, or for the number of the write, before it begins.
    Transaction,
    /// It is not, or no longer, the member that writes.
    NotPrimary,
    /// A statement does not fit a document, an index or a rule. It is taken back; what statements
    /// before it did stays.
    Statement,
    /// The operation was interrupted. What it was at is taken back.
    Limit,
    /// The write is done, and too few members have acknowledged it. Beside a reply, it is applied.
    Concern,
    /// A cursor or a change stream cannot go on: it only reads.
    Cursor,
    /// The server ends, or is no longer primary, while it works.
    Leaving,
    /// A router, or a server, has lost another server that may have done it.
    Router,
}

impl Found {
    const fn proof(self) -> Proof {
        match self {
            Self::Checked | Self::Credentials | Self::Transaction => Proof::Refused,
            Self::NotPrimary => Proof::NotPrimary,
            Self::Statement | Self::Limit | Self::Concern | Self::Cursor => Proof::Stopped,
            Self::Leaving | Self::Router => Proof::Unknown,
        }
    }
}

/// Whether errors show the server's text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Text {
    /// It has names of fields, hosts and namespaces at most.
    Shown,
    /// It may repeat values, of documents, of filters or of tokens.
    Hidden,
}

struct Row {
    code: i32,
    name: &'static str,
    found: Found,
    text: Text,
}

/// A constant for each code, and the table.
macro_rules! codes {
    ($($code:literal $constant:ident $name:literal $found:ident $text:ident;)*) => {
        /// The codes by their names.
        #[allow(dead_code, reason = "the table is larger than what is asked for")]
        pub(crate) mod code {
            $(pub(crate) const $constant: i32 = $code;)*
        }

        /// A code that is not here is [`Proof::Stopped`], because the server found it somewhere in
        /// the command, and its text is hidden.
        const CODES: &[Row] = &[
            $(Row { code: $code, name: $name, found: Found::$found, text: Text::$text },)*
        ];
    };
}

codes! {
    2 BAD_VALUE "BadValue" Checked Hidden;
    6 HOST_UNREACHABLE "HostUnreachable" Router Shown;
    7 HOST_NOT_FOUND "HostNotFound" Router Shown;
    9 FAILED_TO_PARSE "FailedToParse" Checked Hidden;
    13 UNAUTHORIZED "Unauthorized" Credentials Hidden;
    14 TYPE_MISMATCH "TypeMismatch" Checked Hidden;
    15 OVERFLOW "Overflow" Statement Hidden;
    16 INVALID_LENGTH "InvalidLength" Checked Hidden;
    18 AUTHENTICATION_FAILED "AuthenticationFailed" Credentials Shown;
    20 ILLEGAL_OPERATION "IllegalOperation" Checked Shown;
    24 LOCK_TIMEOUT "LockTimeout" Limit Shown;
    26 NAMESPACE_NOT_FOUND "NamespaceNotFound" Statement Shown;
    28 PATH_NOT_VIABLE "PathNotViable" Statement Hidden;
    40 CONFLICTING_UPDATE_OPERATORS "ConflictingUpdateOperators" Statement Shown;
    43 CURSOR_NOT_FOUND "CursorNotFound" Cursor Shown;
    47 NO_MATCHING_DOCUMENT "NoMatchingDocument" Cursor Hidden;
    50 MAX_TIME_MS_EXPIRED "MaxTimeMSExpired" Limit Shown;
    52 DOLLAR_PREFIXED_FIELD_NAME "DollarPrefixedFieldName" Statement Hidden;
    54 NOT_SINGLE_VALUE_FIELD "NotSingleValueField" Statement Hidden;
    59 COMMAND_NOT_FOUND "CommandNotFound" Checked Hidden;
    63 STALE_SHARD_VERSION "StaleShardVersion" Cursor Shown;
    64 WRITE_CONCERN_FAILED "WriteConcernFailed" Concern Shown;
    66 IMMUTABLE_FIELD "ImmutableField" Statement Hidden;
    72 INVALID_OPTIONS "InvalidOptions" Checked Hidden;
    73 INVALID_NAMESPACE "InvalidNamespace" Checked Shown;
    79 UNKNOWN_REPL_WRITE_CONCERN "UnknownReplWriteConcern" Concern Shown;
    89 NETWORK_TIMEOUT "NetworkTimeout" Router Shown;
    91 SHUTDOWN_IN_PROGRESS "ShutdownInProgress" Leaving Shown;
    100 UNSATISFIABLE_WRITE_CONCERN "UnsatisfiableWriteConcern" Concern Shown;
    112 WRITE_CONFLICT "WriteConflict" Statement Shown;
    121 DOCUMENT_VALIDATION_FAILURE "DocumentValidationFailure" Statement Hidden;
    133 FAILED_TO_SATISFY_READ_PREFERENCE "FailedToSatisfyReadPreference" Router Shown;
    134 READ_CONCERN_MAJORITY_NOT_AVAILABLE_YET "ReadConcernMajorityNotAvailableYet" Checked Shown;
    136 CAPPED_POSITION_LOST "CappedPositionLost" Cursor Shown;
    150 STALE_EPOCH "StaleEpoch" Cursor Shown;
    166 COMMAND_NOT_SUPPORTED_ON_VIEW "CommandNotSupportedOnView" Checked Shown;
    168 INVALID_PIPELINE_OPERATOR "InvalidPipelineOperator" Statement Hidden;
    189 PRIMARY_STEPPED_DOWN "PrimarySteppedDown" Leaving Shown;
    202 NETWORK_INTERFACE_EXCEEDED_TIME_LIMIT "NetworkInterfaceExceededTimeLimit" Router Shown;
    217 INCOMPLETE_TRANSACTION_HISTORY "IncompleteTransactionHistory" Statement Hidden;
    225 TRANSACTION_TOO_OLD "TransactionTooOld" Transaction Shown;
    234 RETRY_CHANGE_STREAM "RetryChangeStream" Cursor Hidden;
    237 CURSOR_KILLED "CursorKilled" Cursor Shown;
    241 CONVERSION_FAILURE "ConversionFailure" Statement Hidden;
    251 NO_SUCH_TRANSACTION "NoSuchTransaction" Transaction Shown;
    256 TRANSACTION_COMMITTED "TransactionCommitted" Transaction Shown;
    260 INVALID_RESUME_TOKEN "InvalidResumeToken" Cursor Hidden;
    262 EXCEEDED_TIME_LIMIT "ExceededTimeLimit" Limit Shown;
    263 OPERATION_NOT_SUPPORTED_IN_TRANSACTION "OperationNotSupportedInTransaction" Transaction Shown;
    280 CHANGE_STREAM_FATAL_ERROR "ChangeStreamFatalError" Cursor Hidden;
    286 CHANGE_STREAM_HISTORY_LOST "ChangeStreamHistoryLost" Cursor Shown;
    290 TRANSACTION_EXCEEDED_LIFETIME_LIMIT_SECONDS "TransactionExceededLifetimeLimitSeconds" Limit Shown;
    8000 ATLAS_ERROR "AtlasError" Statement Hidden;
    9001 SOCKET_EXCEPTION "SocketException" Router Shown;
    10058 LEGACY_NOT_PRIMARY "LegacyNotPrimary" NotPrimary Shown;
    10107 NOT_WRITABLE_PRIMARY "NotWritablePrimary" NotPrimary Shown;
    10334 BSON_OBJECT_TOO_LARGE "BSONObjectTooLarge" Checked Hidden;
    11000 DUPLICATE_KEY "DuplicateKey" Statement Hidden;
    11001 LEGACY_DUPLICATE_KEY "LegacyDuplicateKey" Statement Hidden;
    11600 INTERRUPTED_AT_SHUTDOWN "InterruptedAtShutdown" Leaving Shown;
    11601 INTERRUPTED "Interrupted" Limit Shown;
    11602 INTERRUPTED_DUE_TO_REPL_STATE_CHANGE "InterruptedDueToReplStateChange" Leaving Shown;
    12582 LEGACY_DUPLICATE_KEY_OF_SHARDS "LegacyDuplicateKeyOfShards" Statement Hidden;
    13388 STALE_CONFIG "StaleConfig" Cursor Shown;
    13435 NOT_PRIMARY_NO_SECONDARY_OK "NotPrimaryNoSecondaryOk" NotPrimary Shown;
    13436 NOT_PRIMARY_OR_SECONDARY "NotPrimaryOrSecondary" NotPrimary Shown;
    40353 INVALID_UUID "InvalidUUID" Checked Hidden;
    40413 DUPLICATE_FIELD "DuplicateField" Checked Shown;
    40414 MISSING_FIELD "MissingField" Checked Shown;
    40415 UNKNOWN_FIELD "UnknownField" Checked Shown;
    40647 MALFORMED_TOKEN_40647 "Location40647" Cursor Hidden;
    40649 MALFORMED_TOKEN_40649 "Location40649" Cursor Hidden;
    50795 MALFORMED_TOKEN_50795 "Location50795" Cursor Hidden;
    50811 MALFORMED_TOKEN_50811 "Location50811" Cursor Hidden;
}

/// Its name, where the server gave none.
pub(super) fn name(code: i32) -> &'static str {
    find(code).map_or("Error", |row| row.name)
}

/// What the code proves of a command that it is the answer to.
pub(super) fn proof(code: i32) -> Proof {
    find(code).map_or(Proof::Stopped, |row| row.found.proof())
}

/// Whether the server's text for the code is known to hold no values.
pub(super) fn shows_text(code: i32) -> bool {
    find(code).is_some_and(|row| row.text == Text::Shown)
}

fn find(code: i32) -> Option<&'static Row> {
    CODES.binary_search_by_key(&code, |row| row.code).ok().map(|at| &CODES[at])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_order_so_that_every_code_is_found() {
        assert!(CODES.windows(2).all(|two| two[0].code < two[1].code));
        assert!(CODES.iter().all(|row| name(row.code) == row.name));
        assert_eq!((name(4711), proof(4711)), ("Error", Proof::Stopped));
    }

    #[test]
    fn the_page_of_outcomes_has_every_code() {
        let page = include_str!("../guide/outcomes.rs");
        for Row { code, name, .. } in CODES {
            let is_a_legacy =
                name.starts_with("Location") || name.starts_with("LegacyDuplicateKey");
            assert!(is_a_legacy || page.contains(&format!("{code} `{name}`")), "{code} {name}");
        }
    }

    #[test]
    fn the_text_of_an_unknown_code_is_hidden() {
        assert!(!shows_text(4711) && !shows_text(code::BAD_VALUE));
        assert!(shows_text(code::ILLEGAL_OPERATION));
    }
}
