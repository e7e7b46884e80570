//! Durable consumers that are killed, stopped and woken up, on servers that fail.

mod consumer;
mod outages;
mod runtimes;

use std::{
    collections::BTreeSet,
    sync::Mutex,
    time::{Duration, Instant},
};

use odm::{
    Database, Error, ErrorKind,
    bson::Document,
    change_stream::{ChangeStream, HISTORY_LOST, OnHistoryLost},
    durable::{Metrics, OnFailure},
    error::ChangeStreamFailure,
    prelude::*,
};
use tests::{Connect, FailPoint, Faults, OwnSet, Random, Set, shared_set};
use tokio::{sync::oneshot, time::timeout};

use self::consumer::{Effect, Ended, Item, Mark, Orders, Total};

/// How long a test waits for what must come.
const PATIENCE: Duration = Duration::from_secs(25);
const LEASE: Duration = Duration::from_secs(1);
/// Beyond the lease time, on a machine that is busy.
const MARGIN: Duration = Duration::from_secs(3);
const SEED: u64 = 0x0D15_EA5E;

/// A database whose consumer has a token, and the stream of what is done there.
async fn prepared(name: &str) -> (Database, Effects) {
    let (db, _) = Connect::to(shared_set().await.uri()).database(name).await;
    let durable = Item::watch().durable(consumer::NAME, TokenStore::collection(&db));
    let (metrics, (stop, stopped)) = (durable.metrics(), oneshot::channel::<()>());
    let first = durable.stop_when(stopped);
    let (first, ()) = tokio::join!(first.run(&db, |_| async { Ok(()) }), async move {
        metrics.wait_for(|figures| figures.checkpoints > 0).await.unwrap();
        drop(stop);
    });
    first.unwrap();
    let effects = Effect::watch().max_await_time(Duration::from_millis(200));
    (db.clone(), Effects(effects.stream(&db).await.unwrap()))
}

/// What the processes do, as it happens.
struct Effects(ChangeStream<Effect>);

impl Effects {
    async fn next(&mut self) -> Effect {
        let next = timeout(PATIENCE, self.0.next()).await.expect("an effect in time");
        next.expect("no end").expect("no error").into_document().expect("an insert")
    }

    /// The first one of this item.
    async fn of(&mut self, item: i64) -> Effect {
        loop {
            let effect = self.next().await;
            if effect.item == item {
                return effect;
            }
        }
    }
}

async fn insert(db: &Database, id: i64) {
    Item::insert(&Item { id }).run(db).await.unwrap();
}

/// Two processes compete while a writer inserts; the one that consumes is killed, again and again,
/// at random moments. Returns the items in the order in which they were handled.
async fn under_fire(orders: Orders, items: i64, kills: usize) -> (Database, Vec<i64>) {
    let (db, mut effects) = prepared(&orders.database).await;
    let mut random = Random(SEED ^ items as u64);
    let mut processes: Vec<_> = (0..2).map(|_| orders.start()).collect();
    let (writer, mut pauses) = (db.clone(), Random(SEED));
    let writer = tokio::spawn(async move {
        for id in 1..=items {
            insert(&writer, id).await;
            tokio::time::sleep(Duration::from_micros(pauses.below(4000))).await;
        }
    });
    let (mut handled, mut seen) = (Vec::new(), BTreeSet::new());
    let (mut killed, mut spared) = (0, 3 + random.below(15));
    while seen.len() < items as usize {
        let effect = effects.next().await;
        handled.push(effect.item);
        seen.insert(effect.item);
        spared = spared.saturating_sub(1);
        let leader = processes.iter().position(|process| process.id() == effect.process);
        if let Some(leader) = leader.filter(|_| killed < kills && spared == 0) {
            tokio::time::sleep(Duration::from_micros(random.below(8000))).await;
            processes.swap_remove(leader).kill();
            processes.push(orders.start());
            (killed, spared) = (killed + 1, 3 + random.below(15));
        }
    }
    assert_eq!(killed, kills, "there were too few items");
    writer.await.unwrap();
    // Whatever the last one has repeated is there when one more item is.
    insert(&db, items + 1).await;
    effects.of(items + 1).await;
    drop(processes);
    (db, handled)
}

