//! What a change stream watches and how, in the form that is sent.

use std::time::Duration;

use mongodb::{
    bson::{Bson, Document, RawDocument, Timestamp, doc},
    options::{AggregateOptions, Collation, ReadConcern, SelectionCriteria},
};

use crate::executor::Target;

use super::ResumeToken;

/// Everything that is needed to open the stream, again and again.
#[derive(Clone)]
pub(super) struct Plan {
    pub(super) target: Target,
    pub(super) scope: Scope,
    /// The options inside `$changeStream`, without where it starts.
    pub(super) stage: Document,
    /// The stages after it.
    pub(super) pipeline: Vec<Document>,
    pub(super) cursor: CursorOptions,
    pub(super) policy: Policy,
    /// Whether the collection must be made to keep images.
    pub(super) needs_images: bool,
}

/// What is watched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scope {
    Collection,
    Database,
    Deployment,
}

/// Options of the `aggregate` command.
#[derive(Clone, Debug, Default)]
pub(super) struct CursorOptions {
    pub(super) batch_size: Option<u32>,
    pub(super) max_await_time: Option<Duration>,
    pub(super) collation: Option<Collation>,
    pub(super) comment: Option<Bson>,
    pub(super) read_concern: Option<ReadConcern>,
    pub(super) selection_criteria: Option<SelectionCriteria>,
}

/// What is done when something goes wrong.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Policy {
    /// How long resuming is tried. Default: without end.
    pub(super) give_up_after: Option<Duration>,
    pub(super) restarts_from_now: bool,
    pub(super) goes_past_invalidate: bool,
    pub(super) joins_fragments: bool,
}

/// Where a stream starts.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) enum Position {
    #[default]
    Now,
    /// At a time of the deployment, including that moment.
    At(Timestamp),
    /// Directly after an event.
    ResumeAfter(ResumeToken),
    /// The same, and possible after an invalidate too.
    StartAfter(ResumeToken),
}

/// How long the server waits for an event if it is not told.
const DEFAULT_AWAIT_TIME: Duration = Duration::from_secs(1);

impl CursorOptions {
    /// The same, with an answer in half of this time at the latest.
    pub(super) fn answering_within(mut self, limit: Option<Duration>) -> Self {
        let most = limit.map(|limit| (limit / 2).max(Duration::from_millis(1)));
        let wait = self.max_await_time.unwrap_or(DEFAULT_AWAIT_TIME);
        self.max_await_time = most.filter(|most| *most < wait).or(self.max_await_time);
        self
    }

    pub(super) fn for_driver(&self) -> AggregateOptions {
        let mut options = AggregateOptions::default();
        options.batch_size = self.batch_size;
        options.max_await_time = self.max_await_time;
        options.collation = self.collation.clone();
        options.comment = self.comment.clone();
        options.read_concern = self.read_concern.clone();
        options.selection_criteria = self.selection_criteria.clone();
        options
    }
}

impl Position {
    /// The position after a reply. A stream that has gone past an invalidate must use `startAfter`
    /// until it has had an event.
    pub(super) fn after(&self, token: ResumeToken, had_events: bool) -> Self {
        match self {
            Self::StartAfter(_) if !had_events => Self::StartAfter(token),
            _ => Self::ResumeAfter(token),
        }
    }

    pub(super) fn token(&self) -> Option<&ResumeToken> {
        match self {
            Self::ResumeAfter(token) | Self::StartAfter(token) => Some(token),
            Self::Now | Self::At(_) => None,
        }
    }
}

impl Plan {
    /// What is watched, for errors.
    pub(super) fn namespace(&self) -> String {
        let namespace = self.target.collection().namespace();
        match self.scope {
            Scope::Collection => namespace.to_string(),
            Scope::Database => namespace.db,
            Scope::Deployment => "the deployment".to_owned(),
        }
    }

    /// The pipeline that is sent to start at a position.
    pub(super) fn stages(&self, position: &Position) -> Vec<Document> {
        let mut stage = self.stage.clone();
        match position {
            Position::Now => {}
            Position::At(time) => drop(stage.insert("startAtOperationTime", *time)),
            Position::ResumeAfter(token) => drop(stage.insert("resumeAfter", document(token))),
            Position::StartAfter(token) => drop(stage.insert("startAfter", document(token))),
        }
        if self.scope == Scope::Deployment {
            stage.insert("allChangesForCluster", true);
        }
        let mut stages = vec![doc! { "$changeStream": stage }];
        stages.extend(self.pipeline.iter().cloned());
        if self.policy.joins_fragments {
            stages.push(doc! { "$changeStreamSplitLargeEvent": {} });
        }
        stages
    }
}

fn document(token: &ResumeToken) -> Document {
    Document::try_from(token.as_raw()).unwrap_or_default()
}

/// What a reply says besides its documents.
pub(super) struct Reply {
    pub(super) token: Option<ResumeToken>,
    pub(super) operation_time: Option<Timestamp>,
}

impl Reply {
    pub(super) fn of(reply: &RawDocument) -> Self {
        let cursor = reply.get_document("cursor").ok();
        let token = cursor.and_then(|cursor| cursor.get_document("postBatchResumeToken").ok());
        Self {
            token: token.map(RawDocument::to_owned).map(ResumeToken::from_raw),
            operation_time: reply.get_timestamp("operationTime").ok(),
        }
    }
}

/// The token of an event.
pub(super) fn token_of(event: &RawDocument) -> Option<ResumeToken> {
    event.get_document("_id").ok().map(RawDocument::to_owned).map(ResumeToken::from_raw)
}
