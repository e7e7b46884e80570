//! Writes with a time limit when the network says nothing: an answer in time, and nothing is sent
//! afterwards that had not been sent.

use std::time::{Duration, Instant};

use odm::{Database, ErrorKind, Outcome, Session, bson::Document, prelude::*};
use tests::{Commands, Connect, Lost, OwnSet, Proxy, Set, Standalone};

use crate::writes::{Counter, counter, every_write, numbers, primary, reset, stored};

const LIMIT: Duration = Duration::from_secs(1);
/// For a machine that has much to do; on a quiet one it is a few milliseconds.
const SLACK: Duration = Duration::from_millis(100);

async fn behind_a_proxy(name: &str) -> (Database, Commands, Proxy) {
    let proxy = Proxy::before(primary().await).await;
    let (db, commands) = Connect::to(proxy.uri()).app_name(name).database(name).await;
    (db, commands, proxy)
}

async fn limited(db: &Database) -> Session {
    db.start_session().timeout(LIMIT).await.expect("a session")
}

fn is_timeout(error: &odm::Error) -> bool {
    match error.kind() {
        ErrorKind::BulkWrite(failure) => {
            matches!(failure.cause.as_deref(), Some(ErrorKind::Timeout))
        }
        kind => matches!(kind, ErrorKind::Timeout),
    }
}

/// The error of a limited write, and how long it took.
async fn timed(work: impl Future<Output = odm::Result<String>>) -> (Duration, odm::Result<String>) {
    let begun = Instant::now();
    let done = work.await;
    (begun.elapsed(), done)
}

#[tokio::test]
async fn every_verb_answers_in_time_when_bytes_are_swallowed() {
    let (db, _, proxy) = behind_a_proxy("every_verb_answers_in_time").await;
    let mut slowest = Duration::ZERO;
    for write in every_write() {
        let before = reset(&db).await;
        let session = limited(&db).await;
        proxy.swallow_all();
        let (took, done) = timed((write.in_session)(session)).await;
        proxy.swallow_no_more();
        proxy.cut_all();
        let error = done.expect_err(write.name);
        slowest = slowest.max(took);
        assert!(took < LIMIT + SLACK, "{}: {took:?}", write.name);
        assert!(is_timeout(&error), "{}: {error:?}", write.name);
        assert_eq!(error.outcome(), Outcome::Unknown, "{}", write.name);
        assert_eq!(stored(&db).await, before, "{}", write.name);
    }
    println!("the slowest answer came after {slowest:?}");
}

/// All connections are in use, and a new one cannot be made: the write waits for one.
#[tokio::test]
async fn a_write_that_waits_for_a_connection_is_not_sent_when_its_time_is_up() {
    let (db, commands, proxy) = behind_a_proxy("a_write_that_waits").await;
    for write in every_write() {
        let before = reset(&db).await;
        commands.clear();
        // The kept connections are gone, and those that are made get no answer.
        proxy.swallow_all();
        proxy.cut_all();
        let (took, done) = timed((write.in_session)(limited(&db).await)).await;
        let error = done.expect_err(write.name);
        assert!(took < LIMIT + SLACK, "{}: {took:?}", write.name);
        let was_sent = !commands.named(write.command).is_empty();
        if !was_sent {
            assert_eq!(error.outcome(), Outcome::NotSent, "{}: {error:?}", write.name);
            assert!(error.to_string().contains("; nothing was sent"), "{error}");
        }
        proxy.swallow_no_more();
        proxy.cut_all();
        // A newer write is not followed by the old one.
        assert_eq!(stored(&db).await, before, "{}", write.name);
        assert_eq!(commands.named(write.command).len(), usize::from(was_sent), "{}", write.name);
    }
}