/// B7: kill -9 between handling and saving: repeated, but not skipped.
#[tokio::test]
async fn b7_consumers_that_are_killed_skip_nothing() {
    const ITEMS: i64 = 150;
    let orders = Orders::plain("b7_consumers_killed", LEASE).await;
    let (db, handled) = under_fire(orders, ITEMS, 5).await;
    let mut first = BTreeSet::new();
    let in_order: Vec<_> = handled.iter().copied().filter(|item| first.insert(*item)).collect();
    assert_eq!(in_order, (1..=ITEMS).collect::<Vec<_>>());
    let effects = Effect::find().count(&db).await.unwrap();
    assert!(effects > ITEMS as u64 + 1, "tokens are saved after ten: some come twice");
}

#[tokio::test]
async fn transactional_consumers_that_are_killed_do_all_once() {
    const ITEMS: i64 = 150;
    let orders = Orders::transactional("transactional_killed", LEASE).await;
    let (db, handled) = under_fire(orders, ITEMS, 5).await;
    assert_eq!(handled, (1..=ITEMS).collect::<Vec<_>>());
    let effects = Effect::find().sort(|e| e.item().asc()).all(&db).await.unwrap();
    let items: Vec<_> = effects.iter().map(|effect| effect.item).collect();
    assert_eq!(items, (1..=ITEMS + 1).collect::<Vec<_>>());
    assert_eq!(Total::find().get(&db).await.unwrap().items, ITEMS + 1);
}

#[tokio::test]
async fn another_process_takes_over_within_the_lease_time() {
    let orders = Orders::plain("takes_over_in_time", LEASE).await;
    let (db, mut effects) = prepared(&orders.database).await;
    let mut processes: Vec<_> = (0..3).map(|_| orders.start()).collect();
    for item in 1..=2 {
        insert(&db, item).await;
        let leader = effects.of(item).await.process;
        // The others wait by now.
        let leader = processes.iter().position(|process| process.id() == leader).unwrap();
        let killed = Instant::now();
        processes.swap_remove(leader).kill();
        insert(&db, item + 100).await;
        effects.of(item + 100).await;
        assert!(killed.elapsed() < LEASE + MARGIN, "{:?}", killed.elapsed());
    }
}

/// An old leader that is stopped inside its handler wakes up after its lease.
async fn stopped_inside(orders: Orders) -> (Database, u32, u32) {
    let (db, mut effects) = prepared(&orders.database).await;
    let mut marks = Mark::watch().stream(&db).await.unwrap();
    let (old, new) = (orders.start(), orders.start());
    insert(&db, consumer::SLOW).await;
    let mark = timeout(PATIENCE, marks.next()).await.unwrap().unwrap().unwrap();
    let inside = mark.into_document().unwrap().process;
    let (old, new) = if old.id() == inside { (old, new) } else { (new, old) };
    old.pause();
    while effects.of(consumer::SLOW).await.process != new.id() {}
    insert(&db, 1).await;
    assert_eq!(effects.of(1).await.process, new.id());
    let mut ended = Ended::watch().stream(&db).await.unwrap();
    old.resume();
    let ended = timeout(PATIENCE, ended.next()).await.expect("an end in time").unwrap().unwrap();
    let ended = ended.into_document().unwrap();
    assert_eq!(ended.process, old.id());
    assert_eq!(ended.error, "another process took over the durable consumer counter");
    insert(&db, 2).await;
    assert_eq!(effects.of(2).await.process, new.id());
    (db, old.id(), new.id())
}

#[tokio::test]
async fn an_old_leader_that_wakes_up_saves_nothing() {
    let (db, _, _) = stopped_inside(Orders::plain("wakes_up", LEASE).await).await;
    let tokens = db.as_driver().collection::<Document>("odm_tokens");
    let token = tokens.find_one(doc! { "_id": consumer::NAME }).await.unwrap().unwrap();
    let lease = doc! { "_id": { "lease": consumer::NAME } };
    let lease = tokens.find_one(lease).await.unwrap().unwrap();
    assert_eq!(token.get("epoch"), lease.get("epoch"));
}

#[tokio::test]
async fn an_old_leader_that_wakes_up_commits_nothing() {
    let orders = Orders::transactional("wakes_up_transactional", LEASE).await;
    let (db, _, new) = stopped_inside(orders).await;
    let effects = Effect::find().sort(|e| e.item().asc()).all(&db).await.unwrap();
    let effects: Vec<_> = effects.iter().map(|effect| (effect.item, effect.process)).collect();
    assert_eq!(effects, [(1, new), (2, new), (consumer::SLOW, new)]);
    assert_eq!(Total::find().get(&db).await.unwrap().items, 3);
}

