//! How long a stream waits for a server that does not answer.

use std::{
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use futures::FutureExt;
use mongodb::{
    bson::{Document, doc},
    error::ErrorKind as Driver,
};
use odm::{
    Database, ErrorKind,
    change_stream::{ChangeStream, StreamStatus},
    prelude::*,
};
use tests::{Connect, Fake, OwnSet, number};

use super::Item;

const LIMIT: Duration = Duration::from_millis(1500);
/// What a loaded machine takes besides. A stream that it wakes late has the limit once more.
const SLACK: Duration = Duration::from_secs(1);

/// A server that answers as an idle primary does, until it falls silent.
struct Idle {
    fake: Fake,
    is_silent: Arc<AtomicBool>,
    /// When a stream was first left without an answer.
    left: Arc<OnceLock<Instant>>,
}

impl Idle {
    async fn start() -> Self {
        let is_silent = Arc::new(AtomicBool::new(false));
        let (silence, left) = (Arc::clone(&is_silent), Arc::new(OnceLock::new()));
        let leaves = Arc::clone(&left);
        let fake = Fake::start(move |command: &Document| {
            let is_of_stream = ["aggregate", "getMore"].iter().any(|key| command.contains_key(key));
            if silence.load(Ordering::Acquire) {
                if is_of_stream {
                    leaves.get_or_init(Instant::now);
                }
                return None;
            }
            Some(match is_of_stream {
                true => Fake::batch(7, Vec::new(), "82"),
                false => doc! { "ok": 1.0 },
            })
        });
        Self { fake: fake.await, is_silent, left }
    }

    async fn database(&self) -> Database {
        Connect::to(self.fake.uri()).app_name("patience").database_as_it_is("test").await.0
    }

    fn fall_silent(&self) {
        self.is_silent.store(true, Ordering::Release);
    }

    /// How long a stream has been left without an answer.
    fn silence(&self) -> Option<Duration> {
        self.left.get().map(Instant::elapsed)
    }

    /// Reads until the server does not answer any more.
    async fn read_into_silence(&self, events: &mut ChangeStream<Item>) {
        self.fall_silent();
        while self.silence().is_none() {
            let next = tokio::time::timeout(Duration::from_millis(10), events.next()).await;
            assert!(next.is_err(), "{next:?}");
        }
    }
}

/// The stream ends because no answer comes, in time from now on.
async fn ends_in_time(mut events: ChangeStream<Item>) {
    let begun = Instant::now();
    let next = tokio::time::timeout(Duration::from_secs(60), events.next()).await;
    let error = next.expect("an end").expect("an error").unwrap_err();
    let waited = begun.elapsed();
    assert!(matches!(error.kind(), ErrorKind::Unavailable(_)), "{error:?}");
    assert!(waited <= 2 * LIMIT + SLACK, "{waited:?}");
    assert!(events.next().await.is_none());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_silent_network_is_given_up_in_time() {
    let idle = Idle::start().await;
    let watch = Item::watch().give_up_after(LIMIT);
    let mut events = watch.stream(&idle.database().await).await.unwrap();
    let quiet = tokio::time::timeout(2 * LIMIT, events.next()).await;
    assert!(quiet.is_err(), "answers without events are answers: {quiet:?}");
    idle.read_into_silence(&mut events).await;
    ends_in_time(events).await;
    // A loaded machine may take a while to deliver the request from which the limit counts.
    assert!(idle.silence() >= Some(LIMIT / 2), "{:?}", idle.silence());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_opening_that_is_not_answered_is_given_up_in_time() {
    let idle = Idle::start().await;
    let db = idle.database().await;
    drop(Item::watch().stream(&db).await.unwrap());
    idle.fall_silent();
    let begun = Instant::now();
    let opened = Item::watch().give_up_after(LIMIT).stream(&db);
    let opened = tokio::time::timeout(Duration::from_secs(60), opened).await;
    let error = opened.expect("an end").unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Unavailable(_)), "{error:?}");
    assert!((LIMIT..=LIMIT + SLACK).contains(&begun.elapsed()), "{:?}", begun.elapsed());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_set_without_members_is_given_up_in_time() {
    let set = OwnSet::start().await;
    let (db, _) = Connect::to(set.uri()).app_name("patience").database("patience").await;
    let mut events = Item::watch().give_up_after(LIMIT).stream(&db).await.unwrap();
    assert!(tokio::time::timeout(Duration::from_millis(100), events.next()).await.is_err());
    for member in 0..set.members() {
        set.kill(member).await.unwrap();
    }
    ends_in_time(events).await;
}

/// A server that opens every cursor, and fails each of them. The limit is longer than any pause: a
/// stream that begins to count at each failure never ends.
#[tokio::test]
async fn cursors_that_all_fail_are_given_up_in_time() {
    const LIMIT: Duration = Duration::from_secs(6);
    let (watched, _, _, primary) = super::two_clients("cursors_that_all_fail").await;
    let mut events = Item::watch().give_up_after(LIMIT).stream(&watched).await.unwrap();
    let fail = tests::FailPoint::fail_command(watched.name(), &["getMore"]);
    let fail = fail.error_code(11602).error_labels(&["ResumableChangeStreamError"]);
    let fail = fail.on(primary).await;
    let begun = Instant::now();
    let next = tokio::time::timeout(Duration::from_secs(60), events.next()).await;
    let waited = begun.elapsed();
    fail.off().await;
    assert_eq!(next.expect("an end").expect("an error").unwrap_err().code(), Some(11602));
    assert!((LIMIT / 2..=2 * LIMIT + SLACK).contains(&waited), "{waited:?}");
}

/// A member that falls silent is noticed by the driver's own heartbeats, which break off what waits.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pool_that_is_cleared_is_an_outage() {
    let idle = Idle::start().await;
    let connect = Connect::to(idle.fake.uri()).app_name("patience");
    let connect = connect.options(|options| options.connect_timeout = Some(Duration::from_secs(1)));
    let (db, commands) = connect.database_as_it_is("test").await;
    let mut events = Item::watch().stream(&db).await.unwrap();
    let mut status = events.status();
    idle.fall_silent();
    let reader = tokio::spawn(async move { events.next().await });
    let outage = |status: &StreamStatus| matches!(status, StreamStatus::Resuming { .. });
    let outage = tokio::time::timeout(Duration::from_secs(30), status.wait_for(outage)).await;
    let StreamStatus::Resuming { error, .. } = outage.expect("an outage").unwrap().clone() else {
        panic!("no outage")
    };
    let driver = error.as_driver().expect("an error of the driver");
    assert!(matches!(*driver.kind, Driver::ConnectionPoolCleared { .. }), "{driver:?}");
    commands.clear();
    idle.is_silent.store(false, Ordering::Release);
    let live = |status: &StreamStatus| matches!(status, StreamStatus::Live);
    let live = tokio::time::timeout(Duration::from_secs(30), status.wait_for(live)).await;
    live.expect("a resumed stream").unwrap();
    reader.abort();
}

/// Who does not wait does not lose the answer that is there already, nor the time for one whose
/// request could not even be sent.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_waiter_that_comes_back_late_finds_the_answer() {
    let idle = Idle::start().await;
    let watch = Item::watch().give_up_after(LIMIT);
    let mut events = watch.stream(&idle.database().await).await.unwrap();
    assert!(events.next().now_or_never().is_none());
    std::thread::sleep(2 * LIMIT);
    let quiet = tokio::time::timeout(Duration::from_millis(50), events.next()).await;
    assert!(quiet.is_err(), "{quiet:?}");
    std::thread::sleep(2 * LIMIT);
    let quiet = tokio::time::timeout(LIMIT, events.next()).await;
    assert!(quiet.is_err(), "{quiet:?}");
}

