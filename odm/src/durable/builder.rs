//! `Series::watch().durable("mailer", store)`.

use std::{
    fmt::{self, Display},
    future::Future,
    marker::PhantomData,
    sync::Arc,
    time::Duration,
};

use futures::{FutureExt, future::BoxFuture};
use mongodb::bson::Uuid;

use crate::{
    change_stream::{ChangeEvent, Watch},
    error::{Error, Result},
    executor::{Database, Executor, ReadExecutor, Session, Target, Transaction},
    model::Model,
    options::LONGEST_TIME,
};

use super::{
    CollectionStore, Metrics, OnFailure, StoreTokens, TokenStore,
    consumer::{Consumer, End},
    dead_letter::DeadLetters,
    handler::{Handler, LastError, Ledger},
    lease::Claim,
    metrics::Recorder,
    options::Options,
    stop::Stop,
    store::Store,
};

/// The shortest lease: a renewal needs some time.
const SHORTEST_LEASE: Duration = Duration::from_millis(100);

/// The handler's effects may come twice after a crash, see [`Durable`].
#[derive(Clone, Copy, Debug)]
pub enum AtLeastOnce {}

/// The handler's writes and the token are one transaction, see [`Durable::transactional`].
#[derive(Clone, Copy, Debug)]
pub enum Transactional {}

/// A durable consumer to be run. Ends with [`run`](Self::run).
///
/// The [module](super) says what is promised.
#[must_use = "nothing is consumed until `.run(…)`"]
pub struct Durable<M, S, H = AtLeastOnce> {
    watch: Watch<M>,
    name: String,
    store: TokenStore<S>,
    options: Options,
    stop: Stop,
    metrics: Recorder,
    mode: PhantomData<fn() -> H>,
}

impl<M: Model, S: StoreTokens> Durable<M, S> {
    pub(super) fn new(watch: Watch<M>, name: String, store: TokenStore<S>) -> Self {
        let (options, stop, metrics) = (Options::default(), Stop::default(), Recorder::new());
        Self { watch, name, store, options, stop, metrics, mode: PhantomData }
    }

    /// Gives every event to the handler, one after the other, until the consumer is
    /// [stopped](Self::stop_when), what is watched is gone, or something goes wrong. Waits first
    /// until no other process has the lease.
    ///
    /// The handler is a closure that returns a future. What it borrows must be borrowed before it:
    /// `let name = &name;`. The result is `Send`, for `tokio::spawn`. Dropping it is safe at any
    /// moment: nothing is skipped, and the lease is given back in the background. A panic in the
    /// handler is safe too.
    ///
    /// Outages of the database and elections are no end: the consumer tries again until they are
    /// over. [`Watch::give_up_after`] sets a limit.
    ///
    /// # Errors
    ///
    /// The handler's error, when all attempts of [`retry`](Self::retry) have failed, and
    /// [`on_failure`](Self::on_failure) does not say to go on; `TakenOver` if the lease has run out
    /// and another process has it; `TokenStore` if the token cannot be saved; `ChangeStream` if the
    /// server no longer has the changes after the token, or if an event is too large and there are
    /// no dead letters; `Invalid` for a mistake.
    pub fn run<'a, F, B>(self, executor: &impl Executor<M>, handler: F) -> BoxFuture<'a, Result<()>>
    where
        M: 'a,
        F: FnMut(ChangeEvent<M>) -> B + Send + 'a,
        B: Future<Output = Result<()>> + Send + 'a,
    {
        self.try_run(executor, handler)
    }

    /// The same for a handler with an error type of its own, which must be
    /// [`From<odm::Error>`](From) and [`Display`](std::fmt::Display), as `anyhow::Error` and
    /// `Box<dyn std::error::Error + Send + Sync>` are.
    ///
    /// ```no_run
    /// # use odm::prelude::*;
    /// # #[derive(Model)]
    /// # struct Order { #[model(id)] id: i64 }
    /// # async fn run(db: odm::Database) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    /// let parsed = |text: &str| text.parse::<u64>();
    /// Order::watch()
    ///     .durable("parser", TokenStore::collection(&db))
    ///     .try_run(&db, |_event| async move {
    ///         parsed("12")?;
    ///         Ok::<_, Box<dyn std::error::Error + Send + Sync>>(())
    ///     })
    ///     .await
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As [`run`](Self::run).
    pub fn try_run<'a, E, F, B>(
        self,
        executor: &impl Executor<M>,
        handler: F,
    ) -> BoxFuture<'a, Result<(), E>>
    where
        M: 'a,
        E: From<Error> + Display + Send + 'a,
        F: FnMut(ChangeEvent<M>) -> B + Send + 'a,
        B: Future<Output = Result<(), E>> + Send + 'a,
    {
        let target = executor.target();
        let last_error = LastError::new();
        let handler = last_error.plain(handler, self.options.refuses_undecodable);
        async move { finished(self.consumer(target, Uuid::new(), handler), last_error).await }
            .boxed()
    }
}

