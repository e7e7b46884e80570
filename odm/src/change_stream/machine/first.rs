//! The first cursor of a stream, its errors, and its end.

use std::time::Duration;

use mongodb::bson::{RawDocumentBuf, rawdoc};

use crate::error::{ChangeStreamFailure, Error, Result};

use super::super::{
    HISTORY_LOST, ResumeToken,
    failure::Failure,
    feed::{Feed, Next},
    plan::{Plan, Position},
};

/// How long the closing of a stream waits for a cursor that is being opened.
const LONGEST_OPENING: Duration = Duration::from_secs(1);

/// The first cursor. If history is lost before it begins, the cursor starts now, if the user chose
/// that.
pub(super) async fn first_feed(
    plan: &Plan,
    position: Position,
) -> Result<(Feed, Position, Option<Error>)> {
    let error = match Feed::open(plan, &position).await {
        Ok(feed) => return Ok((feed, position, None)),
        Err(error) => error,
    };
    if plan.policy.restarts_from_now && Failure::of(&error) == Failure::HistoryLost {
        let feed = Feed::open(plan, &Position::Now).await;
        return feed.map(|feed| (feed, Position::Now, Some(error))).map_err(|e| named(plan, e));
    }
    match error.code() {
        Some(code) if position.token().is_some() && is_malformed(code) => {
            let failure = Failure::Other(Some(ChangeStreamFailure::InvalidToken));
            Err(failure.describe(error).during("watch", &plan.namespace()))
        }
        _ => Err(named(plan, error)),
    }
}

/// The server's codes for something that is not a token, depending on what is wrong with it.
fn is_malformed(code: i32) -> bool {
    matches!(code, 2 | 9 | 14 | 15 | 40647 | 40649 | 50795 | 50811)
}

pub(super) fn named(plan: &Plan, error: Error) -> Error {
    Failure::of(&error).describe(error).during("watch", &plan.namespace())
}

/// The event that says that there may be a gap.
pub(super) fn history_lost(error: &Error, token: Option<&ResumeToken>) -> RawDocumentBuf {
    let token = token.map(|token| token.as_raw().to_owned()).unwrap_or_default();
    rawdoc! {
        "_id": token,
        "operationType": HISTORY_LOST,
        "operationDescription": { "error": error.to_string() },
    }
}

/// The home of a cursor is known when its first reply has come. This waits for it, but not long.
pub(super) async fn close_first(reply: impl Future<Output = impl Into<Option<(Feed, Next)>>>) {
    if let Ok(reply) = tokio::time::timeout(LONGEST_OPENING, reply).await
        && let Some((feed, _)) = reply.into()
    {
        feed.close().await;
    }
}