/// Without a primary nothing is sent; when there is one again, an old write does not come after a
/// newer one.
#[tokio::test]
async fn a_write_that_waited_for_a_primary_in_vain_does_not_come_later() {
    let set = OwnSet::start().await;
    for is_brought_along in [false, true] {
        let client = Connect::to(set.uri()).app_name("in_vain");
        let client = if is_brought_along { client.brought_along() } else { client };
        let (db, commands) = client.database("in_vain").await;
        reset(&db).await;
        let (first, second) = (set.leader().await, set.follower().await);
        set.pause(first).unwrap();
        set.pause(second).unwrap();
        // Whoever is asked first may notice that its connection is silent.
        let old = Counter::update().by_id(1).set(|c| c.n(), 7).timeout(LIMIT);
        let (took, done) =
            timed(async { old.one(&db).await.map(|done| format!("{done:?}")) }).await;
        let error = done.expect_err("no primary");
        assert!(took < LIMIT + SLACK, "{took:?}");
        let old_ones = || commands.named("update").iter().filter(|sent| sets(sent, 7)).count();
        let sent = old_ones();
        set.resume(first).unwrap();
        set.resume(second).unwrap();
        set.leader().await;
        Counter::update().by_id(1).set(|c| c.n(), 8).one(&db).await.unwrap();
        // The next heartbeats are over when the members have answered again.
        assert_eq!(stored(&db).await[1], counter(1, 8));
        if sent == 0 && !is_brought_along {
            assert_eq!(error.outcome(), Outcome::NotSent, "{error:?}");
        }
        // The new write itself may have been sent twice.
        assert_eq!(old_ones(), sent, "the old write was sent after its error");
    }
}

/// Whether the update writes this number.
fn sets(update: &Document, n: i64) -> bool {
    let statement = update.get_array("updates").unwrap()[0].as_document().unwrap();
    let set = statement.get_document("u").unwrap().get_document("$set").unwrap();
    set.get_i64("n").unwrap() == n
}

/// Dropped by its caller before it was sent.
#[tokio::test]
async fn a_dropped_write_that_was_not_sent_is_not_sent_later() {
    let (db, _, proxy) = behind_a_proxy("a_dropped_write_that").await;
    let before = reset(&db).await;
    proxy.swallow_all();
    let client = Connect::to(proxy.uri()).app_name("a_dropped_write_that");
    let (db, commands) = client.database_as_it_is("a_dropped_write_that").await;
    let session = db.start_session().await.unwrap();
    let write = Counter::insert(&counter(5, 5)).run(&session);
    let dropped = tokio::time::timeout(Duration::from_millis(200), write).await;
    dropped.expect_err("no answer");
    proxy.swallow_no_more();
    proxy.cut_all();
    // The session is free at once, and nothing was sent in it.
    assert_eq!(Counter::find().sort(|c| c.id().asc()).all(&session).await.unwrap(), before);
    assert_eq!(commands.named("insert").len(), 0);
}

#[tokio::test]
async fn an_answer_that_comes_in_time_is_the_answer() {
    let (db, commands, proxy) = behind_a_proxy("an_answer_that_comes").await;
    for write in every_write().into_iter().filter(|write| write.is_retried) {
        reset(&db).await;
        commands.clear();
        proxy.cut(Lost::Reply, 1, &[write.command]);
        let done = (write.in_session)(db.start_session().timeout(LIMIT * 20).await.unwrap());
        done.await.expect(write.name);
        let sent = numbers(&commands.named(write.command));
        assert_eq!((sent.len(), sent[0]), (2, sent[1]), "{}", write.name);
    }
}

#[tokio::test]
async fn a_standalone_server_takes_every_write() {
    let server = Standalone::start().await;
    for is_brought_along in [false, true] {
        let client = Connect::to(server.uri()).app_name("standalone");
        let client = if is_brought_along { client.brought_along() } else { client };
        let (db, commands) = client.database("standalone").await;
        for write in every_write() {
            let before = reset(&db).await;
            (write.run)(db.clone()).await.expect(write.name);
            assert_ne!(stored(&db).await, before, "{}", write.name);
            reset(&db).await;
            (write.in_session)(limited(&db).await).await.expect(write.name);
            assert_ne!(stored(&db).await, before, "{}", write.name);
        }
        // One command was refused for its number, and none had one after it.
        let numbers = commands.all().iter().filter(|sent| sent.contains_key("txnNumber")).count();
        assert_eq!(numbers, 1, "{:?}", commands.names());
    }
}