/// A server that was away for almost all of the time has the time of one more answer.
#[tokio::test]
async fn a_stream_that_is_open_again_is_not_given_up() {
    let (watched, writer, _, primary) = super::two_clients("a_stream_that_is_open").await;
    let mut events = Item::watch().give_up_after(LIMIT).stream(&watched).await.unwrap();
    let fail = tests::FailPoint::fail_command(watched.name(), &["getMore", "aggregate"]);
    let fail = fail.error_code(91).on(primary).await;
    let nearly = tokio::time::timeout(LIMIT.mul_f64(0.6), events.next()).await;
    assert!(nearly.is_err(), "{nearly:?}");
    fail.off().await;
    let quiet = tokio::time::timeout(2 * LIMIT, events.next()).await;
    assert!(quiet.is_err(), "{quiet:?}");
    super::insert(&writer, [1]).await;
    assert_eq!(super::ours(&mut events, 1).await, [1]);
}

/// The limit counts from the last answer, with or without events: one failure after a long time
/// without changes is no reason to give up.
#[tokio::test]
async fn a_failure_after_a_long_idle_time_has_the_whole_limit() {
    let mut asked = 0;
    let fake = Fake::start(move |command| {
        asked += i32::from(command.contains_key("getMore"));
        let fails = command.contains_key("getMore") && asked == 4;
        Some(if fails { Fake::error(43) } else { Fake::batch(7, Vec::new(), "82") })
    });
    let fake = fake.await;
    let (db, commands) = Connect::to(fake.uri()).database_as_it_is("test").await;
    let mut events = Item::watch().give_up_after(LIMIT).stream(&db).await.unwrap();
    let begun = Instant::now();
    while commands.named("getMore").len() < 6 {
        let quiet = tokio::time::timeout(Duration::from_millis(50), events.next()).await;
        assert!(quiet.is_err(), "{quiet:?} after {:?}", begun.elapsed());
    }
    assert!(begun.elapsed() > LIMIT);
    assert_eq!(commands.named("aggregate").len(), 2);
}

