//! Runtimes that end while a consumer lives.

use std::sync::Arc;

use odm::bson::{DateTime, Uuid};
use tokio::{runtime, sync::Notify};

use super::*;

fn runtime() -> runtime::Runtime {
    runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

fn epoch_and_owner(lease: &Document) -> (i64, bool) {
    (lease.get_i64("epoch").unwrap(), lease.contains_key("owner"))
}

fn until(lease: &Document) -> i64 {
    lease.get_datetime("until").unwrap().timestamp_millis()
}

async fn lease(db: &Database) -> Document {
    let tokens = db.as_driver().collection::<Document>("odm_tokens");
    tokens.find_one(doc! { "_id": { "lease": consumer::NAME } }).await.unwrap().unwrap()
}

/// A consumer whose first handling of item 1 stays inside, until its runtime ends.
fn consumer_of(
    db: &Database,
    stopped: oneshot::Receiver<()>,
) -> (Metrics, Arc<Notify>, futures::future::BoxFuture<'static, odm::Result<()>>) {
    let durable = Item::watch().durable(consumer::NAME, TokenStore::collection(db));
    let durable = durable.lease(Duration::from_secs(60)).stop_when(stopped);
    let (metrics, entered) = (durable.metrics(), Arc::new(Notify::new()));
    let (inside, mut attempts) = (Arc::clone(&entered), 0);
    let run = durable.run(db, move |_| {
        attempts += 1;
        let (inside, is_first) = (Arc::clone(&inside), attempts == 1);
        async move {
            inside.notify_one();
            if is_first {
                tokio::time::sleep(Duration::from_secs(3600)).await;
            }
            Ok(())
        }
    });
    (metrics, entered, run)
}

/// It takes its own lease again, for the whole time, and the event comes again.
#[test]
fn a_consumer_goes_on_in_another_runtime() {
    let name = "durable_other_runtime";
    let clients = runtime();
    let (db, _) = clients.block_on(prepared(name));
    let (stop, stopped) = oneshot::channel();
    let (metrics, entered, mut run) = consumer_of(&db, stopped);
    let first = runtime();
    first.block_on(async {
        let working = async {
            metrics.wait_for(|figures| figures.is_leader).await.unwrap();
            clients.spawn({
                let db = db.clone();
                async move { insert(&db, 1).await }
            });
            entered.notified().await;
        };
        let working = timeout(PATIENCE, working);
        tokio::select! {
            ended = &mut run => panic!("it ended: {ended:?}"),
            done = working => done.expect("an event in time"),
        }
    });
    drop(first);
    let before = clients.block_on(lease(&db));
    let (ended, ()) = clients.block_on(async {
        tokio::join!(timeout(PATIENCE, run), async {
            let handled = metrics.wait_for(|figures| figures.handled == 1);
            timeout(PATIENCE, handled).await.expect("the event in time").expect("no end");
            let during = lease(&db).await;
            assert!(until(&during) > until(&before), "its time starts again: {during}");
            drop(stop);
        })
    });
    ended.expect("an end in time").unwrap();
    let after = clients.block_on(lease(&db));
    assert_eq!(epoch_and_owner(&before).0, epoch_and_owner(&after).0);
    assert!(!epoch_and_owner(&after).1, "the lease is given back: {after}");
}

/// Another one has the lease, as far as this tells; `None`: nobody has it.
async fn hold(db: &Database, owner: Option<Uuid>) {
    let tokens = db.as_driver().collection::<Document>("odm_tokens");
    let change = match owner {
        Some(owner) => doc! { "$set": { "owner": owner, "until": DateTime::MAX } },
        None => doc! { "$unset": { "owner": "", "until": "" } },
    };
    tokens.update_one(doc! { "_id": { "lease": consumer::NAME } }, change).await.unwrap();
}

/// Its pause is over when its runtime is: the timer would never come.
#[test]
fn a_consumer_that_waits_for_the_lease_goes_on_in_another_runtime() {
    let name = "durable_waits_in_other_runtime";
    let clients = runtime();
    let (db, commands) = clients.block_on(async {
        let (writer, _) = prepared(name).await;
        hold(&writer, Some(Uuid::new())).await;
        Connect::to(shared_set().await.uri()).database_as_it_is(name).await
    });
    let (stop, stopped) = oneshot::channel::<()>();
    let durable = Item::watch().durable(consumer::NAME, TokenStore::collection(&db));
    let durable = durable.lease(Duration::from_secs(60)).stop_when(stopped);
    let metrics = durable.metrics();
    let mut run = durable.run(&db, |_| async { Ok(()) });
    let first = runtime();
    first.block_on(async {
        let waiting = async {
            while commands.named("findAndModify").len() < 2 {
                tokio::task::yield_now().await;
            }
            // Meanwhile the refusal comes, and a pause begins.
            lease(&db).await;
        };
        tokio::select! {
            ended = &mut run => panic!("it ended: {ended:?}"),
            waiting = timeout(PATIENCE, waiting) => waiting.expect("attempts in time"),
        }
    });
    drop(first);
    let (ended, ()) = clients.block_on(async {
        hold(&db, None).await;
        insert(&db, 1).await;
        tokio::join!(timeout(PATIENCE, run), async {
            let handled = metrics.wait_for(|figures| figures.handled == 1);
            timeout(PATIENCE, handled).await.expect("the event in time").expect("no end");
            drop(stop);
        })
    });
    ended.expect("an end in time").unwrap();
}

/// Nobody gives the lease back: it runs out.
#[test]
fn a_runtime_that_ends_with_its_consumer_leaves_a_lease_that_runs_out() {
    let (name, others) = ("durable_runtime_ends", runtime());
    let (db, _) = others.block_on(prepared(name));
    let first = runtime();
    first.block_on(async {
        let (of_first, _) = Connect::to(shared_set().await.uri()).database_as_it_is(name).await;
        let durable = Item::watch().durable(consumer::NAME, TokenStore::collection(&of_first));
        let durable = durable.lease(LEASE);
        let metrics = durable.metrics();
        drop(tokio::spawn(durable.run(&of_first, |_| std::future::pending())));
        metrics.wait_for(|figures| figures.is_leader).await.unwrap();
        insert(&of_first, 1).await;
    });
    drop(first);
    let (stop, stopped) = oneshot::channel::<()>();
    let durable = Item::watch().durable(consumer::NAME, TokenStore::collection(&db));
    let durable = durable.lease(LEASE).stop_when(stopped);
    let metrics = durable.metrics();
    let started = Instant::now();
    let run = durable.run(&db, |_| async { Ok(()) });
    let (ended, ()) = others.block_on(async {
        tokio::join!(timeout(PATIENCE, run), async {
            metrics.wait_for(|figures| figures.handled == 1).await.unwrap();
            assert!(started.elapsed() < LEASE + MARGIN, "{:?}", started.elapsed());
            drop(stop);
        })
    });
    ended.expect("an end in time").unwrap();
}

/// The client's connections ended with its runtime: to the consumer that is an outage.
#[test]
fn a_client_whose_runtime_has_ended_is_an_outage() {
    let (name, others) = ("durable_client_ends", runtime());
    drop(others.block_on(prepared(name)));
    let first = runtime();
    let (metrics, mut run) = first.block_on(async {
        let connect = Connect::to(shared_set().await.uri()).options(|options| {
            options.server_selection_timeout = Some(Duration::from_millis(100));
        });
        let (db, _) = connect.database_as_it_is(name).await;
        let watch = Item::watch().give_up_after(Duration::from_millis(300));
        let durable = watch.durable(consumer::NAME, TokenStore::collection(&db)).lease(LEASE);
        (durable.metrics(), durable.run(&db, |_| async { Ok(()) }))
    });
    first.block_on(async {
        tokio::select! {
            ended = &mut run => panic!("it ended: {ended:?}"),
            leads = metrics.wait_for(|figures| figures.is_leader) => drop(leads.unwrap()),
        }
    });
    drop(first);
    let ended = others.block_on(async { timeout(PATIENCE, run).await });
    let error = ended.expect("an end in time").unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Unavailable(_) | ErrorKind::Timeout), "{error:?}");
}

