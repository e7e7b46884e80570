//! A change stream that is opened again and again, at tokens that are kept elsewhere.

use std::time::Duration;

use futures::future::poll_fn;
use mongodb::bson::{Document, RawDocument, RawDocumentBuf, doc};

use crate::{
    error::{Error, Result},
    executor::Target,
};

use super::{
    ResumeToken,
    failure::Failure,
    machine::Machine,
    plan::{Plan, Position},
};

/// The small fields that every event of a document has, besides its token.
pub(crate) const OUTLINE: [&str; 5] =
    ["operationType", "clusterTime", "wallTime", "ns", "documentKey"];

/// What is needed to open a stream, and where the first one starts.
pub(crate) struct Opener {
    pub(super) plan: Plan,
    pub(super) start: Position,
}

/// A stream of events as the server sends them.
pub(crate) struct RawStream(Machine);

impl Opener {
    /// What is watched, for errors and for what is kept beside it.
    pub(crate) fn target(&self) -> &Target {
        &self.plan.target
    }

    /// How long resuming is tried. Default: without end.
    pub(crate) fn give_up_after(&self) -> Option<Duration> {
        self.plan.policy.give_up_after
    }

    /// The token of the place where the first stream starts. It is asked for with an empty first
    /// batch, so no event can be given out before the token is known. If that place is gone, it is
    /// an error under every policy, because nobody would see the report of the gap.
    pub(crate) async fn start_token(&self) -> Result<ResumeToken> {
        let mut plan = self.plan.clone();
        plan.cursor.batch_size = Some(0);
        plan.policy.restarts_from_now = false;
        let probe = Machine::open(plan, self.start.clone()).await?;
        let token = probe.resume_token();
        probe.close().await;
        token.ok_or_else(|| Error::invalid("the server gives no token where a stream starts"))
    }

    /// Opens a stream after a token, also after that of an invalidate.
    pub(crate) async fn open(&self, token: ResumeToken) -> Result<RawStream> {
        Machine::open(self.plan.clone(), Position::StartAfter(token)).await.map(RawStream)
    }

    /// The same with one event in each reply. An event that is too large fails its whole reply; so
    /// it is the first one after the token of the stream.
    pub(crate) async fn open_one_by_one(&self, token: ResumeToken) -> Result<RawStream> {
        let mut plan = self.plan.clone();
        plan.cursor.batch_size = Some(1);
        Machine::open(plan, Position::StartAfter(token)).await.map(RawStream)
    }

    /// The small fields of the first event after a token, for one that is too large to be sent.
    /// Waits until there is one; `None` at the end of the stream.
    pub(crate) async fn outline(&self, token: ResumeToken) -> Result<Option<RawDocumentBuf>> {
        let mut plan = self.plan.clone();
        plan.cursor.batch_size = Some(1);
        plan.policy.restarts_from_now = false;
        let fields: Document =
            OUTLINE.iter().map(|field| ((*field).to_owned(), 1.into())).collect();
        plan.pipeline.push(doc! { "$project": fields });
        let machine = Machine::open(plan, Position::StartAfter(token)).await?;
        RawStream(machine).next().await.transpose()
    }
}

impl RawStream {
    /// The next event; dropping this future loses nothing.
    pub(crate) async fn next(&mut self) -> Option<Result<RawDocumentBuf>> {
        let read = |event: &RawDocument| Ok(event.to_owned());
        poll_fn(|context| self.0.poll_event(context, read, None)).await
    }

    /// The token up to which everything has been given out.
    pub(crate) fn resume_token(&self) -> Option<ResumeToken> {
        self.0.resume_token()
    }
}

/// Whether an error says that a server, or the connection to it, has failed.
pub(crate) fn is_outage(error: &Error) -> bool {
    Failure::of(error) == Failure::Resumable
}