/// A server that waits for events longer than the stream waits for its answer is not lost.
#[tokio::test]
async fn a_server_is_asked_to_answer_before_the_limit() {
    let idle = Idle::start().await;
    let connect = Connect::to(idle.fake.uri()).app_name("patience");
    let (db, commands) = connect.database_as_it_is("test").await;
    let watch = || Item::watch().give_up_after(LIMIT);
    for (watch, sent) in [
        (watch(), 750),
        (watch().max_await_time(Duration::from_secs(60)), 750),
        (watch().max_await_time(Duration::from_millis(100)), 100),
    ] {
        commands.clear();
        let mut events = watch.stream(&db).await.unwrap();
        let quiet = tokio::time::timeout(Duration::from_millis(50), events.next()).await;
        assert!(quiet.is_err(), "{quiet:?}");
        let get_more = commands.named("getMore").remove(0);
        assert_eq!(number(&get_more, "maxTimeMS"), Some(sent), "{get_more}");
    }
}

/// A runtime that ends takes the session's task with it: one that waits for an answer which does not
/// come before.
#[test]
fn a_stream_in_a_session_whose_runtime_has_ended_gives_an_error() {
    let runtime = || tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let (first, second) = (runtime(), runtime());
    let idle = second.block_on(Idle::start());
    let (mut events, _session) = first.block_on(async {
        let session = idle.database().await.start_session().await.unwrap();
        let mut events = Item::watch().stream(&session).await.unwrap();
        idle.read_into_silence(&mut events).await;
        (events, session)
    });
    drop(first);
    let next = async { tokio::time::timeout(Duration::from_secs(60), events.next()).await };
    let error = second.block_on(next).expect("an end").expect("an error").unwrap_err();
    assert!(error.to_string().contains("runtime"), "{error}");
    assert!(second.block_on(events.next()).is_none());
}

/// Another runtime reads on where the first one has ended; the client, though, has ended with it.
#[test]
fn a_stream_whose_runtime_has_ended_gives_an_error() {
    let runtime = || tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    for waits in [false, true] {
        let (first, second) = (runtime(), runtime());
        let idle = second.block_on(Idle::start());
        let events = first.block_on(async {
            let watch = Item::watch().give_up_after(LIMIT);
            let mut events = watch.stream(&idle.database().await).await.unwrap();
            if waits {
                let next = tokio::time::timeout(Duration::from_millis(100), events.next()).await;
                assert!(next.is_err());
            }
            events
        });
        drop(first);
        second.block_on(ends_in_time(events));
    }
}

#[test]
fn a_stream_in_a_session_without_a_runtime_gives_an_error() {
    let runtime = || tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let (first, second) = (runtime(), runtime());
    let idle = second.block_on(Idle::start());
    let (mut events, _session) = first.block_on(async {
        let session = idle.database().await.start_session().await.unwrap();
        (Item::watch().stream(&session).await.unwrap(), session)
    });
    drop(first);
    let next = events.next().now_or_never().expect("an answer at once");
    let error = next.expect("an error").unwrap_err();
    assert!(error.to_string().contains("runtime"), "{error}");
}
