//! Connections that are cut before and after the server has applied a command.

use std::time::Duration;

use odm::{ErrorKind, Outcome, bson::Bson, prelude::*};
use tests::{Connect, FailPoint, Lost, Proxy, fallible};

use super::{count, count_all, failure, fill};
use crate::writes::{Counter, counter, fail, numbers, primary, stored};

const STATEMENTS: i64 = 10_000;

#[derive(Model, Clone, Debug, PartialEq)]
#[model(collection = "series")]
struct Series {
    #[model(id)]
    id: i64,
    points: Vec<Point>,
}

#[derive(Embedded, Clone, Debug, PartialEq)]
struct Point {
    x: i32,
    y: i32,
}

/// What goes wrong while the statements are sent.
#[derive(Clone, Copy, Debug)]
enum Fault {
    None,
    Cut(Lost, usize),
    /// The server says that it shuts down.
    Refused(i32),
}

/// Counts `y` up in every point whose `x` is positive.
fn statements() -> odm::operation::Bulk<Series> {
    (0..STATEMENTS).fold(Series::bulk(), |bulk, id| {
        let update = Series::update().filter(|s| s.id().eq(id));
        bulk.update_one(update.inc(|s| s.points().filtered(|p| p.x().gt(0)).y(), 1))
    })
}

async fn values(db: &odm::Database) -> Vec<i32> {
    let series = Series::find().sort(|s| s.id().asc()).all(db).await.unwrap();
    let value = |series: Series| {
        assert_eq!(series.points[0].y, 0, "{series:?}");
        series.points[1].y
    };
    series.into_iter().map(value).collect()
}

/// Each statement is applied once if the bulk says so, at most once if it does not know, and never
/// if it says that it is not.
#[tokio::test]
async fn ten_thousand_statements_are_applied_as_is_told() {
    let proxy = Proxy::before(primary().await).await;
    let name = "ten_thousand_statements";
    let (db, _) = Connect::to(proxy.uri()).app_name(name).database(name).await;
    let points = vec![Point { x: 0, y: 0 }, Point { x: 1, y: 0 }];
    let series: Vec<_> = (0..STATEMENTS).map(|id| Series { id, points: points.clone() }).collect();
    Series::insert_many(&series).run(&db).await.unwrap();
    let mut before = values(&db).await;
    for (fault, succeeds) in [
        (Fault::None, true),
        (Fault::Cut(Lost::Request, 1), true),
        (Fault::Cut(Lost::Reply, 1), true),
        (Fault::Cut(Lost::Request, 2), false),
        (Fault::Cut(Lost::Reply, 2), false),
        (Fault::Refused(1), true),
        (Fault::Refused(2), false),
        (Fault::None, true),
    ] {
        let refusing = match fault {
            Fault::Refused(times) => {
                let point = FailPoint::fail_command(name, &["update"]).error_code(11602);
                let point = point.error_labels(&["RetryableWriteError"]);
                Some(point.times(times).on(primary().await).await)
            }
            Fault::Cut(lost, times) => {
                proxy.cut(lost, times, &["update"]);
                None
            }
            Fault::None => None,
        };
        let written = statements().run(&db).await;
        if let Some(refusing) = refusing {
            refusing.off().await;
        }
        assert_eq!(written.is_ok(), succeeds, "{fault:?}: {written:?}");
        let after = values(&db).await;
        match &written {
            Ok(written) => {
                assert_eq!((written.matched, written.modified), (10_000, 10_000), "{fault:?}");
                assert!(before.iter().zip(&after).all(|(b, a)| b + 1 == *a), "{fault:?}");
            }
            Err(error) => {
                assert_eq!(failure(error).unknown, [0..10_000], "{fault:?}");
                let at_most_once = |(b, a): (&i32, &i32)| b == a || b + 1 == *a;
                assert!(before.iter().zip(&after).all(at_most_once), "{fault:?}");
            }
        }
        before = after;
    }
}