impl<M: Model> Durable<M, CollectionStore> {
    /// Exactly once, in the database: the handler gets a transaction. Its writes in it and the
    /// token are committed together, under the newest epoch or not at all. After a crash at any
    /// moment, every event has had its effects once.
    ///
    /// The handler may run several times, as the body of [`Database::transaction`] does; only its
    /// writes in the transaction count once. The store must be of the same client as the database
    /// that `run` is given. A token is saved with every event, so
    /// [`checkpoint_every`](Self::checkpoint_every) has no effect here.
    ///
    /// ```no_run
    /// # use odm::prelude::*;
    /// # #[derive(Model)]
    /// # struct Order { #[model(id)] id: i64 }
    /// # #[derive(Model)]
    /// # struct Total { #[model(id)] id: i64, orders: i64 }
    /// # async fn run(db: odm::Database) -> odm::Result<()> {
    /// Order::watch()
    ///     .durable("totals", TokenStore::collection(&db))
    ///     .transactional()
    ///     .run(&db, |_event, tx| async move {
    ///         let add = Total::update().filter(|t| t.id().eq(1)).inc(|t| t.orders(), 1);
    ///         add.upsert().one(&tx).await?;
    ///         Ok(())
    ///     })
    ///     .await
    /// # }
    /// ```
    pub fn transactional(self) -> Durable<M, CollectionStore, Transactional> {
        let Self { watch, name, store, options, stop, metrics, .. } = self;
        Durable { watch, name, store, options, stop, metrics, mode: PhantomData }
    }
}

impl<M: Model> Durable<M, CollectionStore, Transactional> {
    /// Gives every event to the handler, with a transaction. All else is as for
    /// [`run`](Durable::run) without [`transactional`](Durable::transactional).
    ///
    /// # Errors
    ///
    /// As the other [`run`](Durable::run); `Invalid` if the store is of another client.
    pub fn run<'a, F, B>(self, db: &Database, handler: F) -> BoxFuture<'a, Result<()>>
    where
        M: 'a,
        F: FnMut(ChangeEvent<M>, Transaction) -> B + Send + 'a,
        B: Future<Output = Result<()>> + Send + 'a,
    {
        self.try_run(db, handler)
    }

    /// The same for a handler with an error type of its own.
    ///
    /// # Errors
    ///
    /// As [`run`](Self::run).
    pub fn try_run<'a, E, F, B>(self, db: &Database, handler: F) -> BoxFuture<'a, Result<(), E>>
    where
        M: 'a,
        E: From<Error> + Display + Send + 'a,
        F: FnMut(ChangeEvent<M>, Transaction) -> B + Send + 'a,
        B: Future<Output = Result<(), E>> + Send + 'a,
    {
        let (db, last_error) = (db.clone(), LastError::new());
        async move {
            let session = db.start_session().await?;
            let store = Arc::clone(self.store.shared());
            let owner = identifier(&session).await?;
            let consumer = self.name.as_str().into();
            let ledger = Ledger { session, store, consumer, is_checked: false };
            let handler = last_error.within(handler, self.options.refuses_undecodable, ledger);
            let target = ReadExecutor::<M>::target(&db);
            finished(self.consumer(target, owner, handler), last_error).await
        }
        .boxed()
    }
}

/// The session of the transactions owns the lease, so that the next owner can end a transaction
/// that was left open in it.
async fn identifier(session: &Session) -> Result<Uuid> {
    let none = || Error::invalid("the session has no identifier");
    session.identifier().await.ok_or_else(none)
}

