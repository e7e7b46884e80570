//! What an error says about the write: not sent, perhaps applied, applied.

use std::time::Duration;

use futures::future::join_all;
use odm::{ErrorKind, Outcome, filter::Filter, prelude::*};
use tests::{Connect, Lost, OwnSet, Proxy, Set, database, fallible};

use crate::writes::{Counter, all_writes, counter, fail, primary, reset, stored, undisturbed};

fn unmet() -> odm::bson::Document {
    doc! { "code": 64, "codeName": "WriteConcernFailed", "errmsg": "waiting timed out" }
}

/// Too few members for a primary: the failure of E8 as well, longer than the driver waits.
#[tokio::test]
async fn a_write_without_a_primary_was_not_sent() {
    let set = OwnSet::start().await;
    set.keep_primary().await;
    let client = Connect::to(set.uri()).app_name("not_sent").options(|options| {
        options.server_selection_timeout = Some(Duration::from_secs(2));
    });
    let (db, commands) = client.database("not_sent").await;
    reset(&db).await;
    let primary = set.leader().await;
    set.kill(set.follower().await).await.unwrap();
    set.kill(primary).await.unwrap();
    // The first write may notice that its connection is gone; the next waits for a primary.
    let _ = Counter::insert(&counter(8, 0)).run(&db).await;
    commands.clear();
    let writes = all_writes();
    let results = join_all(writes.iter().map(|write| (write.run)(db.clone()))).await;
    for (write, result) in writes.iter().zip(results) {
        let error = result.expect_err(write.name);
        assert!(matches!(error.kind(), ErrorKind::Unavailable(_)), "{}: {error:?}", write.name);
        assert_eq!(error.outcome(), Outcome::NotSent, "{}: {error:?}", write.name);
        assert!(!error.to_string().contains("applied"), "{error}");
    }
    assert_eq!(commands.names(), Vec::<String>::new());
}

#[tokio::test]
async fn a_write_whose_replies_are_lost_may_have_been_applied() {
    let calm = database("replies_are_lost_calm").await;
    let proxy = Proxy::before(primary().await).await;
    let name = "replies_are_lost";
    let (db, _) = Connect::to(proxy.uri()).app_name(name).database(name).await;
    for write in all_writes() {
        let (_, left) = undisturbed(&write, &calm).await;
        reset(&db).await;
        proxy.cut(Lost::Reply, 2, &[write.command]);
        let error = (write.run)(db.clone()).await.expect_err(write.name);
        proxy.cut(Lost::Reply, 0, &[]);
        assert!(matches!(error.kind(), ErrorKind::Unavailable(_)), "{}: {error:?}", write.name);
        assert_eq!(error.outcome(), Outcome::Unknown, "{}: {error:?}", write.name);
        assert!(error.to_string().ends_with("; the write may have been applied"), "{error}");
        assert_eq!(stored(&db).await, left, "{}", write.name);
    }
}

#[tokio::test]
async fn a_write_whose_concern_is_not_met_was_applied() {
    let calm = database("concern_not_met_calm").await;
    let (db, commands) = fallible("concern_not_met").await;
    let primary = primary().await;
    for write in all_writes() {
        let (_, left) = undisturbed(&write, &calm).await;
        reset(&db).await;
        commands.clear();
        let unmet = fail(&db, write.command).write_concern_error(unmet()).times(1);
        let unmet = unmet.on(primary).await;
        let result = (write.run)(db.clone()).await;
        assert_eq!(unmet.off().await, 1, "{}", write.name);
        let error = result.expect_err(write.name);
        assert_eq!(error.code(), Some(64), "{}: {error:?}", write.name);
        assert_eq!(error.outcome(), Outcome::Applied, "{}: {error:?}", write.name);
        assert!(
            error.to_string().ends_with("; the write was applied, but not acknowledged"),
            "{error}"
        );
        assert_eq!(commands.names(), [write.command], "{}", write.name);
        assert_eq!(stored(&db).await, left, "{}", write.name);
    }
}

