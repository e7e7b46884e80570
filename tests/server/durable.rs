//! Durable consumers against the real server.

mod failures;
mod fences;
mod large;
mod limits;
mod stores;
mod takeovers;

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering},
    },
    time::Duration,
};

use odm::{
    Database, Error, ErrorKind, ResumeToken,
    bson::{Document, Uuid},
    change_stream::Operation,
    durable::{CollectionStore, Durable, Metrics, OnFailure, StoreError, StoreResult, StoreTokens},
    prelude::*,
};
use tests::{Connect, database, recorded, shared_set};
use tokio::{
    sync::{Notify, oneshot},
    task::JoinHandle,
    time::timeout,
};

#[derive(Model, Clone, Debug, PartialEq)]
#[model(collection = "jobs")]
struct Job {
    #[model(id)]
    id: i64,
    name: String,
}

#[derive(Model, Clone, Debug, PartialEq)]
#[model(collection = "effects")]
struct Effect {
    #[model(id)]
    id: ObjectId,
    job: i64,
}

#[derive(Debug)]
enum Refused {
    Bad { job: i64 },
    Database(Error),
}

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        Self::Database(error)
    }
}

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Bad { job } => write!(f, "job {job} is bad"),
            Self::Database(error) => error.fmt(f),
        }
    }
}

const PATIENCE: Duration = Duration::from_secs(20);
const NEVER: Duration = Duration::from_secs(3600);

async fn insert(db: &Database, ids: impl IntoIterator<Item = i64>) {
    for id in ids {
        Job::insert(&Job { id, name: format!("job {id}") }).run(db).await.unwrap();
    }
}

fn mailer(db: &Database) -> Durable<Job, CollectionStore> {
    Job::watch()
        .max_await_time(Duration::from_millis(100))
        .durable("mailer", TokenStore::collection(db))
        .retry(0, Duration::ZERO)
}

fn inserted(event: &ChangeEvent<Job>) -> i64 {
    event.id().copied().unwrap_or_else(|| panic!("{event:?}"))
}

/// A consumer in a task, what it has handled, and how to end it.
struct Running {
    seen: Arc<Mutex<Vec<i64>>>,
    metrics: Metrics,
    stop: oneshot::Sender<()>,
    task: JoinHandle<odm::Result<()>>,
}

impl Running {
    /// One that fails at a job of no number.
    fn start(durable: Durable<Job, impl StoreTokens>, db: &Database) -> Self {
        let (stop, stopped) = oneshot::channel();
        let (seen, metrics) = (Arc::<Mutex<Vec<i64>>>::default(), durable.metrics());
        let (db, handled) = (db.clone(), Arc::clone(&seen));
        let task = tokio::spawn(async move {
            let handled = &handled;
            let durable = durable.stop_when(stopped);
            let run = durable.run(&db, |event| async move {
                handled.lock().unwrap().push(inserted(&event));
                Ok(())
            });
            run.await
        });
        Self { seen, metrics, stop, task }
    }

    /// Until its start is saved.
    async fn with_a_token(self) -> Self {
        let saved = self.metrics.wait_for(|figures| figures.checkpoints > 0);
        timeout(PATIENCE, saved).await.expect("a token in time").expect("no end");
        self
    }

    async fn has_handled(&self, count: u64) {
        let handled = self.metrics.wait_for(|figures| figures.handled >= count);
        timeout(PATIENCE, handled).await.expect("events in time").expect("no end");
    }

    async fn end(self) -> Vec<i64> {
        let _ = self.stop.send(());
        timeout(PATIENCE, self.task).await.expect("an end in time").unwrap().unwrap();
        self.seen.lock().unwrap().clone()
    }
}

async fn tokens(db: &Database) -> Document {
    let tokens = db.as_driver().collection::<Document>("odm_tokens");
    tokens.find_one(doc! { "_id": "mailer" }).await.unwrap().unwrap_or_default()
}

/// A first run, so that a token is stored: what happens from now on is seen.
async fn with_a_token(db: &Database) {
    Running::start(mailer(db), db).with_a_token().await.end().await;
}

#[tokio::test]
async fn a_consumer_goes_on_where_it_was_stopped() {
    let db = database("durable_goes_on").await;
    with_a_token(&db).await;
    insert(&db, 1..=3).await;
    let second = Running::start(mailer(&db), &db);
    second.has_handled(3).await;
    assert_eq!(second.end().await, [1, 2, 3]);
    insert(&db, 4..=5).await;
    let third = Running::start(mailer(&db), &db);
    third.has_handled(2).await;
    assert_eq!(third.end().await, [4, 5]);
}

