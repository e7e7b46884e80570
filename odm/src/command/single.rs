//! One statement alone.

use std::sync::Arc;

use crate::{
    error::{Error, ErrorKind, Outcome, Result},
    executor::Call,
};

use super::{
    report::Written,
    run::{Work, run},
};

/// Runs one statement by a command of our own. Unlike the driver's, it has a time limit
/// (`maxTimeMS`, from the call's limit). It is repeated as the driver's is.
///
/// ```text
/// let mut work = Work::default();
/// work.statements.push(collection, (Kind::Update, is_multi), |out| statement.append_to(is_multi, out))?;
/// let written = command::single::one(Call::begin(target, purpose).await?, work).await?;
/// ```
///
/// # Errors
///
/// The statement's own, not `BulkWrite`.
pub(crate) async fn one(call: Call, work: Work) -> Result<Written> {
    let is_multi = work.statements.has_multi();
    let written = run(call, Arc::new(work)).await.map_err(alone);
    written.map_err(|error| match error.code() {
        Some(MAX_TIME_EXPIRED) if !is_multi => error.with_outcome(Outcome::NotApplied),
        _ => error,
    })
}

/// The server's answer when it stops at the time limit. Nothing of the one document is written
/// then. A write concern that was not met has another answer.
const MAX_TIME_EXPIRED: i32 = 50;

/// The error of the only statement.
fn alone(error: Error) -> Error {
    let ErrorKind::BulkWrite(failure) = error.kind() else { return error };
    let outcome = match failure.failures.first() {
        Some(_) if failure.matched + failure.deleted > 0 => Outcome::Partial,
        Some(_) => Outcome::NotApplied,
        None => failure.outcome(),
    };
    let refused = failure.failures.first().map(|failed| &failed.kind);
    match refused.or(failure.cause.as_deref()).cloned() {
        Some(kind) => error.with_kind(kind, outcome),
        None => error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::{BulkWriteFailure, FailedWrite};

    fn of(change: impl FnOnce(&mut BulkWriteFailure)) -> Error {
        let mut failure = BulkWriteFailure::default();
        change(&mut failure);
        alone(Error::new(ErrorKind::BulkWrite(failure), Outcome::Partial))
    }

    #[test]
    fn the_error_of_one_statement_is_not_that_of_a_bulk() {
        let refused = || FailedWrite::new(0, ErrorKind::WriteConflict);
        let error = of(|failure| failure.failures.push(refused()));
        assert!(matches!(error.kind(), ErrorKind::WriteConflict), "{error:?}");
        assert_eq!(error.outcome(), Outcome::NotApplied);
        let error = of(|failure| {
            failure.failures.push(refused());
            failure.matched = 3;
        });
        assert_eq!(error.outcome(), Outcome::Partial);
        let error = of(|failure| {
            failure.unknown.push(0..1);
            failure.cause = Some(Box::new(ErrorKind::Timeout));
        });
        assert!(matches!(error.kind(), ErrorKind::Timeout), "{error:?}");
        assert_eq!(error.outcome(), Outcome::Unknown);
    }
}
