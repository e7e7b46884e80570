//! Leases that another process has taken, as their old holder finds them.

use super::*;

/// The lease of the mailer, as another process leaves it that has taken it.
async fn take_over(db: &Database, owner: Uuid) {
    let tokens = db.as_driver().collection::<Document>("odm_tokens");
    let taken = doc! { "$inc": { "epoch": 1_i64 }, "$set": { "owner": owner } };
    let lease = doc! { "_id": { "lease": "mailer" } };
    let taken = tokens.update_one(lease, taken).await.unwrap();
    assert_eq!(taken.modified_count, 1);
}

async fn lease(db: &Database) -> Document {
    let tokens = db.as_driver().collection::<Document>("odm_tokens");
    tokens.find_one(doc! { "_id": { "lease": "mailer" } }).await.unwrap().unwrap()
}

/// The renewal tells, although the old holder has nothing to save: it is inside its handler.
#[tokio::test]
async fn a_renewal_under_an_old_epoch_ends_the_handler() {
    let db = &database("durable_old_renewal").await;
    with_a_token(db).await;
    insert(db, [1]).await;
    let entered = &AtomicU32::new(0);
    let run = mailer(db).lease(Duration::from_secs(3)).run(db, |_| async move {
        entered.fetch_add(1, Ordering::Relaxed);
        take_over(db, Uuid::new()).await;
        std::future::pending().await
    });
    let error = timeout(PATIENCE, run).await.expect("an end in time").unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::TakenOver { .. }), "{error:?}");
    assert_eq!(entered.load(Ordering::Relaxed), 1);
}

/// The old holder is stopped before it learns of the new one.
#[tokio::test]
async fn an_old_holder_does_not_give_the_new_ones_lease_back() {
    let db = &database("durable_old_release").await;
    with_a_token(db).await;
    insert(db, [1]).await;
    let (stop, stopped) = oneshot::channel::<()>();
    let (stop, new) = (&Mutex::new(Some(stop)), Uuid::new());
    let run =
        mailer(db).lease(Duration::from_secs(600)).stop_when(stopped).run(db, |_| async move {
            take_over(db, new).await;
            drop(stop.lock().unwrap().take());
            Ok(())
        });
    timeout(PATIENCE, run).await.expect("an end in time").unwrap();
    let lease = lease(db).await;
    let owner = lease.get("owner").expect("an owner");
    assert_eq!(owner, &odm::bson::Bson::from(new), "{lease}");
    assert!(lease.contains_key("until"), "{lease}");
}
