//! Retryable writes, by their numbers in the list of promises (E1 to E6 and E9).

use std::collections::BTreeSet;

use odm::{
    Database, ErrorKind, Outcome,
    bson::{Bson, Document},
    prelude::*,
};
use tests::{Commands, Connect, FailPoint, Lost, Proxy, database, fallible, shared_set};

use crate::writes::{
    Counter, all_writes, counter, fail, numbers, primary, reset, stored, undisturbed,
};

#[tokio::test]
async fn e1_a_write_is_repeated_once_with_the_same_number() {
    let (db, commands) = fallible("e1_a_write_is_repeated").await;
    let closed = fail(&db, "insert").close_connection().times(1).on(primary().await).await;
    Counter::insert(&counter(1, 0)).run(&db).await.unwrap();
    assert_eq!(closed.off().await, 1);
    let sent = numbers(&commands.named("insert"));
    assert!(sent.len() == 2 && sent[0].is_some() && sent[0] == sent[1], "{sent:?}");
    assert_eq!(commands.failed().len(), 1);
    assert_eq!(stored(&db).await, [counter(1, 0)]);
}

#[tokio::test]
async fn e1_two_broken_connections_are_an_error() {
    let (db, commands) = fallible("e1_two_broken_connections").await;
    let closed = fail(&db, "insert").close_connection().times(2).on(primary().await).await;
    let error = Counter::insert(&counter(1, 0)).run(&db).await.unwrap_err();
    assert_eq!(closed.off().await, 2);
    assert!(matches!(error.kind(), ErrorKind::Unavailable(_)), "{error:?}");
    assert_eq!(error.outcome(), Outcome::Unknown);
    assert!(error.has_label("RetryableWriteError"), "{error:?}");
    assert_eq!(commands.names(), ["insert", "insert"]);
    assert_eq!(stored(&db).await, []);
}

#[tokio::test]
async fn e1_without_retryable_writes_nothing_is_repeated() {
    let name = "e1_without_retryable_writes";
    let client = Connect::to(shared_set().await.uri()).app_name(name).retry_writes(false);
    let (db, commands) = client.database(name).await;
    let closed = fail(&db, "insert").close_connection().times(1).on(primary().await).await;
    let error = Counter::insert(&counter(1, 0)).run(&db).await.unwrap_err();
    closed.off().await;
    assert_eq!(error.outcome(), Outcome::Unknown);
    assert_eq!(numbers(&commands.all()), [None]);
}

#[tokio::test]
async fn e2_e3_writes_of_one_document_survive_a_broken_connection_and_no_others() {
    let calm = database("e2_e3_calm").await;
    let (db, commands) = fallible("e2_e3_a_broken_connection").await;
    let primary = primary().await;
    for write in all_writes() {
        let (result, left) = undisturbed(&write, &calm).await;
        let before = reset(&db).await;
        commands.clear();
        let closed = fail(&db, write.command).close_connection().times(1).on(primary).await;
        let disturbed = (write.run)(db.clone()).await;
        assert_eq!(closed.off().await, 1, "{}", write.name);
        let sent = commands.all();
        let number = numbers(&sent)[0];
        assert_eq!(number.is_some(), write.is_retried, "{}: {sent:?}", write.name);
        if write.is_retried {
            assert_eq!(disturbed.expect(write.name), result, "{}", write.name);
            assert_eq!(numbers(&sent), [number, number], "{}", write.name);
            assert_eq!(stored(&db).await, left, "{}", write.name);
        } else {
            let error = disturbed.expect_err(write.name);
            assert_eq!(error.outcome(), Outcome::Unknown, "{}", write.name);
            assert!(!error.has_label("RetryableWriteError"), "{}", write.name);
            assert_eq!(numbers(&sent), [None], "{}", write.name);
            assert_eq!(stored(&db).await, before, "{}", write.name);
        }
        assert!(sent.iter().all(|sent| sent.contains_key(write.command)), "{sent:?}");
    }
}

#[tokio::test]
async fn e2_e3_a_write_whose_reply_is_lost_is_never_applied_twice() {
    let calm = database("e2_e3_calm_too").await;
    let proxy = Proxy::before(primary().await).await;
    let name = "e2_e3_a_reply_is_lost";
    let (db, commands) = Connect::to(proxy.uri()).app_name(name).database(name).await;
    for write in all_writes() {
        let (result, left) = undisturbed(&write, &calm).await;
        reset(&db).await;
        commands.clear();
        let cuts = proxy.cuts();
        proxy.cut(Lost::Reply, 1, &[write.command]);
        let disturbed = (write.run)(db.clone()).await;
        assert_eq!(proxy.cuts() - cuts, 1, "{}", write.name);
        match write.is_retried {
            true => assert_eq!(disturbed.expect(write.name), result, "{}", write.name),
            false => {
                let error = disturbed.expect_err(write.name);
                assert_eq!(error.outcome(), Outcome::Unknown, "{}", write.name);
            }
        }
        assert_eq!(commands.all().len(), 1 + usize::from(write.is_retried), "{}", write.name);
        assert_eq!(stored(&db).await, left, "{}", write.name);
    }
}

