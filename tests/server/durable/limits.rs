//! Options with huge values, and tokens of a newer epoch.

use super::*;

#[tokio::test]
async fn a_lease_that_is_too_long_is_a_mistake() {
    let (db, commands) = recorded("durable_long_lease").await;
    for lease in [Duration::MAX, Duration::from_secs(u64::from(u32::MAX))] {
        let run = mailer(&db).lease(lease).run(&db, |_| async { Ok(()) });
        let error = timeout(PATIENCE, run).await.unwrap().unwrap_err();
        let ErrorKind::Invalid(reason) = error.kind() else { panic!("{error:?}") };
        assert!(reason.contains("a lease is at most 24 days"), "{reason}");
    }
    assert!(commands.all().is_empty(), "{:?}", commands.names());
}

/// What is not told to the server may have any size: longer than the process lives is for ever.
#[tokio::test]
async fn other_options_may_have_any_size() {
    let db = database("durable_huge_options").await;
    with_a_token(&db).await;
    insert(&db, [1]).await;
    let durable = Job::watch()
        .give_up_after(Duration::MAX)
        .durable("mailer", TokenStore::collection(&db))
        .lease(Duration::from_secs(24 * 24 * 3600))
        .retry(u32::MAX, Duration::MAX)
        .checkpoint_every(u64::MAX)
        .checkpoint_after(Duration::MAX)
        .idle_checkpoint_after(Duration::MAX);
    let run = Running::start(durable, &db);
    run.has_handled(1).await;
    assert_eq!(run.end().await, [1]);
}

/// The token was moved by a newer holder: what comes after it is not for this one.
#[tokio::test]
async fn a_token_of_a_newer_epoch_is_not_loaded() {
    let db = database("durable_newer_token").await;
    with_a_token(&db).await;
    insert(&db, [1]).await;
    let tokens = db.as_driver().collection::<Document>("odm_tokens");
    let newer = doc! { "$set": { "epoch": 99_i64 } };
    tokens.update_one(doc! { "_id": "mailer" }, newer).await.unwrap();
    let run = mailer(&db).run(&db, |event| async move { panic!("it got {event:?}") });
    let error = timeout(PATIENCE, run).await.unwrap().unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::TakenOver { .. }), "{error:?}");
}
