//! Starting sessions.

use std::time::Duration;

use futures::future::{BoxFuture, FutureExt};
use mongodb::options::SessionOptions;

use crate::{
    error::Result,
    options::{ReadConcern, WriteConcern},
};

use super::{
    Database, Limit, Session, StartSnapshotSession,
    shared::{SessionKind, Shared},
};

/// A session to be started; `.await` starts it, without a round trip.
///
/// Manual: [sessions](https://www.mongodb.com/docs/manual/reference/server-sessions/).
#[must_use = "no session is started until this is awaited"]
#[derive(Clone, Debug)]
pub struct StartSession {
    database: Database,
    kind: SessionKind,
    limit: Limit,
}

impl StartSession {
    pub(super) fn new(database: Database) -> Self {
        Self { database, kind: SessionKind::Causal, limit: Limit::default() }
    }

    /// Reads and writes with the concern `majority`.
    ///
    /// Only with these concerns does all of causal consistency hold when a primary fails:
    ///
    /// | read concern | write concern | read own writes | monotonic reads | monotonic writes | writes follow reads |
    /// | --- | --- | --- | --- | --- | --- |
    /// | majority | majority | yes | yes | yes | yes |
    /// | majority | one | | yes | | yes |
    /// | local | majority | | | yes | |
    /// | local | one | | | | |
    ///
    /// A concern that an operation names itself comes before this one; this one comes before that
    /// of a model.
    ///
    /// Manual: [causal consistency and read and write concerns](https://www.mongodb.com/docs/manual/core/causal-consistency-read-write-concerns/).
    pub fn majority(mut self) -> Self {
        self.database = self
            .database
            .with_read_concern(ReadConcern::majority())
            .with_write_concern(WriteConcern::majority())
            .above_models();
        self
    }

    /// Does not order operations: reads may be older than what was written in the same session.
    pub fn without_causal_consistency(mut self) -> Self {
        self.kind = SessionKind::Plain;
        self
    }

    /// All reads see the deployment as it was at the time of the first read. Only finds and counts
    /// run in such a session; a write on it does not compile. For MongoDB 5.0 and later.
    ///
    /// Manual: [read concern snapshot](https://www.mongodb.com/docs/manual/reference/read-concern-snapshot/).
    pub fn snapshot(self) -> StartSnapshotSession {
        StartSnapshotSession::new(Self { kind: SessionKind::Snapshot, ..self })
    }

    /// How long each operation in the session may take, unless it has a limit of its own. For a
    /// transaction, how long all of it may take.
    pub fn timeout(mut self, limit: Duration) -> Self {
        self.limit.each = Some(limit);
        self
    }

    pub(super) async fn start(self) -> Result<Session> {
        let mut options = SessionOptions::default();
        options.causal_consistency = Some(self.kind == SessionKind::Causal);
        options.snapshot = (self.kind == SessionKind::Snapshot).then_some(true);
        let client = self.database.as_driver().client();
        let driver = client.start_session().with_options(options).await?;
        Ok(Session::new(self.database, Shared::new(driver, self.kind), self.limit))
    }
}

impl IntoFuture for StartSession {
    type Output = Result<Session>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        self.start().boxed()
    }
}
