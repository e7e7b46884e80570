//! Numbers by which the server recognizes a repeated command (`txnNumber`).
//!
//! A server session counts its retryable writes. The driver counts its own: it does not tell a
//! number, and it does not take one. If a number is used twice, the server takes the second command
//! for a repetition of the first: it answers with success and does nothing. So the driver keeps the
//! count: a transaction that is started and aborted with nothing in it adds one, without a round
//! trip. Only the debug output of the session tells the count
//! ([`driver_text`](crate::support::driver_text)).
//!
//! Both are details of the driver. So they are tested once before the first number is used. If they
//! do not work, commands have no number and are not repeated.
//!
//! Manual: [retryable writes](https://www.mongodb.com/docs/manual/core/retryable-writes/).

use std::sync::OnceLock;

use mongodb::{ClientSession, error::ErrorKind};

use crate::support::driver_text;

/// A number that was never used in the session, which is in no transaction and is used for nothing
/// else meanwhile. `last` is the last number, if it is known.
///
/// # Errors
///
/// If no server can be reached.
pub(super) async fn next_number(
    last: Option<i64>,
    session: &mut ClientSession,
) -> mongodb::error::Result<Option<i64>> {
    if TRUSTED.get() == Some(&false) {
        return Ok(None);
    }
    let Some(last) = last.or_else(|| driver_text::transaction_number(session)) else {
        return Ok(None);
    };
    if !count_up(session).await? {
        return Ok(None);
    }
    let counts = || driver_text::transaction_number(session) == Some(last + 1);
    Ok(TRUSTED.get_or_init(counts).then_some(last + 1))
}

/// Whether the driver counts as this module assumes; tested once in a process.
static TRUSTED: OnceLock<bool> = OnceLock::new();

/// Lets the driver add one to its count; `false` where there are no transactions, as on very old
/// servers.
async fn count_up(session: &mut ClientSession) -> mongodb::error::Result<bool> {
    match session.start_transaction().await {
        Ok(()) => session.abort_transaction().await.map(|()| true),
        Err(error) if matches!(*error.kind, ErrorKind::Transaction { .. }) => Ok(false),
        Err(error) => Err(error),
    }
}
