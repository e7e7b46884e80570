//! Runtimes that end while a consumer lives.

use std::sync::Arc;

use tokio::{runtime, sync::Notify};

use super::*;

fn runtime() -> runtime::Runtime {
    runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

fn epoch_and_owner(lease: &Document) -> (i64, bool) {
    (lease.get_i64("epoch").unwrap(), lease.contains_key("owner"))
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

/// It takes its own lease again, and the event comes again.
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
            drop(stop);
        })
    });
    ended.expect("an end in time").unwrap();
    let after = clients.block_on(lease(&db));
    assert_eq!(epoch_and_owner(&before).0, epoch_and_owner(&after).0);
    assert!(!epoch_and_owner(&after).1, "the lease is given back: {after}");
}