#[tokio::test]
async fn e2_e3_without_retryable_writes_no_write_has_a_number() {
    let client = Connect::to(shared_set().await.uri()).retry_writes(false);
    let (db, commands) = client.database("e2_e3_without_retryable_writes").await;
    for write in all_writes() {
        reset(&db).await;
        commands.clear();
        (write.run)(db.clone()).await.expect(write.name);
        assert_eq!(numbers(&commands.all()), [None], "{}", write.name);
    }
}

#[tokio::test]
async fn e2_every_write_has_a_number_of_its_own() {
    let (db, commands) = fallible("e2_every_write_has_a_number").await;
    for id in 0..5 {
        Counter::insert(&counter(id, 0)).run(&db).await.unwrap();
        Counter::update().filter(|c| c.id().eq(id)).inc(|c| c.n(), 1).one(&db).await.unwrap();
    }
    let number = |sent: &Document| {
        (sent.get("lsid").map(Bson::to_string), sent.get_i64("txnNumber").expect("a number"))
    };
    let sent: BTreeSet<_> = commands.all().iter().map(number).collect();
    assert_eq!(sent.len(), 10, "{sent:?}");
}

#[tokio::test]
async fn e3_dropping_is_not_repeated() {
    let (db, commands) = fallible("e3_dropping_is_not_repeated").await;
    let before = reset(&db).await;
    commands.clear();
    let primary = primary().await;
    let closed = FailPoint::fail_command(db.name(), &["drop", "dropDatabase"]);
    let closed = closed.close_connection().times(2).on(primary).await;
    let collection = db.collection::<Counter>().drop().await.unwrap_err();
    let whole = db.drop().await.unwrap_err();
    assert_eq!(closed.off().await, 2);
    assert_eq!((collection.outcome(), whole.outcome()), (Outcome::Unknown, Outcome::Unknown));
    assert_eq!(commands.names(), ["drop", "dropDatabase"]);
    assert!(commands.all().iter().all(|command| !command.contains_key("txnNumber")));
    assert_eq!(stored(&db).await, before);
}

#[tokio::test]
async fn e2_each_batch_of_an_insert_is_repeated_by_itself() {
    let (db, commands) = fallible("e2_each_batch_of_an_insert").await;
    // The driver puts 100,000 documents into one command.
    let documents: Vec<_> = (0..100_001).map(|id| counter(id, 0)).collect();
    let primary = primary().await;
    let never = fail(&db, "none").close_connection().on(primary).await;
    let (second, handle) = (fail(&db, "insert").close_connection().times(1), never.handle());
    commands.then_once("insert", move || second.replace_blocking(&handle));
    let inserted = Counter::insert_many(&documents).run(&db).await.unwrap();
    never.off().await;
    assert_eq!(inserted.ids.len(), documents.len());
    let sent = numbers(&commands.all());
    let [Some(first), Some(second), Some(again)] = sent[..] else { panic!("{sent:?}") };
    assert!(first < second && second == again, "{sent:?}");
    assert_eq!(Counter::find().count(&db).await.unwrap(), 100_001);
}

/// The codes that the specification lists for servers without labels; the server labels them.
const RETRYABLE: [i32; 12] = [11600, 11602, 10107, 13435, 13436, 189, 91, 7, 6, 89, 9001, 262];

#[tokio::test]
async fn e4_the_server_says_which_errors_are_worth_a_repetition() {
    let (db, commands) = fallible("e4_the_server_says_which_errors").await;
    let primary = primary().await;
    for (id, code) in (0..).zip(RETRYABLE) {
        let refused = fail(&db, "insert").error_code(code).times(1).on(primary).await;
        let inserted = Counter::insert(&counter(id, 0)).run(&db).await;
        refused.off().await;
        inserted.unwrap_or_else(|error| panic!("{code}: {error}"));
        let sent = numbers(&commands.named("insert"));
        assert!(sent.len() == 2 && sent[0] == sent[1], "{code}: {sent:?}");
        commands.clear();
    }
    assert_eq!(stored(&db).await.len(), RETRYABLE.len());
}