/// What happens between the first start and the first checkpoint is not skipped.
#[tokio::test]
async fn the_first_token_is_saved_before_the_first_event() {
    let (db, commands) = recorded("durable_first_token").await;
    let entered = Arc::new(Notify::new());
    let (inside, of_task) = (Arc::clone(&entered), db.clone());
    let durable = mailer(&db);
    let metrics = durable.metrics();
    let saved = metrics.wait_for(|figures| figures.checkpoints == 1);
    let torn = tokio::spawn(async move {
        let inside = &inside;
        let run = durable.run(&of_task, |_| async move {
            inside.notify_one();
            std::future::pending().await
        });
        run.await
    });
    timeout(PATIENCE, saved).await.unwrap().unwrap();
    insert(&db, [1]).await;
    timeout(PATIENCE, entered.notified()).await.unwrap();
    torn.abort();
    let stored = tokens(&db).await;
    assert!(stored.contains_key("token"), "{stored}");
    let saves = commands.named("update");
    assert!(saves[0].get_str("update").unwrap() == "odm_tokens", "{saves:?}");
    let concern = saves[0].get_document("writeConcern").unwrap();
    assert_eq!(concern.get_str("w").unwrap(), "majority");
    let second = Running::start(mailer(&db), &db);
    second.has_handled(1).await;
    assert_eq!(second.end().await, [1], "the event that was torn comes again");
}

#[tokio::test]
async fn a_token_is_saved_after_so_many_events_and_at_the_end() {
    let (db, commands) = recorded("durable_every").await;
    with_a_token(&db).await;
    insert(&db, 1..=5).await;
    commands.clear();
    let durable = mailer(&db).checkpoint_every(2).checkpoint_after(NEVER);
    let run = Running::start(durable.idle_checkpoint_after(NEVER), &db);
    run.has_handled(5).await;
    let metrics = run.metrics.clone();
    assert_eq!(run.end().await, [1, 2, 3, 4, 5]);
    let saves = commands.named("update").into_iter().filter(|update| {
        let update = update.get_array("updates").unwrap()[0].as_document().unwrap();
        update.get_document("u").is_ok_and(|u| u.to_string().contains("token"))
    });
    assert_eq!(saves.count(), 3, "after the second and the fourth, and at the end");
    assert_eq!(metrics.checkpoints(), 3);
}

#[tokio::test]
async fn a_token_is_saved_after_some_time() {
    let db = database("durable_after").await;
    with_a_token(&db).await;
    let before = tokens(&db).await;
    insert(&db, [1]).await;
    let run = Running::start(mailer(&db).checkpoint_after(Duration::from_millis(50)), &db);
    run.has_handled(1).await;
    let saved = run.metrics.wait_for(|figures| figures.checkpoints == 1);
    timeout(PATIENCE, saved).await.unwrap().unwrap();
    assert_ne!(tokens(&db).await.get("token"), before.get("token"));
    run.end().await;
}

/// B8: a quiet collection does not fall out of the server's history.
#[tokio::test]
async fn a_token_moves_on_while_nothing_happens() {
    let db = database("durable_idle").await;
    with_a_token(&db).await;
    let durable = mailer(&db).idle_checkpoint_after(Duration::from_millis(100));
    let before = tokens(&db).await;
    let run = Running::start(durable, &db);
    let elsewhere = db.as_driver().collection::<Document>("elsewhere");
    elsewhere.insert_one(doc! {}).await.unwrap();
    let saved = run.metrics.wait_for(|figures| figures.checkpoints >= 1);
    timeout(PATIENCE, saved).await.unwrap().unwrap();
    let after = tokens(&db).await;
    assert_ne!(after.get("token"), before.get("token"));
    assert_eq!(run.end().await, [0_i64; 0]);
}

#[tokio::test]
async fn stopping_lets_the_handler_finish() {
    let db = database("durable_finish").await;
    with_a_token(&db).await;
    insert(&db, 1..=2).await;
    let (entered, goes_on) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (stop, stopped) = oneshot::channel::<()>();
    let (inside, wait, of_task) = (Arc::clone(&entered), Arc::clone(&goes_on), db.clone());
    let seen = Arc::new(AtomicUsize::new(0));
    let finished = Arc::clone(&seen);
    let task = tokio::spawn(async move {
        let (inside, wait, finished) = (&inside, &wait, &finished);
        let run = mailer(&of_task).stop_when(stopped).run(&of_task, |_| async move {
            inside.notify_one();
            wait.notified().await;
            finished.fetch_add(1, Ordering::Relaxed);
            Ok(())
        });
        run.await
    });
    entered.notified().await;
    drop(stop);
    goes_on.notify_one();
    timeout(PATIENCE, task).await.unwrap().unwrap().unwrap();
    assert_eq!(seen.load(Ordering::Relaxed), 1);
    let second = Running::start(mailer(&db), &db);
    second.has_handled(1).await;
    assert_eq!(second.end().await, [2]);
}

