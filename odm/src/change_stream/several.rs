//! The changes of several models: `db.watch()`.

use std::{
    fmt,
    pin::Pin,
    task::{Context, Poll},
};

use futures::{
    Stream, StreamExt,
    stream::{FusedStream, Next},
};
use mongodb::bson::{Bson, Document, RawDocument, RawDocumentBuf, doc};
use tokio::sync::watch;

use crate::{
    error::Result,
    executor::{Database, DatabaseExecutor, Session, Target},
    model::{Model, ModelOptions},
};

use super::{
    ChangeEvent, Operation, ResumeToken, StreamStatus,
    machine::Machine,
    plan::{Scope, token_of},
    watch::Settings,
};

/// A change stream over several models, to be opened. Ends with [`stream`](Self::stream).
///
/// ```no_run
/// use odm::prelude::*;
///
/// # #[derive(Model)]
/// # struct Order {
/// #     #[model(id)]
/// #     id: i64,
/// # }
/// # #[derive(Model)]
/// # struct User {
/// #     #[model(id)]
/// #     id: i64,
/// # }
/// # async fn run(db: odm::Database) -> odm::Result<()> {
/// let mut events = db.watch().model::<Order>().model::<User>().stream().await?;
/// while let Some(event) = events.next().await {
///     let event = event?;
///     if let Some(order) = event.of::<Order>()? {
///         println!("order {:?}", order.id());
///     } else if let Some(ChangeEvent::Insert(user)) = event.of::<User>()? {
///         println!("new user {}", user.id);
///     }
/// }
/// # Ok(())
/// # }
/// ```
#[must_use = "nothing is watched until `.stream()`"]
#[derive(Clone)]
pub struct WatchSeveral {
    target: Target,
    scope: Scope,
    pub(super) settings: Settings,
    collections: Vec<Bson>,
    conditions: Vec<Document>,
}

impl Database {
    /// The changes of all collections of the database, or of some models.
    pub fn watch(&self) -> WatchSeveral {
        WatchSeveral::new(self, Scope::Database)
    }

    /// The changes of all databases of the deployment. The user needs the right to watch them.
    pub fn watch_deployment(&self) -> WatchSeveral {
        WatchSeveral::new(self, Scope::Deployment)
    }
}

impl Session {
    /// The changes of all collections of the database, read in this session.
    pub fn watch(&self) -> WatchSeveral {
        WatchSeveral::new(self, Scope::Database)
    }
}

impl WatchSeveral {
    fn new(executor: &impl DatabaseExecutor, scope: Scope) -> Self {
        // Not a collection: the name stands for all of them, with the database's own options.
        let mut target = executor.target_of("$cmd.aggregate", ModelOptions::default());
        target.named = Some(match scope {
            Scope::Deployment => "the deployment".into(),
            _ => target.commands().name().into(),
        });
        let settings = Settings::default();
        Self { target, scope, settings, collections: Vec::new(), conditions: Vec::new() }
    }

    /// Only the changes of this model, and of others that are named.
    pub fn model<M: Model>(mut self) -> Self {
        self.collections.push(M::COLLECTION.into());
        self
    }

    /// Only events that meet a condition written by hand, as for `$match`.
    pub fn raw_filter(mut self, condition: Document) -> Self {
        self.conditions.push(condition);
        self
    }

    /// Opens the stream. When this returns, the cursor exists on the server.
    ///
    /// # Errors
    ///
    /// As [`Watch::stream`](super::Watch::stream).
    pub async fn stream(mut self) -> Result<AnyChangeStream> {
        if !self.collections.is_empty() {
            self.conditions.push(doc! { "ns.coll": { "$in": self.collections } });
        }
        let filter = match self.conditions.len() {
            0 => doc! {},
            _ => doc! { "$and": self.conditions },
        };
        let (plan, position) = self.settings.into_plan(self.target, self.scope, filter)?;
        let machine = Machine::open(plan, position).await?;
        Ok(AnyChangeStream { machine })
    }
}

/// The changes of several models: a [`Stream`] of `Result<`[`AnyChangeEvent`]`>`.
///
/// It resumes as a [`ChangeStream`](super::ChangeStream) does.
pub struct AnyChangeStream {
    machine: Machine,
}

impl AnyChangeStream {
    /// The next event; waits until there is one. `None` is the end.
    #[allow(clippy::should_implement_trait)]
    pub fn next(&mut self) -> Next<'_, Self> {
        StreamExt::next(self)
    }

    /// The token up to which everything has been given out.
    pub fn resume_token(&self) -> Option<ResumeToken> {
        self.machine.resume_token()
    }

    /// The state of the stream, from now on.
    pub fn status(&self) -> watch::Receiver<StreamStatus> {
        self.machine.status()
    }

    /// Closes the cursor, and waits until that is done.
    pub async fn close(self) {
        self.machine.close().await;
    }
}

impl Stream for AnyChangeStream {
    type Item = Result<AnyChangeEvent>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let read = |event: &RawDocument| Ok(AnyChangeEvent::of_raw(event));
        self.get_mut().machine.poll_event(context, read, None)
    }
}

impl FusedStream for AnyChangeStream {
    fn is_terminated(&self) -> bool {
        self.machine.has_ended()
    }
}

impl fmt::Debug for AnyChangeStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AnyChangeStream").field("resume_token", &self.resume_token()).finish()
    }
}

/// An event of one of several models.
#[derive(Clone, Debug)]
pub struct AnyChangeEvent {
    raw: RawDocumentBuf,
}

impl AnyChangeEvent {
    fn of_raw(event: &RawDocument) -> Self {
        Self { raw: event.to_owned() }
    }

    /// The event, if it is one of the model's collection.
    ///
    /// # Errors
    ///
    /// `Decode` if the event has no resume token, which only a pipeline can take away.
    pub fn of<M: Model>(&self) -> Result<Option<ChangeEvent<M>>> {
        let is_one = self.collection() == Some(M::COLLECTION);
        is_one.then(|| ChangeEvent::decode(&self.raw)).transpose()
    }

    /// The database, if the event is one of a database.
    pub fn database(&self) -> Option<&str> {
        self.raw.get_document("ns").ok()?.get_str("db").ok()
    }

    /// The collection, if the event is one of a collection.
    pub fn collection(&self) -> Option<&str> {
        self.raw.get_document("ns").ok()?.get_str("coll").ok()
    }

    /// What happened.
    pub fn operation(&self) -> Operation {
        Operation::from(self.raw.get_str("operationType").unwrap_or_default())
    }

    /// The token of the event.
    pub fn token(&self) -> Option<ResumeToken> {
        token_of(&self.raw)
    }

    /// The event as the server sent it.
    pub fn raw(&self) -> &RawDocument {
        &self.raw
    }
}
