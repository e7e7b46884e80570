//! Starting transactions.

use std::{sync::Arc, time::Duration};

use futures::future::{BoxFuture, FutureExt};
use mongodb::{
    ClientSession,
    bson::doc,
    error::ErrorKind as Driver,
    options::{SelectionCriteria, TransactionOptions},
};
use tokio::time::Instant;

use crate::{
    error::{Error, ErrorKind, Outcome, Result, UNACKNOWLEDGED},
    options::{LONGEST_TIME, ReadConcern, WriteConcern, is_unacknowledged},
};

use super::{
    Database, Limit, Transaction,
    call::within,
    shared::{Shared, TransactionState},
    transaction::Handles,
};

/// The server takes zero for no limit.
const SHORTEST_TIME: Duration = Duration::from_millis(1);

/// A transaction to be started; `.await` starts it, without a round trip.
#[must_use = "no transaction is started until this is awaited"]
#[derive(Clone)]
pub struct StartTransaction {
    database: Database,
    /// `None`: a session is started with the transaction.
    shared: Option<Arc<Shared>>,
    options: TransactionOptions,
    limit: Limit,
}

impl StartTransaction {
    /// Concerns are those of the database; reads go to the primary, as transactions must.
    pub(super) fn new(database: Database, shared: Option<Arc<Shared>>, limit: Limit) -> Self {
        let mut options = TransactionOptions::default();
        options.read_concern = database.as_driver().read_concern().cloned();
        options.write_concern = database.as_driver().write_concern().cloned();
        let primary = mongodb::options::ReadPreference::primary();
        options.selection_criteria = Some(SelectionCriteria::ReadPreference(primary));
        Self { database, shared, options, limit }
    }

    /// What its reads may see.
    pub fn read_concern(mut self, concern: ReadConcern) -> Self {
        self.options.read_concern = Some(concern);
        self
    }

    /// The acknowledgement that the commit waits for.
    pub fn write_concern(mut self, concern: WriteConcern) -> Self {
        self.options.write_concern = Some(concern);
        self
    }

    /// How long the server may take to commit, from a millisecond to 24 days; what is longer counts
    /// as 24 days.
    pub fn max_commit_time(mut self, limit: Duration) -> Self {
        self.options.max_commit_time = Some(limit.clamp(SHORTEST_TIME, LONGEST_TIME));
        self
    }

    /// How long all of it may take: every operation, the commit, and every further attempt. When
    /// the time is up, what is not committed is aborted.
    pub fn timeout(mut self, limit: Duration) -> Self {
        self.limit.each = Some(limit);
        self
    }

    /// The same, as one attempt among several that end together.
    pub(super) fn until(mut self, until: Option<Instant>) -> Self {
        self.limit = Limit { each: None, until };
        self
    }

    /// When all must be done, if it starts now.
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.limit.deadline(None)
    }

    pub(super) async fn in_a_session(mut self) -> Result<Self> {
        if self.shared.is_none() {
            let session = self.database.start_session().await?;
            self.shared = Some(session.into_shared());
        }
        Ok(self)
    }

    /// Refuses what the driver, or the server, would refuse only when it commits.
    fn check(&self) -> Result<()> {
        match self.options.write_concern.as_ref().is_some_and(is_unacknowledged) {
            true => Err(Error::invalid(UNACKNOWLEDGED)),
            false => Ok(()),
        }
    }

    pub(super) async fn start(self) -> Result<Transaction> {
        let (deadline, name) = (self.deadline(), self.database.name().to_owned());
        let late = || Error::new(ErrorKind::Timeout, Outcome::NotSent);
        let started = within(deadline, self.open(deadline), late).await;
        started.map_err(|error| error.during("start a transaction in", &name))
    }

    /// Nothing is lost if this future is dropped.
    async fn open(self, until: Option<Instant>) -> Result<Transaction> {
        self.check()?;
        let Self { database, shared, options, .. } = self.in_a_session().await?;
        let Some(shared) = shared else { unreachable!("it was just started") };
        let mut held = shared.slot().await.leave_transactions().await?;
        let started = begin(held.driver(), options).await;
        started.map_err(|error| Error::from(error).with_outcome(Outcome::NotSent))?;
        let progress = Arc::new(TransactionState::default());
        held.opened(Arc::clone(&progress));
        drop(held);
        let limit = Limit { each: None, until };
        Ok(Transaction::new(Handles { database, shared, progress, limit }))
    }
}

/// While the driver knows no server, it says that there are no transactions. So it is asked again
/// when it knows one.
async fn begin(
    session: &mut ClientSession,
    options: TransactionOptions,
) -> mongodb::error::Result<()> {
    let begun = session.start_transaction().with_options(options.clone()).await;
    if !matches!(&begun, Err(error) if matches!(*error.kind, Driver::Transaction { .. })) {
        return begun;
    }
    let admin = session.client().database("admin");
    match admin.run_command(doc! { "ping": 1 }).await {
        Err(error) if matches!(*error.kind, Driver::ServerSelection { .. }) => Err(error),
        _ => session.start_transaction().with_options(options).await,
    }
}

impl IntoFuture for StartTransaction {
    type Output = Result<Transaction>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        self.start().boxed()
    }
}