/// What the transaction had done is undone, and done once.
#[test]
fn a_transaction_that_its_runtime_has_left_has_no_effects() {
    let name = "durable_other_runtime_transactional";
    let clients = runtime();
    let (db, _) = clients.block_on(prepared(name));
    clients.block_on(insert(&db, 1));
    let (stop, stopped) = oneshot::channel::<()>();
    let durable = Item::watch().durable(consumer::NAME, TokenStore::collection(&db));
    let durable = durable.lease(Duration::from_secs(60)).stop_when(stopped).transactional();
    let (metrics, entered) = (durable.metrics(), Arc::new(Notify::new()));
    let (inside, mut attempts) = (Arc::clone(&entered), 0);
    let mut run = durable.run(&db, move |event, tx| {
        attempts += 1;
        let (inside, is_first) = (Arc::clone(&inside), attempts == 1);
        async move {
            consumer::add(&tx, *event.id().expect("an insert")).await?;
            inside.notify_one();
            if is_first {
                tokio::time::sleep(Duration::from_secs(3600)).await;
            }
            Ok(())
        }
    });
    let first = runtime();
    first.block_on(async {
        tokio::select! {
            ended = &mut run => panic!("it ended: {ended:?}"),
            () = entered.notified() => {}
        }
    });
    drop(first);
    let (ended, ()) = clients.block_on(async {
        tokio::join!(timeout(PATIENCE, run), async {
            let handled = metrics.wait_for(|figures| figures.handled == 1);
            timeout(PATIENCE, handled).await.expect("the event in time").expect("no end");
            drop(stop);
        })
    });
    ended.expect("an end in time").unwrap();
    let (effects, total) = clients.block_on(async {
        (Effect::find().count(&db).await.unwrap(), Total::find().get(&db).await.unwrap().items)
    });
    assert_eq!((effects, total), (1, 1));
}