struct Noted<'a>(&'a Mutex<Vec<Instant>>);

impl Drop for Noted<'_> {
    fn drop(&mut self) {
        self.0.lock().unwrap().push(Instant::now());
    }
}

/// Nobody has taken over: the consumer takes its lease again, and the event comes again.
#[tokio::test]
async fn a_lease_that_cannot_be_renewed_ends_the_handler_in_time() {
    let (name, lease) = ("durable_renewal_fails", Duration::from_secs(3));
    let set = shared_set().await;
    let (db, _) = Connect::to(set.uri()).app_name(name).database(name).await;
    let (stop, stopped) = oneshot::channel::<()>();
    let durable = Item::watch().durable(consumer::NAME, TokenStore::collection(&db));
    let durable = durable.lease(lease).stop_when(stopped);
    let metrics = durable.metrics();
    let (dropped, entered) = (Mutex::default(), Mutex::new(Vec::new()));
    let (gone, inside) = (&dropped, &entered);
    let stop = &Mutex::new(Some(stop));
    let run = durable.run(&db, |_| async move {
        let _noted = Noted(gone);
        let attempts = {
            let mut inside = inside.lock().unwrap();
            inside.push(Instant::now());
            inside.len()
        };
        if attempts == 1 {
            std::future::pending::<()>().await;
        }
        drop(stop.lock().unwrap().take());
        Ok(())
    });
    let (run, ()) = tokio::join!(timeout(PATIENCE, run), async {
        metrics.wait_for(|figures| figures.checkpoints > 0).await.unwrap();
        let primary = set.primary_member().await;
        insert(&db, 1).await;
        let fail = FailPoint::fail_command(name, &["update"]).error_code(91).on(primary).await;
        let on = Instant::now();
        metrics.wait_for(|figures| !figures.is_leader).await.unwrap();
        assert!(on.elapsed() < lease, "{:?}", on.elapsed());
        fail.off().await;
    });
    run.unwrap().unwrap();
    let (dropped, entered) = (dropped.lock().unwrap(), entered.lock().unwrap());
    assert_eq!((dropped.len(), entered.len()), (2, 2));
    assert!(dropped[0] < entered[1]);
    assert!(metrics.last_error().is_some());
}

/// Handles every item once in transactions, and refuses every tenth.
async fn count(
    db: Database,
    stop: oneshot::Receiver<()>,
    metrics: oneshot::Sender<Metrics>,
) -> odm::Result<()> {
    let durable = Item::watch().durable(consumer::NAME, TokenStore::collection(&db));
    let durable = durable.on_failure(OnFailure::DeadLetter("letters".into()));
    let durable = durable.retry(1, Duration::from_millis(1)).stop_when(stop).transactional();
    metrics.send(durable.metrics()).unwrap();
    let run = durable.run(&db, |event, tx| async move {
        let item = *event.id().expect("an insert");
        consumer::add(&tx, item).await?;
        if item % 10 == 0 { Err(refusal(&tx).await) } else { Ok(()) }
    });
    run.await
}

/// An error that is no failure of the transaction's.
async fn refusal(tx: &odm::Transaction) -> Error {
    Mark::find().get(tx).await.expect_err("there are no marks")
}

#[tokio::test]
async fn step_downs_meanwhile_change_nothing() {
    const ITEMS: i64 = 120;
    let set = OwnSet::start().await;
    let (db, _) = Connect::to(set.uri()).app_name("step_downs").database("step_downs").await;
    let ((stop, stopped), (send, metrics)) = (oneshot::channel(), oneshot::channel());
    let task = tokio::spawn(count(db.clone(), stopped, send));
    let metrics = metrics.await.unwrap();
    metrics.wait_for(|figures| figures.checkpoints > 0).await.unwrap();
    let mut faults = Faults::step_downs(&set, Duration::from_secs(1));
    for id in 1..=ITEMS {
        while let Err(error) = Item::insert(&Item { id }).run(&db).await {
            if matches!(error.kind(), ErrorKind::DuplicateKey(_)) {
                break;
            }
        }
        if id == ITEMS / 2 {
            faults.at_least(2).await;
        }
    }
    let all = ITEMS as u64;
    let done = metrics.wait_for(|figures| figures.handled + figures.skipped >= all);
    timeout(PATIENCE, done).await.expect("all in time").expect("no end");
    let made = faults.stop().await;
    assert!(made >= 2, "{made} step-downs");
    drop(stop);
    timeout(PATIENCE, task).await.unwrap().unwrap().unwrap();
    let effects = Effect::find().sort(|e| e.item().asc()).all(&db).await.unwrap();
    let items: Vec<_> = effects.iter().map(|effect| effect.item).collect();
    assert_eq!(items, (1..=ITEMS).filter(|item| item % 10 != 0).collect::<Vec<_>>());
    let letters = db.as_driver().collection::<Document>("letters");
    assert_eq!(letters.count_documents(doc! {}).await.unwrap(), all / 10);
}