/// The same for a panic and for a future that is dropped: the event comes again, and the next one
/// does not wait until the lease has run out.
#[tokio::test]
async fn a_panic_does_not_move_the_token_and_gives_the_lease_back() {
    let db = database("durable_panic").await;
    with_a_token(&db).await;
    insert(&db, [1]).await;
    let of_task = db.clone();
    let panics = tokio::spawn(async move {
        let durable = mailer(&of_task).lease(NEVER);
        durable.run(&of_task, |_| async { panic!("on purpose") }).await
    });
    assert!(timeout(PATIENCE, panics).await.unwrap().unwrap_err().is_panic());

    let entered = &Notify::new();
    let torn = mailer(&db).lease(NEVER).run(&db, |event| async move {
        assert_eq!(inserted(&event), 1);
        entered.notify_one();
        std::future::pending().await
    });
    let torn = timeout(PATIENCE, async {
        tokio::select! {
            ended = torn => panic!("{ended:?}"),
            () = entered.notified() => {}
        }
    });
    torn.await.expect("the event in time");
    let next = Running::start(mailer(&db), &db);
    next.has_handled(1).await;
    assert_eq!(next.end().await, [1]);
}

/// A stream can be started after an invalidate, but not resumed.
#[tokio::test]
async fn a_consumer_goes_on_after_an_invalidate() {
    let db = database("durable_invalidate").await;
    with_a_token(&db).await;
    insert(&db, [1]).await;
    db.collection::<Job>().drop().await.unwrap();
    let seen = &Mutex::new(Vec::new());
    let run = mailer(&db).run(&db, |event| async move {
        seen.lock().unwrap().push(event.operation());
        Ok(())
    });
    timeout(PATIENCE, run).await.unwrap().unwrap();
    let all = [Operation::Insert, Operation::Drop, Operation::Invalidate];
    assert_eq!(*seen.lock().unwrap(), all);
    insert(&db, [2]).await;
    let second = Running::start(mailer(&db), &db);
    second.has_handled(1).await;
    assert_eq!(second.end().await, [2]);
}

#[tokio::test]
async fn wrong_use_is_found_before_anything_is_sent() {
    let (db, commands) = recorded("durable_wrong_use").await;
    let reason = |error: Error| match error.kind() {
        ErrorKind::Invalid(reason) => reason.clone(),
        other => panic!("{other:?}"),
    };
    let nameless = Job::watch().durable("", TokenStore::memory());
    let error = nameless.run(&db, |_| async { Ok(()) }).await.unwrap_err();
    assert_eq!(reason(error), "a durable consumer needs a name");
    let hasty = mailer(&db).lease(Duration::from_millis(10));
    let error = hasty.run(&db, |_| async { Ok(()) }).await.unwrap_err();
    assert!(reason(error).contains("a lease of less than 100 ms"));
    let homeless = mailer(&db).dead_letter_undecodable();
    let error = homeless.run(&db, |_| async { Ok(()) }).await.unwrap_err();
    assert!(reason(error).contains("needs a collection"));
    let session = db.start_session().await.unwrap();
    let tx = session.start_transaction().await.unwrap();
    let error = mailer(&db).run(&tx, |_| async { Ok(()) }).await.unwrap_err();
    assert!(reason(error).contains("cannot run in a transaction"));
    assert!(commands.all().is_empty(), "{:?}", commands.names());
}

#[tokio::test]
async fn the_store_of_a_transactional_consumer_is_of_the_same_client() {
    let db = database("durable_other_client").await;
    let (other, _) = Connect::to(shared_set().await.uri()).database_as_it_is("elsewhere").await;
    let durable = mailer(&other).transactional();
    let error = durable.run(&db, |_, _| async { Ok(()) }).await.unwrap_err();
    let ErrorKind::Invalid(reason) = error.kind() else { panic!("{error:?}") };
    assert!(reason.contains("same client"), "{reason}");
}
