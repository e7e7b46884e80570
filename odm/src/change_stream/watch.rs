//! What to watch: `Series::watch()`.

mod choices;

use std::{fmt, marker::PhantomData, time::Duration};

use mongodb::bson::{Bson, Document, Timestamp, doc};

use crate::{
    error::{Error, Result},
    executor::{Executor, Target},
    filter::{Condition, Filter},
    model::Model,
    options::{
        Collation, ReadConcern, ReadPreference, SelectionCriteria, check_batch_size, check_time,
    },
};

pub use self::choices::{FullDocument, FullDocumentBeforeChange, OnHistoryLost};
use super::{
    ChangeStream, Event, EventFields, ResumeToken, WatchSeveral,
    machine::Machine,
    opener::Opener,
    plan::{CursorOptions, Plan, Policy, Position, Scope},
};

/// A change stream to be opened. Ends with [`stream`](Self::stream).
///
/// ```no_run
/// use odm::prelude::*;
///
/// #[derive(Model)]
/// #[model(collection = "orders")]
/// struct Order {
///     #[model(id)]
///     id: i64,
///     state: String,
/// }
///
/// # async fn run(db: odm::Database) -> odm::Result<()> {
/// let mut events = Order::watch()
///     .filter(|e| e.touches(|o| o.state()))
///     .full_document(FullDocument::UpdateLookup)
///     .stream(&db)
///     .await?;
/// while let Some(event) = events.next().await {
///     if let ChangeEvent::Update(event) = event? {
///         println!("{} is {:?} now", event.id, event.changes.get(|o| o.state())?);
///     }
/// }
/// # Ok(())
/// # }
/// ```
///
/// Manual: [change streams](https://www.mongodb.com/docs/manual/changeStreams/).
#[must_use = "nothing is watched until `.stream(…)`"]
pub struct Watch<M> {
    pub(super) settings: Settings,
    filter: Filter<Event<M>>,
    model: PhantomData<fn() -> M>,
}

/// The options, without the model.
#[derive(Clone, Debug, Default)]
pub(super) struct Settings {
    full_document: FullDocument,
    before: FullDocumentBeforeChange,
    position: Position,
    is_expanded: bool,
    stages: Vec<Document>,
    cursor: CursorOptions,
    policy: Policy,
}

impl<M: Model> Watch<M> {
    pub(super) fn new() -> Self {
        Self { settings: Settings::default(), filter: Filter::all(), model: PhantomData }
    }

    /// Only events that meet the condition; of several conditions, all. The server applies it. An
    /// invalidate always comes, because it is the end.
    pub fn filter<C: Condition<Event<M>>>(
        mut self,
        condition: impl FnOnce(EventFields<M>) -> C,
    ) -> Self {
        self.filter &= super::condition(condition);
        self
    }

    /// Opens the stream on a database, a collection or in a session. When this returns, the cursor
    /// exists on the server: every write after it is seen. One round trip, repeated once if the
    /// connection fails.
    ///
    /// # Errors
    ///
    /// `ChangeStream` if the resume token does not fit or is too old; `Invalid` in a transaction,
    /// or if the filter has a mistake; `Server` if the deployment is no replica set.
    pub async fn stream(self, executor: &impl Executor<M>) -> Result<ChangeStream<M>> {
        let (plan, position) = self.into_plan(executor.target())?;
        Machine::open(plan, position).await.map(ChangeStream::new)
    }

    /// The same stream, to be opened again and again.
    pub(crate) fn into_opener(self, target: Target) -> Result<Opener> {
        let (plan, start) = self.into_plan(target)?;
        Ok(Opener { plan, start })
    }

    fn into_plan(self, target: Target) -> Result<(Plan, Position)> {
        let filter = self.filter.as_document()?;
        let needs_images = M::options().has_images() && self.settings.wants_images();
        let (plan, start) = self.settings.into_plan(target, Scope::Collection, filter)?;
        Ok((Plan { needs_images, ..plan }, start))
    }

    /// The pipeline that is sent.
    ///
    /// # Errors
    ///
    /// The first mistake in the filter.
    pub fn as_pipeline(&self) -> Result<Vec<Document>> {
        Ok(self.settings.pipeline(self.filter.as_document()?))
    }
}

impl<M> Clone for Watch<M> {
    fn clone(&self) -> Self {
        let (settings, filter) = (self.settings.clone(), self.filter.clone());
        Self { settings, filter, model: PhantomData }
    }
}

impl<M> fmt::Debug for Watch<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let pipeline = self.filter.as_document().map(|filter| self.settings.pipeline(filter));
        match pipeline {
            Ok(pipeline) => f.debug_tuple("Watch").field(&pipeline).finish(),
            Err(error) => write!(f, "Watch({error})"),
        }
    }
}

impl Settings {
    fn wants_images(&self) -> bool {
        let after = [FullDocument::WhenAvailable, FullDocument::Required];
        after.contains(&self.full_document) || self.before != FullDocumentBeforeChange::Off
    }

    fn stage(&self) -> Document {
        let mut stage = doc! {};
        match self.full_document {
            FullDocument::Default => {}
            FullDocument::UpdateLookup => drop(stage.insert("fullDocument", "updateLookup")),
            FullDocument::WhenAvailable => drop(stage.insert("fullDocument", "whenAvailable")),
            FullDocument::Required => drop(stage.insert("fullDocument", "required")),
        }
        let before = match self.before {
            FullDocumentBeforeChange::Off => None,
            FullDocumentBeforeChange::WhenAvailable => Some("whenAvailable"),
            FullDocumentBeforeChange::Required => Some("required"),
        };
        stage.extend(before.map(|mode| ("fullDocumentBeforeChange".to_owned(), mode.into())));
        if self.is_expanded {
            stage.insert("showExpandedEvents", true);
        }
        stage
    }

