//! Single writes with a time limit.
//!
//! The driver's own actions have no time limit, so these writes use commands of our own. The
//! commands tell the server the time that is left (`maxTimeMS`), and are repeated as the driver's
//! are.

use std::time::Duration;

use crate::{
    codec::Encoder,
    command::{CommandOptions, Kind, Work, Written, single},
    error::{Error, Result},
    executor::{Call, Purpose, Target},
};

/// Whether the operation has a limit, its own or that of its session or transaction.
pub(super) fn is_limited(target: &Target, timeout: Option<Duration>) -> bool {
    target.deadline(timeout).is_some()
}

/// Runs the statement that `write` writes.
pub(super) async fn run(
    (target, purpose): (Target, Purpose),
    (kind, is_multi): (Kind, bool),
    options: CommandOptions,
    write: impl FnOnce(&mut Encoder) -> Result<()>,
) -> Result<Written> {
    let mut work = Work { options, ..Work::default() };
    work.statements.push(target.collection.name(), (kind, is_multi), write)?;
    send(target, purpose, work).await
}

/// Runs the insertion of an encoded document.
pub(super) async fn insert(
    target: Target,
    purpose: Purpose,
    document: &[u8],
    options: CommandOptions,
) -> Result<()> {
    let mut work = Work { options, ..Work::default() };
    work.statements.push_insert(target.collection.name(), document)?;
    send(target, purpose, work).await.map(drop)
}

async fn send(target: Target, purpose: Purpose, work: Work) -> Result<Written> {
    if target.is_in_transaction() && work.options.write_concern.is_some() {
        return Err(Error::invalid("a transaction has a write concern of its own"));
    }
    single::one(Call::begin(target, purpose).await?, work).await
}