fn is_history_lost(error: &Error) -> bool {
    use ChangeStreamFailure::HistoryLost;
    matches!(error.kind(), ErrorKind::ChangeStream { failure: HistoryLost, .. })
}

/// B10: what the watch says is done when the token is too old.
#[tokio::test]
async fn lost_history_ends_the_run_or_is_reported() {
    let name = "durable_history";
    let (writer, _) = prepared(name).await;
    let set = shared_set().await;
    let (db, _) = Connect::to(set.uri()).app_name(name).database_as_it_is(name).await;
    let primary = set.primary_member().await;
    let lost = || FailPoint::fail_command(name, &["aggregate"]).error_code(286).times(1);
    let store = || TokenStore::collection(&db);

    let fail = lost().on(primary).await;
    let run = Item::watch().durable(consumer::NAME, store()).run(&db, |_| async { Ok(()) });
    let error = timeout(PATIENCE, run).await.unwrap().unwrap_err();
    assert!(is_history_lost(&error), "{error:?}");
    assert_eq!(fail.off().await, 1);

    let fail = lost().on(primary).await;
    let (stop, stopped) = oneshot::channel::<()>();
    let (stop, writer) = (&Mutex::new(Some(stop)), &writer);
    let watch = Item::watch().on_history_lost(OnHistoryLost::RestartFromNow);
    let run = watch.durable(consumer::NAME, store()).stop_when(stopped);
    let run = run.run(&db, |event| async move {
        match event {
            ChangeEvent::Other(event) => {
                assert_eq!(event.operation, HISTORY_LOST);
                insert(writer, 1).await;
            }
            event => {
                assert_eq!(event.id(), Some(&1));
                drop(stop.lock().unwrap().take());
            }
        }
        Ok(())
    });
    timeout(PATIENCE, run).await.unwrap().unwrap();
    fail.off().await;
}

/// A start that is said and is not there is no gap to be passed over: nobody would hear of it.
#[tokio::test]
async fn a_first_start_that_is_lost_is_an_error() {
    let name = "durable_first_start";
    let set = shared_set().await;
    let (db, _) = Connect::to(set.uri()).app_name(name).database(name).await;
    let fail = FailPoint::fail_command(name, &["aggregate"]).error_code(286).times(1);
    let fail = fail.on(set.primary_member().await).await;
    let watch = Item::watch().on_history_lost(OnHistoryLost::RestartFromNow);
    let durable = watch.durable(consumer::NAME, TokenStore::memory());
    let run = durable.run(&db, |_| async { Ok(()) });
    let error = timeout(PATIENCE, run).await.unwrap().unwrap_err();
    assert!(is_history_lost(&error), "{error:?}");
    fail.off().await;
}

/// A checkpoint that fails is tried again, and the handler is not.
#[tokio::test]
async fn a_checkpoint_is_tried_until_it_succeeds() {
    let name = "durable_checkpoint_fails";
    let (writer, _) = prepared(name).await;
    let set = shared_set().await;
    let (db, commands) = Connect::to(set.uri()).app_name(name).database_as_it_is(name).await;
    let (stop, stopped) = oneshot::channel::<()>();
    let durable = Item::watch().durable(consumer::NAME, TokenStore::collection(&db));
    let durable = durable.checkpoint_every(1).stop_when(stopped);
    let metrics = durable.metrics();
    let run = durable.run(&db, |_| async { Ok(()) });
    let primary = set.primary_member().await;
    let fail = FailPoint::fail_command(name, &["update"]).error_code(91).times(5);
    let (run, ()) = tokio::join!(timeout(PATIENCE, run), async {
        let fail = fail.on(primary).await;
        insert(&writer, 1).await;
        metrics.wait_for(|figures| figures.checkpoints == 1).await.unwrap();
        assert_eq!(fail.off().await, 5);
        drop(stop);
    });
    run.unwrap().unwrap();
    assert_eq!(metrics.handled(), 1);
    assert!(commands.named("update").len() > 5);
}