    fn stages(&self, filter: Document) -> Vec<Document> {
        let matching = (!filter.is_empty()).then(|| {
            doc! { "$match": { "$or": [{ "operationType": "invalidate" }, filter] } }
        });
        matching.into_iter().chain(self.stages.iter().cloned()).collect()
    }

    fn pipeline(&self, filter: Document) -> Vec<Document> {
        let stage = doc! { "$changeStream": self.stage() };
        [stage].into_iter().chain(self.stages(filter)).collect()
    }

    pub(super) fn into_plan(
        self,
        target: Target,
        scope: Scope,
        filter: Document,
    ) -> Result<(Plan, Position)> {
        if target.is_in_transaction() {
            return Err(Error::invalid("a change stream cannot run in a transaction"));
        }
        check_batch_size(self.cursor.batch_size)?;
        check_time("max_await_time", self.cursor.max_await_time)?;
        let (stage, pipeline) = (self.stage(), self.stages(filter));
        let (policy, needs_images) = (self.policy, false);
        let cursor = self.cursor.answering_within(policy.give_up_after);
        let plan = Plan { target, scope, stage, pipeline, cursor, policy, needs_images };
        Ok((plan, self.position))
    }
}

/// The options of what is watched, the same for one model and for several.
macro_rules! settings {
    ($watch:ident $(<$model:ident>)?) => {
        impl $(<$model>)? $watch $(<$model>)? {
            /// The whole document with update events.
            pub fn full_document(mut self, mode: FullDocument) -> Self {
                self.settings.full_document = mode;
                self
            }

            /// The document before the change, with update, replace and delete events. The
            /// collection must keep such images: `#[model(pre_and_post_images)]`.
            pub fn full_document_before_change(mut self, mode: FullDocumentBeforeChange) -> Self {
                self.settings.before = mode;
                self
            }

            /// Starts directly after an event, or after what a stream has given out.
            pub fn resume_after(mut self, token: impl Into<ResumeToken>) -> Self {
                self.settings.position = Position::ResumeAfter(token.into());
                self
            }

            /// The same, and possible after an invalidate too.
            pub fn start_after(mut self, token: impl Into<ResumeToken>) -> Self {
                self.settings.position = Position::StartAfter(token.into());
                self
            }

            /// Starts at a time of the deployment, including that moment.
            pub fn start_at(mut self, time: Timestamp) -> Self {
                self.settings.position = Position::At(time);
                self
            }

            /// How many events the server sends at a time.
            pub fn batch_size(mut self, events: u32) -> Self {
                self.settings.cursor.batch_size = Some(events);
                self
            }

            /// How long the server waits for an event before it answers without one. Default: 1
            /// second.
            pub fn max_await_time(mut self, limit: Duration) -> Self {
                self.settings.cursor.max_await_time = Some(limit);
                self
            }

            /// How strings are compared in the filter.
            pub fn collation(mut self, collation: Collation) -> Self {
                self.settings.cursor.collation = Some(collation);
                self
            }

            /// A comment for the server's logs and profiler.
            pub fn comment(mut self, comment: impl Into<Bson>) -> Self {
                self.settings.cursor.comment = Some(comment.into());
                self
            }

            /// Which members may answer.
            pub fn read_preference(mut self, preference: impl Into<ReadPreference>) -> Self {
                let preference = preference.into().into_driver();
                let preference = SelectionCriteria::ReadPreference(preference);
                self.settings.cursor.selection_criteria = Some(preference);
                self
            }

            /// How durable changes must be. The server takes only `majority`.
            pub fn read_concern(mut self, concern: ReadConcern) -> Self {
                self.settings.cursor.read_concern = Some(concern);
                self
            }

            /// Also events of indexes, views and options of collections (MongoDB 6.0 and later).
            pub fn show_expanded_events(mut self) -> Self {
                self.settings.is_expanded = true;
                self
            }

            /// The server splits events that are larger than 16 MB, and the stream joins them again
            /// (MongoDB 6.0.9 and later).
            pub fn split_large_events(mut self) -> Self {
                self.settings.policy.joins_fragments = true;
                self
            }

            /// Adds a stage to the pipeline, after the filters. The `_id` of events must stay, and
            /// the fields that are read.
            pub fn raw(mut self, stage: Document) -> Self {
                self.settings.stages.push(stage);
                self
            }

            /// What to do when the server no longer has the changes after the resume token.
            pub fn on_history_lost(mut self, policy: OnHistoryLost) -> Self {
                self.settings.policy.restarts_from_now = policy == OnHistoryLost::RestartFromNow;
                self
            }

            /// Goes on after an invalidate, with the collection that has the same name then.
            pub fn continue_after_invalidate(mut self) -> Self {
                self.settings.policy.goes_past_invalidate = true;
                self
            }

            /// Gives up after this time without an answer, when the stream is opened and later.
            /// The error is the last failure, or `Unavailable` if no answer came at all. Default:
            /// tries to resume without end.
            ///
            /// An answer without events is an answer, too. So the server waits for an event no
            /// longer than half of this time, whatever `max_await_time` says.
            pub fn give_up_after(mut self, limit: Duration) -> Self {
                self.settings.policy.give_up_after = Some(limit);
                self
            }
        }
    };
}

settings!(Watch<M>);
settings!(WatchSeveral);