#[tokio::test]
async fn e4_other_errors_come_at_once() {
    let (db, commands) = fallible("e4_other_errors_come_at_once").await;
    let primary = primary().await;
    for code in [2, 13, 50, 64, 112] {
        let refused = fail(&db, "insert").error_code(code).times(1).on(primary).await;
        let error = Counter::insert(&counter(1, 0)).run(&db).await.unwrap_err();
        refused.off().await;
        assert_eq!(error.code(), Some(code));
        assert_eq!(error.outcome(), Outcome::NotApplied, "{code}");
        assert!(!error.has_label("RetryableWriteError"), "{code}");
        assert_eq!(commands.names(), ["insert"], "{code}");
        commands.clear();
    }
    Counter::insert(&counter(1, 0)).run(&db).await.unwrap();
    commands.clear();
    let error = Counter::insert(&counter(1, 0)).run(&db).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::DuplicateKey(_)), "{error:?}");
    assert_eq!(commands.names(), ["insert"]);
}

#[tokio::test]
async fn e4_a_label_alone_is_reason_enough() {
    let (db, commands) = fallible("e4_a_label_alone").await;
    let labelled = |labels: &[&str]| fail(&db, "insert").error_code(2).error_labels(labels);
    let refused = labelled(&["RetryableWriteError"]).times(1).on(primary().await).await;
    Counter::insert(&counter(1, 0)).run(&db).await.unwrap();
    refused.off().await;
    assert_eq!(commands.names(), ["insert", "insert"]);

    commands.clear();
    let refused = fail(&db, "insert").error_code(91).error_labels(&[]).on(primary().await).await;
    Counter::insert(&counter(2, 0)).run(&db).await.unwrap_err();
    refused.off().await;
    assert_eq!(commands.names(), ["insert"]);
}

/// Inserts a document; the first attempt fails in one way and the second in the other.
async fn insert_failing_twice(
    (db, commands): (&Database, &Commands),
    first: FailPoint,
    second: FailPoint,
) -> odm::Error {
    let first = first.on(primary().await).await;
    let handle = first.handle();
    commands.then_once("insert", move || second.replace_blocking(&handle));
    let error = Counter::insert(&counter(1, 0)).run(db).await.unwrap_err();
    first.off().await;
    assert_eq!(commands.names(), ["insert", "insert"]);
    error
}

const NOT_WRITTEN: [&str; 2] = ["RetryableWriteError", "NoWritesPerformed"];

/// The prose test of the specification.
#[tokio::test]
async fn e5_the_error_of_the_attempt_that_may_have_written_comes() {
    let (db, commands) = fallible("e5_the_error_of_the_attempt").await;
    let concern = doc! { "code": 91, "errmsg": "later", "errorLabels": ["RetryableWriteError"] };
    let first = fail(&db, "insert").write_concern_error(concern).times(1);
    let second = fail(&db, "insert").error_code(10107).error_labels(&NOT_WRITTEN).times(1);
    let error = insert_failing_twice((&db, &commands), first, second).await;
    assert_eq!(error.code(), Some(91), "{error:?}");
    assert_eq!(error.outcome(), Outcome::Applied);
    assert_eq!(stored(&db).await, [counter(1, 0)]);
}

#[tokio::test]
async fn e5_an_error_without_a_write_does_not_hide_the_first() {
    let (db, commands) = fallible("e5_an_error_without_a_write").await;
    let labels = ["RetryableWriteError"];
    let first = fail(&db, "insert").error_code(91).error_labels(&labels).times(1);
    let second = fail(&db, "insert").error_code(10107).error_labels(&NOT_WRITTEN).times(1);
    let error = insert_failing_twice((&db, &commands), first, second).await;
    assert_eq!(error.code(), Some(91), "{error:?}");
    assert_eq!(error.outcome(), Outcome::Unknown);
}

#[tokio::test]
async fn e5_of_two_errors_without_a_write_nothing_was_written() {
    let (db, commands) = fallible("e5_of_two_errors_without").await;
    let first = fail(&db, "insert").error_code(91).error_labels(&NOT_WRITTEN).times(1);
    let second = fail(&db, "insert").error_code(10107).error_labels(&NOT_WRITTEN).times(1);
    let error = insert_failing_twice((&db, &commands), first, second).await;
    // The specification asks for the first of them, and the driver gives the latest.
    assert!(matches!(error.code(), Some(91 | 10107)), "{error:?}");
    assert_eq!(error.outcome(), Outcome::NotApplied);
}