#[tokio::test]
async fn an_upsert_whose_reply_is_lost_is_reported() {
    let proxy = Proxy::before(primary().await).await;
    let (db, commands) = Connect::to(proxy.uri()).database("an_upsert_whose_reply_is_lost").await;
    proxy.cut(Lost::Reply, 1, &["update"]);
    let written = Counter::bulk()
        .update_one(count(4).upsert())
        .replace(Counter::replace(&counter(5, 7)).upsert())
        .run(&db)
        .await
        .unwrap();
    assert_eq!(proxy.cuts(), 1);
    assert_eq!((written.matched, written.upserted), (0, 2));
    assert_eq!(written.upserted_ids, [(0, 4), (1, 5)].into());
    let sent = numbers(&commands.named("update"));
    assert!(sent.len() == 2 && sent[0].is_some() && sent[0] == sent[1], "{sent:?}");
    assert_eq!(stored(&db).await, [counter(4, 1), counter(5, 7)]);
}

#[tokio::test]
async fn two_failures_leave_one_command_unknown_and_the_rest_not_applied() {
    let (db, commands) = fallible("two_failures_of_a_bulk").await;
    fill(&db, 0..4).await;
    commands.clear();
    let closed = fail(&db, "update").close_connection().times(2).on(primary().await).await;
    let delete = Counter::delete().filter(|c| c.id().eq(0));
    let bulk = Counter::bulk().insert(&counter(9, 0)).update_one(count(0)).update_one(count(1));
    let error = bulk.delete_one(delete).insert(&counter(10, 0)).run(&db).await.unwrap_err();
    assert_eq!(closed.off().await, 2);
    let failure = failure(&error);
    assert_eq!((failure.unknown.clone(), failure.not_applied.clone()), (vec![1..3], vec![3..5]));
    assert_eq!((failure.inserted, error.outcome()), (1, Outcome::Partial));
    assert!(matches!(failure.cause.as_deref(), Some(ErrorKind::Unavailable(_))), "{failure:?}");
    assert!(error.as_driver().is_some());
    assert_eq!(commands.names(), ["insert", "update", "update"]);
    let text = error.to_string();
    let rest = "may have been applied: writes 1 to 2; not applied: writes 3 to 4";
    assert!(text.ends_with(rest), "{text}");
}

#[tokio::test]
async fn what_is_on_many_documents_is_sent_once() {
    let (db, commands) = fallible("what_is_on_many_documents").await;
    fill(&db, 0..3).await;
    commands.clear();
    let closed = fail(&db, "update").close_connection().times(1).on(primary().await).await;
    let all = Counter::update().all_documents().inc(|c| c.n(), 1);
    let error = Counter::bulk().update_many(all).update_one(count(1)).run(&db).await.unwrap_err();
    closed.off().await;
    assert_eq!(failure(&error).unknown, [0..1]);
    assert_eq!(failure(&error).not_applied, [1..2]);
    assert_eq!(numbers(&commands.all()), [None]);
    assert!(stored(&db).await.iter().all(|counter| counter.n == 0));
}

#[tokio::test]
async fn a_label_in_a_reply_that_is_no_error_asks_for_a_second_attempt() {
    let (db, commands) = fallible("a_label_in_a_reply").await;
    fill(&db, 0..2).await;
    commands.clear();
    let concern = doc! { "code": 91, "codeName": "ShutdownInProgress", "errmsg": "shutting down" };
    let shut = fail(&db, "update").write_concern_error(concern).times(1).on(primary().await).await;
    let written = count_all(0..2).run(&db).await.unwrap();
    shut.off().await;
    assert_eq!(written.modified, 2);
    let sent = numbers(&commands.all());
    assert!(sent.len() == 2 && sent[0].is_some() && sent[0] == sent[1], "{sent:?}");
    assert_eq!(stored(&db).await, [counter(0, 1), counter(1, 1)]);
}

#[tokio::test]
async fn an_atomic_bulk_is_run_again_when_a_connection_breaks() {
    let proxy = Proxy::before(primary().await).await;
    let (db, commands) = Connect::to(proxy.uri()).database("an_atomic_bulk_that_is_cut").await;
    fill(&db, 0..3).await;
    for (command, lost) in [
        ("update", Lost::Request),
        ("update", Lost::Reply),
        ("delete", Lost::Reply),
        ("commitTransaction", Lost::Reply),
    ] {
        let before = proxy.cuts();
        commands.clear();
        proxy.cut(lost, 1, &[command]);
        let delete = Counter::delete().filter(|c| c.id().eq(7));
        let bulk = count_all(0..3).insert(&counter(7, 0)).delete_one(delete).atomic();
        assert_eq!(bulk.run(&db).await.unwrap().modified, 3, "{command}");
        assert_eq!(proxy.cuts(), before + 1);
    }
    assert_eq!(stored(&db).await, [counter(0, 4), counter(1, 4), counter(2, 4)]);
}