async fn finished<E: From<Error> + Display + Send>(
    consumer: Result<Consumer<'_>>,
    last_error: LastError<E>,
) -> Result<(), E> {
    match consumer?.run().await {
        End::Done => Ok(()),
        End::Failed(error) => Err(error.into()),
        End::Refused => match last_error.take() {
            Some(error) => Err(error),
            None => Ok(()),
        },
    }
}

impl<M: Model, S: StoreTokens, H> Durable<M, S, H> {
    /// How long the lease is taken for. Default: 30 seconds. At the latest after this time, another
    /// process takes over from one that has died. It should be longer than an election, which takes
    /// about 12 seconds. At least 100 ms, at most 24 days.
    pub fn lease(mut self, time: Duration) -> Self {
        self.options.lease = time;
        self
    }

    /// How often a handler that fails is tried again, and the pause before the first new attempt.
    /// The pause doubles each time, up to 30 seconds, and is random within its upper half. Default:
    /// 3 times, from 100 ms on. A longer first pause is 30 seconds.
    pub fn retry(mut self, attempts: u32, first_pause: Duration) -> Self {
        self.options.retries = attempts;
        self.options.first_pause = first_pause;
        self
    }

    /// What is done with an event when the last attempt has failed. Default: `run` ends with the
    /// error.
    pub fn on_failure(mut self, policy: OnFailure) -> Self {
        self.options.on_failure = policy;
        self
    }

    /// Events that do not have the model's shape are put among the dead letters at once, and the
    /// handler does not get them. Needs [`OnFailure::DeadLetter`].
    pub fn dead_letter_undecodable(mut self) -> Self {
        self.options.refuses_undecodable = true;
        self
    }

    /// Saves the token after this many events, or when the time of
    /// [`checkpoint_after`](Self::checkpoint_after) has passed. Default: 100. With 1, after every
    /// event.
    pub fn checkpoint_every(mut self, events: u64) -> Self {
        self.options.checkpoint_events = events.max(1);
        self
    }

    /// Saves the token at the latest this long after the last checkpoint, if events were handled
    /// since. Default: 1 second.
    pub fn checkpoint_after(mut self, time: Duration) -> Self {
        self.options.checkpoint_after = time;
        self
    }

    /// How often the token is saved while no event comes. Default: 10 seconds. The server's token
    /// moves on, and the history after an old token would be lost in the end.
    pub fn idle_checkpoint_after(mut self, time: Duration) -> Self {
        self.options.idle_checkpoint_after = time;
        self
    }

    /// Ends in good order when the future is done, for example `tokio::signal::ctrl_c()`: lets the
    /// handler finish its event, saves the token, and gives the lease back.
    pub fn stop_when<W>(mut self, wish: W) -> Self
    where
        W: Future + Send + 'static,
    {
        self.stop = Stop::when(wish.map(drop).boxed());
        self
    }

    /// What the consumer does. Take it before `run`.
    pub fn metrics(&self) -> Metrics {
        self.metrics.metrics()
    }

    fn consumer<'a>(
        self,
        target: Target,
        owner: Uuid,
        handler: Handler<'a>,
    ) -> Result<Consumer<'a>> {
        let Self { watch, name, store, options, stop, metrics, .. } = self;
        check(&name, &options)?;
        let opener = watch.into_opener(target)?;
        let letters = match &options.on_failure {
            OnFailure::DeadLetter(collection) => {
                Some(DeadLetters::beside(opener.target(), collection))
            }
            OnFailure::Stop => None,
        };
        let store = Store::new(&name, &store);
        let claim = Claim { store, owner, time: options.lease, metrics: metrics.clone() };
        Ok(Consumer { claim, opener, handler, letters, options, stop, metrics })
    }
}

fn check(name: &str, options: &Options) -> Result<()> {
    if name.is_empty() {
        return Err(Error::invalid("a durable consumer needs a name"));
    }
    if options.lease < SHORTEST_LEASE {
        return Err(Error::invalid("a lease of less than 100 ms could not be renewed in time"));
    }
    if options.lease > LONGEST_TIME {
        return Err(Error::invalid("a lease is at most 24 days"));
    }
    if options.refuses_undecodable && options.on_failure == OnFailure::Stop {
        return Err(Error::invalid(
            "`dead_letter_undecodable` needs a collection: `on_failure(OnFailure::DeadLetter(…))`",
        ));
    }
    Ok(())
}

impl<M, S, H> fmt::Debug for Durable<M, S, H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Durable").field(&self.name).finish()
    }
}