#[tokio::test]
async fn a_repetition_that_is_refused_does_not_hide_that_the_first_attempt_was_applied() {
    let primary = primary().await;
    let proxy = Proxy::before(primary).await;
    let name = "a_repetition_that_is_refused";
    let (db, commands) = Connect::to(proxy.uri()).app_name(name).database(name).await;
    for (id, code) in (0..).zip([10107, 13435, 189]) {
        commands.clear();
        let never = fail(&db, "none").close_connection().on(primary).await;
        let (refused, handle) = (fail(&db, "insert").error_code(code).times(1), never.handle());
        commands.then_once("insert", move || refused.replace_blocking(&handle));
        proxy.cut(Lost::Reply, 1, &["insert"]);
        let error = Counter::insert(&counter(id, 0)).run(&db).await.unwrap_err();
        never.off().await;
        assert_eq!(error.code(), Some(code), "{error:?}");
        assert_eq!(commands.names(), ["insert", "insert"]);
        assert_eq!(Counter::find().filter(|c| c.id().eq(id)).count(&db).await.unwrap(), 1);
        assert_eq!(error.outcome(), Outcome::Unknown, "{error:?}");
    }
}

#[tokio::test]
async fn an_error_that_is_not_repeated_says_what_it_is() {
    let name = "an_error_that_is_not_repeated";
    let set = tests::shared_set().await;
    let client = Connect::to(set.uri()).app_name(name).retry_writes(false);
    let (db, _) = client.database(name).await;
    let primary = primary().await;
    // A primary that steps down or shuts down while it works, and one that is none any more.
    for (code, outcome) in [
        (91, Outcome::Unknown),
        (189, Outcome::Unknown),
        (11600, Outcome::Unknown),
        (11602, Outcome::Unknown),
        (10107, Outcome::NotApplied),
        (13435, Outcome::NotApplied),
    ] {
        let refused = fail(&db, "insert").error_code(code).times(1).on(primary).await;
        let error = Counter::insert(&counter(1, 0)).run(&db).await.unwrap_err();
        refused.off().await;
        assert_eq!((error.code(), error.outcome()), (Some(code), outcome), "{error:?}");
    }
}

#[tokio::test]
async fn a_reply_that_cannot_be_understood_leaves_the_outcome_open() {
    let calm = database("not_understood_calm").await;
    let proxy = Proxy::before(primary().await).await;
    let (db, _) = Connect::to(proxy.uri()).database("not_understood").await;
    let nonsense = [doc! { "ok": 1.0, "n": "many", "value": 7 }, doc! { "ok": 1.0 }, doc! {}];
    for (write, reply) in all_writes().iter().flat_map(|w| nonsense.iter().map(move |n| (w, n))) {
        let (_, left) = undisturbed(write, &calm).await;
        reset(&db).await;
        proxy.answer(reply, 2, &[write.command]);
        let result = (write.run)(db.clone()).await;
        proxy.answer(reply, 0, &[]);
        assert_eq!(stored(&db).await, left, "{}", write.name);
        let error = result.expect_err(write.name);
        assert_eq!(error.outcome(), Outcome::Unknown, "{}, {reply}: {error:?}", write.name);
    }
}

#[tokio::test]
async fn an_upsert_whose_id_cannot_be_read_was_applied() {
    let db = database("an_upsert_whose_id_cannot_be_read").await;
    let by_hand = || Filter::raw(doc! { "_id": "text" });
    let update = Counter::update().filter(|_| by_hand()).upsert().inc(|c| c.n(), 1);
    let error = update.one(&db).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Decode(_)), "{error:?}");
    assert_eq!(Counter::find().filter(|_| by_hand()).count(&db).await.unwrap(), 1);
    assert_eq!(error.outcome(), Outcome::Applied, "{error:?}");
}
