//! The first cursor of a stream, and its errors.

use mongodb::bson::{RawDocumentBuf, rawdoc};

use crate::{
    cursor::Opened,
    error::{ChangeStreamFailure, Error, Result, code},
    executor::within,
};

use super::{
    super::{
        HISTORY_LOST, ResumeToken,
        failure::Failure,
        feed,
        images::ensure_images,
        plan::{Plan, Position},
    },
    Patience,
};

/// A cursor with its position, and why there is a gap before it.
pub(super) type First = (Opened, Position, Option<Error>);

/// The first cursor, in the time that the user gives.
pub(super) async fn first(plan: &Plan, position: Position) -> Result<First> {
    let mut patience = Patience::new(plan.policy.give_up_after);
    patience.opening();
    let opened = async {
        if plan.needs_images {
            ensure_images(&plan.target).await?;
        }
        open(plan, position).await
    };
    let until = patience.until();
    within(until, opened, || named(plan, patience.take_error())).await
}

/// If history is lost before the first cursor begins, it starts now, if the user chose that.
async fn open(plan: &Plan, position: Position) -> Result<First> {
    let error = match feed::open(plan, &position).await {
        Ok(opened) => return Ok((opened, position, None)),
        Err(error) => error,
    };
    if plan.policy.restarts_from_now && Failure::of(&error) == Failure::HistoryLost {
        let opened = feed::open(plan, &Position::Now).await;
        return opened
            .map(|opened| (opened, Position::Now, Some(error)))
            .map_err(|e| named(plan, e));
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
    matches!(
        code,
        code::BAD_VALUE
            | code::FAILED_TO_PARSE
            | code::TYPE_MISMATCH
            | code::OVERFLOW
            | code::MALFORMED_TOKEN_40647
            | code::MALFORMED_TOKEN_40649
            | code::MALFORMED_TOKEN_50795
            | code::MALFORMED_TOKEN_50811
    )
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
