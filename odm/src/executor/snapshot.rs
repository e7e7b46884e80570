//! Sessions that read one moment of the deployment.

use std::{fmt, time::Duration};

use futures::future::{BoxFuture, FutureExt};

use crate::{error::Result, model::Model};

use super::{Collection, Database, ReadExecutor, Session, StartSession, Target};

/// A session whose reads all see the deployment as it was at the time of the first one.
///
/// `&session` is a [`ReadExecutor`]: finds and counts run in it, a write on it does not compile.
///
/// ```no_run
/// use odm::prelude::*;
///
/// #[derive(Model)]
/// #[model(collection = "users")]
/// struct User {
///     #[model(id)]
///     id: i64,
/// }
///
/// # async fn run(db: odm::Database) -> odm::Result<()> {
/// let moment = db.start_session().snapshot().await?;
/// let count = User::find().count(&moment).await?;
/// let users = User::find().all(&moment).await?;
/// assert_eq!(users.len() as u64, count);
/// # Ok(())
/// # }
/// ```
///
/// The server keeps a moment for 5 minutes (`minSnapshotHistoryWindowInSeconds`); later reads fail
/// with `SnapshotTooOld`.
///
/// Manual: [read concern snapshot](https://www.mongodb.com/docs/manual/reference/read-concern-snapshot/).
pub struct SnapshotSession(Session);

/// A collection of another name in a snapshot session, see
/// [`SnapshotSession::collection_named`].
pub struct SnapshotCollection<M>(Collection<M>);

impl SnapshotSession {
    /// The database that operations run on.
    pub fn database(&self) -> &Database {
        self.0.database()
    }

    /// A collection of another name, in this session.
    pub fn collection_named<M: Model>(&self, name: &str) -> SnapshotCollection<M> {
        SnapshotCollection(self.0.collection_named(name))
    }

    /// Waits for what still runs in the background, and gives the server's session back.
    ///
    /// # Errors
    ///
    /// None today; the result is that of [`Session::end`].
    pub async fn end(self) -> Result<()> {
        self.0.end().await
    }
}

#[diagnostic::do_not_recommend]
impl<M: Model> ReadExecutor<M> for SnapshotSession {
    fn target(&self) -> Target {
        ReadExecutor::<M>::target(&self.0)
    }
}

#[diagnostic::do_not_recommend]
impl<M> ReadExecutor<M> for SnapshotCollection<M> {
    fn target(&self) -> Target {
        self.0.target()
    }
}

impl fmt::Debug for SnapshotSession {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SnapshotSession").field(&self.database().name()).finish()
    }
}

impl<M> fmt::Debug for SnapshotCollection<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SnapshotCollection").field(&self.0).finish()
    }
}

/// A snapshot session to be started; `.await` starts it, without a round trip.
#[must_use = "no session is started until this is awaited"]
#[derive(Clone, Debug)]
pub struct StartSnapshotSession(StartSession);

impl StartSnapshotSession {
    pub(super) fn new(start: StartSession) -> Self {
        Self(start)
    }

    /// How long each operation in the session may take, if it has no limit of its own.
    pub fn timeout(self, limit: Duration) -> Self {
        Self(self.0.timeout(limit))
    }
}

impl IntoFuture for StartSnapshotSession {
    type Output = Result<SnapshotSession>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        async { self.0.start().await.map(SnapshotSession) }.boxed()
    }
}