#[tokio::test]
async fn e5_of_two_errors_that_may_have_written_the_latest_comes() {
    let (db, commands) = fallible("e5_the_latest_comes").await;
    let labels = ["RetryableWriteError"];
    let first = fail(&db, "insert").error_code(91).error_labels(&labels).times(1);
    let second = fail(&db, "insert").error_code(11602).error_labels(&labels).times(1);
    let error = insert_failing_twice((&db, &commands), first, second).await;
    assert_eq!(error.code(), Some(11602), "{error:?}");
    assert_eq!(error.outcome(), Outcome::Unknown);
}

#[tokio::test]
async fn e5_without_a_server_for_the_repetition_the_first_error_comes() {
    let proxy = Proxy::before(primary().await).await;
    let name = "e5_without_a_server";
    let client = Connect::to(proxy.uri()).app_name(name).options(|options| {
        options.server_selection_timeout = Some(std::time::Duration::from_secs(1));
    });
    let (db, commands) = client.database(name).await;
    proxy.cut(Lost::Reply, 1, &["insert"]);
    commands.then_once("insert", move || drop(proxy));
    let error = Counter::insert(&counter(1, 0)).run(&db).await.unwrap_err();
    assert!(error.to_string().contains("the connection failed"), "{error}");
    assert_eq!(error.outcome(), Outcome::Unknown);
    assert_eq!(stored(&database_as_it_is(name).await).await, [counter(1, 0)]);
}

async fn database_as_it_is(name: &str) -> Database {
    Connect::to(shared_set().await.uri()).database_as_it_is(name).await.0
}

#[tokio::test]
async fn e6_a_server_that_takes_no_numbers_gets_writes_without_them() {
    let proxy = Proxy::before(primary().await).await;
    let name = "e6_a_server_that_takes_no_numbers";
    let (db, commands) = Connect::to(proxy.uri()).app_name(name).database(name).await;
    Counter::insert(&counter(1, 0)).run(&db).await.unwrap();
    commands.clear();
    let text = "Transaction numbers are only allowed on a replica set member or mongos";
    let reply = doc! { "ok": 0.0, "code": 20, "codeName": "IllegalOperation", "errmsg": text };
    proxy.answer(&reply, 1, &["update"]);
    for n in [5, 6] {
        Counter::update().by_id(1).set(|c| c.n(), n).one(&db).await.unwrap();
    }
    let sent = commands.named("update");
    let numbered: Vec<_> = sent.iter().map(|sent| sent.contains_key("txnNumber")).collect();
    assert_eq!(numbered, [true, false, false]);
}

/// The same code for another reason says nothing of numbers.
#[tokio::test]
async fn another_refusal_with_that_code_is_an_error() {
    let (db, commands) = fallible("another_refusal_with_that_code").await;
    let refused = fail(&db, "insert").error_code(20).times(1).on(primary().await).await;
    let error = Counter::insert(&counter(1, 0)).run(&db).await.unwrap_err();
    refused.off().await;
    assert_eq!((error.code(), error.outcome()), (Some(20), Outcome::NotApplied));
    Counter::insert(&counter(1, 0)).run(&db).await.unwrap();
    assert!(commands.named("insert").iter().all(|sent| sent.contains_key("txnNumber")));
}

#[derive(Model, Clone, Debug, PartialEq)]
#[model(collection = "notes")]
struct Note {
    #[model(id)]
    id: Option<ObjectId>,
    text: String,
}

#[tokio::test]
async fn e9_the_id_is_made_before_the_first_attempt() {
    let (db, commands) = fallible("e9_the_id_is_made").await;
    let closed = || fail(&db, "insert").close_connection().times(1);
    let note = |text: &str| Note { id: None, text: text.into() };
    let fails = closed().on(primary().await).await;
    let inserted = Note::insert(&note("one")).run(&db).await.unwrap();
    fails.off().await;
    let stored = Note::find().get(&db).await.unwrap();
    assert_eq!((stored.id, stored.text.as_str()), (Some(inserted.id), "one"));
    let sent = commands.named("insert");
    assert_eq!(sent.len(), 2);
    assert_eq!(sent[0].get("documents"), sent[1].get("documents"));

    let fails = closed().on(primary().await).await;
    let inserted = Note::insert_many(&[note("two"), note("three")]).run(&db).await.unwrap();
    fails.off().await;
    for (id, text) in inserted.ids.into_iter().zip(["two", "three"]) {
        let stored = Note::find().filter(|n| n.text().eq(text)).all(&db).await.unwrap();
        assert_eq!(stored, [Note { id: Some(id), text: text.into() }]);
    }
}