/// The second command of an insertion fails twice; the first one is in.
#[tokio::test]
async fn insert_many_tells_what_went_in_before_the_connection_broke() {
    #[derive(Model)]
    #[model(collection = "larges")]
    struct Large {
        #[model(id)]
        id: i64,
        text: String,
    }
    let (db, commands) = fallible("insert_many_that_is_cut").await;
    let text = "x".repeat(1 << 20);
    let documents: Vec<_> = (0..30).map(|id| Large { id, text: text.clone() }).collect();
    let closed = fail(&db, "insert").close_connection().skip(1).on(primary().await).await;
    let error = Large::insert_many(&documents).run(&db).await.unwrap_err();
    closed.off().await;
    let ErrorKind::InsertMany(failure) = error.kind() else { panic!("{error:?}") };
    assert_eq!(commands.named("insert").len(), 3);
    assert_eq!((failure.inserted.clone(), failure.unknown.clone()), (vec![0..16], vec![16..30]));
    assert!(failure.failures.is_empty() && failure.not_inserted.is_empty());
    assert!(matches!(failure.cause.as_deref(), Some(ErrorKind::Unavailable(_))), "{failure:?}");
    assert_eq!(error.outcome(), Outcome::Partial);
    assert!(error.has_label("RetryableWriteError"), "{error:?}");
    assert_eq!(Large::find().count(&db).await.unwrap(), 16);
}

/// The server hangs: the time is up before there is any answer, and what is known is told.
#[tokio::test]
async fn at_the_end_of_the_time_what_was_done_is_told() {
    let (db, _) = fallible("at_the_end_of_the_time").await;
    fill(&db, 0..2).await;
    let slow = fail(&db, "update").block(Duration::from_secs(3)).times(1).on(primary().await).await;
    let delete = Counter::delete().filter(|c| c.id().eq(0));
    let bulk = Counter::bulk().insert(&counter(9, 0)).update_one(count(0)).delete_one(delete);
    let error = bulk.timeout(Duration::from_millis(500)).run(&db).await.unwrap_err();
    let failure = failure(&error);
    assert_eq!((failure.inserted, failure.unknown.clone()), (1, vec![1..2]));
    assert_eq!(failure.not_applied, [2..3]);
    assert!(matches!(failure.cause.as_deref(), Some(ErrorKind::Timeout)), "{failure:?}");
    slow.off().await;
}

/// A bulk that is dropped in a session ends there; what comes after it waits.
#[tokio::test]
async fn a_dropped_bulk_ends_in_its_session() {
    let (db, _) = fallible("a_dropped_bulk").await;
    fill(&db, 0..3).await;
    let session = db.start_session().await.unwrap();
    let slow = fail(&db, "update").block(Duration::from_millis(600)).times(1);
    let slow = slow.on(primary().await).await;
    let bulk = count_all(0..3).insert(&counter(3, 1)).run(&session);
    tokio::time::timeout(Duration::from_millis(200), bulk).await.unwrap_err();
    assert_eq!(count_all(0..4).run(&session).await.unwrap().modified, 4);
    slow.off().await;
    let counters: Vec<_> = stored(&db).await.iter().map(|counter| counter.n).collect();
    assert_eq!(counters, [2, 2, 2, 2]);
}

#[tokio::test]
async fn upserted_ids_are_told_with_a_failure() {
    let (db, _) = fallible("upserted_ids_with_a_failure").await;
    let closed = fail(&db, "delete").close_connection().times(2).on(primary().await).await;
    let delete = Counter::delete().filter(|c| c.id().eq(0));
    let bulk = Counter::bulk().update_one(count(4).upsert()).delete_one(delete);
    let error = bulk.run(&db).await.unwrap_err();
    closed.off().await;
    assert_eq!(failure(&error).upserted_ids, [(0, Bson::Int64(4))].into());
    assert_eq!(failure(&error).upserted_id::<Counter>(0).unwrap(), Some(4));
}
