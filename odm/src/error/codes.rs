//! The server's error codes that matter here: names, and what each proves of a write.
//!
//! Manual: [error codes](https://www.mongodb.com/docs/manual/reference/error-codes/).

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

/// Code, name, proof. A code that is not here is [`Proof::Stopped`]: the server found it somewhere
/// in the command.
const CODES: &[(i32, &str, Proof)] = &[
    (2, "BadValue", Proof::Refused),
    (6, "HostUnreachable", Proof::Unknown),
    (7, "HostNotFound", Proof::Unknown),
    (9, "FailedToParse", Proof::Refused),
    (13, "Unauthorized", Proof::Refused),
    (14, "TypeMismatch", Proof::Refused),
    (16, "InvalidLength", Proof::Refused),
    (18, "AuthenticationFailed", Proof::Refused),
    (20, "IllegalOperation", Proof::Refused),
    (24, "LockTimeout", Proof::Stopped),
    (28, "PathNotViable", Proof::Stopped),
    (40, "ConflictingUpdateOperators", Proof::Stopped),
    (50, "MaxTimeMSExpired", Proof::Stopped),
    (52, "DollarPrefixedFieldName", Proof::Stopped),
    (54, "NotSingleValueField", Proof::Stopped),
    (59, "CommandNotFound", Proof::Refused),
    (64, "WriteConcernFailed", Proof::Stopped),
    (66, "ImmutableField", Proof::Stopped),
    (72, "InvalidOptions", Proof::Refused),
    (73, "InvalidNamespace", Proof::Refused),
    (79, "UnknownReplWriteConcern", Proof::Stopped),
    (89, "NetworkTimeout", Proof::Unknown),
    (91, "ShutdownInProgress", Proof::Unknown),
    (100, "UnsatisfiableWriteConcern", Proof::Stopped),
    (112, "WriteConflict", Proof::Stopped),
    (121, "DocumentValidationFailure", Proof::Stopped),
    (133, "FailedToSatisfyReadPreference", Proof::Unknown),
    (134, "ReadConcernMajorityNotAvailableYet", Proof::Refused),
    (136, "CappedPositionLost", Proof::Stopped),
    (166, "CommandNotSupportedOnView", Proof::Refused),
    (189, "PrimarySteppedDown", Proof::Unknown),
    (202, "NetworkInterfaceExceededTimeLimit", Proof::Unknown),
    (217, "IncompleteTransactionHistory", Proof::Stopped),
    (225, "TransactionTooOld", Proof::Refused),
    (234, "RetryChangeStream", Proof::Stopped),
    (237, "CursorKilled", Proof::Stopped),
    (251, "NoSuchTransaction", Proof::Refused),
    (256, "TransactionCommitted", Proof::Refused),
    (262, "ExceededTimeLimit", Proof::Stopped),
    (263, "OperationNotSupportedInTransaction", Proof::Refused),
    (8000, "AtlasError", Proof::Stopped),
    (9001, "SocketException", Proof::Unknown),
    (10058, "LegacyNotPrimary", Proof::NotPrimary),
    (10107, "NotWritablePrimary", Proof::NotPrimary),
    (10334, "BSONObjectTooLarge", Proof::Refused),
    (11000, "DuplicateKey", Proof::Stopped),
    (11600, "InterruptedAtShutdown", Proof::Unknown),
    (11601, "Interrupted", Proof::Stopped),
    (11602, "InterruptedDueToReplStateChange", Proof::Unknown),
    (13435, "NotPrimaryNoSecondaryOk", Proof::NotPrimary),
    (13436, "NotPrimaryOrSecondary", Proof::NotPrimary),
    (40353, "InvalidUUID", Proof::Refused),
    (40413, "DuplicateField", Proof::Refused),
    (40414, "MissingField", Proof::Refused),
    (40415, "UnknownField", Proof::Refused),
];

/// Its name, where the server gave none.
pub(super) fn name(code: i32) -> &'static str {
    find(code).map_or("Error", |(_, name, _)| name)
}

/// What the code proves of a command that it is the answer to.
pub(super) fn proof(code: i32) -> Proof {
    find(code).map_or(Proof::Stopped, |(_, _, proof)| *proof)
}

/// The code that the server has for a write with a number, if it is not part of a replica set or a
/// sharded cluster.
pub(crate) const ILLEGAL_OPERATION: i32 = 20;

fn find(code: i32) -> Option<&'static (i32, &'static str, Proof)> {
    CODES.binary_search_by_key(&code, |(code, _, _)| *code).ok().map(|at| &CODES[at])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_order_so_that_every_code_is_found() {
        assert!(CODES.windows(2).all(|two| two[0].0 < two[1].0));
        assert!(CODES.iter().all(|(code, known, _)| name(*code) == *known));
        assert_eq!((name(4711), proof(4711)), ("Error", Proof::Stopped));
    }
}
