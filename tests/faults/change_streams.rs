//! Change streams on servers that fail. Where the driver's own stream goes wrong, it is made to do
//! so beside ours.

pub(super) mod cursors;
mod loops;
mod patience;
mod rules;

use std::{collections::BTreeMap, time::Duration};

use futures::StreamExt;
use mongodb::{
    bson::{Document, doc},
    change_stream::{ChangeStream as DriverStream, event::ChangeStreamEvent},
};
use odm::{
    Database, ErrorKind, Outcome,
    change_stream::{ChangeStream, HISTORY_LOST, OnHistoryLost, StreamStatus},
    error::ChangeStreamFailure,
    prelude::*,
};
use tests::{Commands, Connect, FailPoint, Member, OwnSet, Set, only, shared_set};

#[derive(Model, Clone, Debug, PartialEq)]
#[model(collection = "items")]
struct Item {
    #[model(id)]
    id: i64,
}

/// How long a test waits for what must come.
const PATIENCE: Duration = Duration::from_secs(20);
/// How long it waits for what must not.
const QUIET: Duration = Duration::from_millis(700);

/// A client whose commands can be made to fail, one that writes, and the primary.
async fn two_clients(name: &str) -> (Database, Database, Commands, Member) {
    let set = shared_set().await;
    let (watched, commands) = Connect::to(set.uri()).app_name(name).database(name).await;
    let (writer, _) = Connect::to(set.uri()).database_as_it_is(name).await;
    (watched, writer, commands, set.primary_member().await)
}

async fn insert(db: &Database, ids: impl IntoIterator<Item = i64>) {
    for id in ids {
        Item::insert(&Item { id }).run(db).await.unwrap();
    }
}

fn id(event: ChangeEvent<Item>) -> i64 {
    match event {
        ChangeEvent::Insert(event) => event.id,
        other => panic!("{other:?}"),
    }
}

async fn ours(events: &mut ChangeStream<Item>, count: usize) -> Vec<i64> {
    let mut seen = Vec::new();
    while seen.len() < count {
        let next = tokio::time::timeout(PATIENCE, events.next()).await;
        seen.push(id(next.expect("an event in time").expect("no end").expect("no error")));
    }
    let more = tokio::time::timeout(QUIET, events.next()).await;
    assert!(more.is_err(), "{more:?} after {seen:?}");
    seen
}

/// What the driver's stream gives, errors left out, until it is quiet or ends.
async fn drivers(events: &mut DriverStream<ChangeStreamEvent<Document>>) -> Vec<i64> {
    let mut seen = Vec::new();
    while let Ok(Some(event)) = tokio::time::timeout(Duration::from_secs(3), events.next()).await {
        let document = event.ok().and_then(|event| event.full_document);
        seen.extend(document.and_then(|document| document.get_i64("_id").ok()));
    }
    seen
}

/// The connection breaks at the `getMore`, and again at the `aggregate` that resumes.
fn breaks_twice(app_name: &str) -> FailPoint {
    FailPoint::fail_command(app_name, &["getMore", "aggregate"]).close_connection().times(2)
}

/// F1: the token is on every attempt, also when the `aggregate` of a resume is itself repeated.
#[tokio::test]
async fn f1_a_resume_that_breaks_itself_loses_nothing() {
    let (watched, writer, commands, primary) = two_clients("f1_a_resume").await;
    let mut events = Item::watch().stream(&watched).await.unwrap();
    insert(&writer, [1]).await;
    assert_eq!(id(events.next().await.unwrap().unwrap()), 1);
    let fail = breaks_twice(watched.name()).on(primary).await;
    insert(&writer, 2..=20).await;
    assert_eq!(ours(&mut events, 19).await, (2..=20).collect::<Vec<_>>());
    assert_eq!(fail.off().await, 2);
    let opened = commands.named("aggregate");
    let stage = |command: &Document| {
        let pipeline = command.get_array("pipeline").unwrap();
        pipeline[0].as_document().unwrap().get_document("$changeStream").unwrap().clone()
    };
    assert!(opened.len() >= 3, "{opened:?}");
    assert!(opened[1..].iter().all(|command| stage(command).contains_key("resumeAfter")));
}

#[tokio::test]
async fn f1_the_driver_loses_events_there() {
    let (watched, writer, _, primary) = two_clients("f1_the_driver_loses").await;
    let collection = watched.as_driver().collection::<Document>("items");
    let mut events = collection.watch().await.unwrap();
    insert(&writer, [1]).await;
    assert!(events.next().await.unwrap().is_ok());
    let fail = breaks_twice(watched.name()).on(primary).await;
    insert(&writer, 2..=5).await;
    let seen = drivers(&mut events).await;
    drop(fail);
    assert_ne!(seen, [2, 3, 4, 5], "the driver was mended: this test can go");
}

/// F2: a resume that fails for longer than one attempt is tried again, from the same token.
#[tokio::test]
async fn f2_an_outage_of_many_attempts_loses_nothing() {
    let (watched, writer, _, primary) = two_clients("f2_an_outage").await;
    let mut events = Item::watch().stream(&watched).await.unwrap();
    insert(&writer, [1]).await;
    assert_eq!(id(events.next().await.unwrap().unwrap()), 1);
    let mut status = events.status();
    let fail = FailPoint::fail_command(watched.name(), &["getMore", "aggregate"]);
    let fail = fail.error_code(91).on(primary).await;
    insert(&writer, 2..=4).await;
    let reader = tokio::spawn(async move {
        let seen = ours(&mut events, 3).await;
        (seen, events)
    });
    let many =
        |status: &StreamStatus| matches!(status, StreamStatus::Resuming { attempt: 3.., .. });
    status.wait_for(many).await.unwrap();
    fail.off().await;
    let (seen, _events) = reader.await.unwrap();
    assert_eq!(seen, [2, 3, 4]);
    assert!(matches!(*status.borrow(), StreamStatus::Live));
}

/// The driver's stream is dead for good after one resume that fails.
#[tokio::test]
async fn f2_the_drivers_stream_is_dead_there() {
    let (watched, writer, _, primary) = two_clients("f2_the_drivers").await;
    let collection = watched.as_driver().collection::<Document>("items");
    let mut events = collection.watch().await.unwrap();
    insert(&writer, [1]).await;
    assert!(events.next().await.unwrap().is_ok());
    let fail = FailPoint::fail_command(watched.name(), &["getMore", "aggregate"]);
    let fail = fail.close_connection().times(3).on(primary).await;
    insert(&writer, 2..=4).await;
    let mut seen = Vec::new();
    for _ in 0..10 {
        match tokio::time::timeout(Duration::from_secs(15), events.next()).await {
            Ok(Some(Ok(event))) => seen.push(event.full_document.unwrap().get_i64("_id").unwrap()),
            Ok(Some(Err(_))) => {}
            Ok(None) | Err(_) => break,
        }
    }
    drop(fail);
    assert_ne!(seen, [2, 3, 4], "the driver was mended: this test can go");
}

/// No hot loop: an outage of two seconds takes a handful of attempts, not hundreds.
#[tokio::test]
async fn attempts_to_resume_are_few() {
    let (watched, writer, commands, primary) = two_clients("attempts_to_resume").await;
    let mut events = Item::watch().stream(&watched).await.unwrap();
    let fail = FailPoint::fail_command(watched.name(), &["getMore"]);
    let fail = fail.error_code(11602).error_labels(&["ResumableChangeStreamError"]);
    let fail = fail.on(primary).await;
    commands.clear();
    let torn = tokio::time::timeout(Duration::from_secs(2), events.next()).await;
    assert!(torn.is_err());
    let attempts = commands.named("aggregate").len();
    assert!((2..=12).contains(&attempts), "{attempts} attempts");
    fail.off().await;
    insert(&writer, [1]).await;
    assert_eq!(ours(&mut events, 1).await, [1]);
}

/// A user's limit on that: then the failure is the stream's end.
#[tokio::test]
async fn resuming_is_given_up_after_the_users_limit() {
    let (watched, _, _, primary) = two_clients("resuming_is_given_up").await;
    let watch = Item::watch().give_up_after(Duration::from_secs(1));
    let mut events = watch.stream(&watched).await.unwrap();
    let fail = FailPoint::fail_command(watched.name(), &["getMore", "aggregate"]);
    let fail = fail.error_code(91).on(primary).await;
    let next = tokio::time::timeout(Duration::from_secs(30), events.next()).await;
    let error = next.expect("an end in time").unwrap().unwrap_err();
    fail.off().await;
    assert_eq!(error.code(), Some(91));
    assert!(events.next().await.is_none());
    assert!(matches!(*events.status().borrow(), StreamStatus::Ended));
}

/// B6 (vi): an error that no repetition mends is the end at once.
#[tokio::test]
async fn b6_an_error_that_cannot_be_mended_ends_the_stream() {
    let (watched, _, commands, primary) = two_clients("b6_an_error_that").await;
    let fail = FailPoint::fail_command(watched.name(), &["aggregate"]).error_code(2).times(1);
    let fail = fail.on(primary).await;
    commands.clear();
    let error = Item::watch().stream(&watched).await.unwrap_err();
    assert_eq!((error.code(), commands.named("aggregate").len()), (Some(2), 1));
    fail.off().await;

    let mut events = Item::watch().stream(&watched).await.unwrap();
    let fail = FailPoint::fail_command(watched.name(), &["getMore"]).error_code(2).times(1);
    let fail = fail.on(primary).await;
    commands.clear();
    let error = events.next().await.unwrap().unwrap_err();
    assert_eq!((error.code(), commands.names()), (Some(2), vec!["getMore".to_owned()]));
    assert!(events.next().await.is_none());
    fail.off().await;
}

/// B6 (i): the cursor is killed under the stream.
#[tokio::test]
async fn b6_a_killed_cursor_is_opened_again() {
    let (watched, writer, commands, _) = two_clients("b6_a_killed_cursor").await;
    let watch = Item::watch().max_await_time(Duration::from_millis(50));
    let mut events = watch.stream(&watched).await.unwrap();
    assert!(events.next_if_any().await.unwrap().is_none());
    let get_more = commands.named("getMore").pop().unwrap();
    let cursor = get_more.get_i64("getMore").unwrap();
    let kill = doc! { "killCursors": "items", "cursors": [cursor] };
    writer.as_driver().run_command(kill).await.unwrap();
    insert(&writer, [1]).await;
    commands.clear();
    assert_eq!(ours(&mut events, 1).await, [1]);
    let names = commands.names();
    let names: Vec<_> = names.iter().filter(|name| *name != "killCursors").collect();
    assert_eq!(names[..2], ["getMore", "aggregate"], "{names:?}");
}

/// B6 (iii): the server says that the stream can be resumed.
#[tokio::test]
async fn b6_a_labelled_error_resumes() {
    let (watched, writer, _, primary) = two_clients("b6_a_labelled_error").await;
    let mut events = Item::watch().stream(&watched).await.unwrap();
    let fail = FailPoint::fail_command(watched.name(), &["getMore"]);
    let fail = fail.error_code(280_000).error_labels(&["ResumableChangeStreamError"]).times(1);
    let fail = fail.on(primary).await;
    insert(&writer, [1]).await;
    assert_eq!(ours(&mut events, 1).await, [1]);
    assert_eq!(fail.off().await, 1);
}

/// The last batch before an invalidate is delivered, though its cursor is closed already.
#[tokio::test]
async fn the_last_batch_is_delivered() {
    let (watched, writer, _, _) = two_clients("the_last_batch").await;
    let mut events = Item::watch().stream(&watched).await.unwrap();
    insert(&writer, [1, 2]).await;
    writer.collection::<Item>().drop().await.unwrap();
    let mut seen = Vec::new();
    while let Some(event) = events.next().await {
        seen.push(event.unwrap().operation().to_string());
    }
    assert_eq!(seen, ["insert", "insert", "drop", "invalidate"]);
}

/// As its documentation says to read it, the driver's stream loses that batch.
#[tokio::test]
async fn the_driver_loses_the_last_batch() {
    let (watched, writer, _, _) = two_clients("the_driver_loses_the").await;
    let collection = watched.as_driver().collection::<Document>("items");
    let mut events = collection.watch().await.unwrap();
    insert(&writer, [1, 2]).await;
    writer.collection::<Item>().drop().await.unwrap();
    let mut seen = 0;
    while events.is_alive() {
        seen += usize::from(events.next_if_any().await.unwrap().is_some());
    }
    assert!(seen < 4, "the driver was mended: this test can go");
}

/// The cursors of a database's collections that a member has, and what it does there just now.
///
/// Not `metrics.cursor.open`: that counts the cursors by which members read each other's oplog, too,
/// and they come and go.
pub(super) async fn open_cursors(member: Member, database: &str) -> usize {
    let ours = doc! { "ns": { "$regex": format!("^{database}\\.") } };
    let current = doc! { "$currentOp": { "allUsers": true, "idleCursors": true } };
    let all = doc! {
        "aggregate": 1, "pipeline": [current, { "$match": ours }], "cursor": {},
        "$readPreference": { "mode": "nearest" },
    };
    let reply = member.run(all).await;
    reply.get_document("cursor").unwrap().get_array("firstBatch").unwrap().len()
}

/// F6: dropped, the cursor is closed on the secondary where it lives.
#[tokio::test]
async fn f6_a_cursor_on_a_secondary_is_closed_there() {
    let set = OwnSet::start().await;
    set.tag_members().await;
    let secondary = set.follower().await;
    let member = set.member(secondary);
    let (db, _) = Connect::to(set.uri()).app_name("f6").database("f6_a_cursor_on").await;
    insert(&db, [1]).await;
    let watch = || Item::watch().read_preference(only(secondary));
    for torn in [false, true] {
        let mut events = watch().stream(&db).await.unwrap();
        cursors::are_open(member, db.name(), 1).await;
        if torn {
            let next = tokio::time::timeout(Duration::from_millis(100), events.next()).await;
            assert!(next.is_err());
        }
        drop(events);
        cursors::nothing_is_open(member, db.name()).await;
    }
}

#[tokio::test]
async fn f6_the_driver_leaves_it_open() {
    let set = OwnSet::start().await;
    set.tag_members().await;
    let secondary = set.follower().await;
    let member = set.member(secondary);
    let (db, _) = Connect::to(set.uri()).app_name("f6").database("f6_the_driver").await;
    insert(&db, [1]).await;
    let tags = [("member".to_owned(), secondary.to_string())].into();
    let options = mongodb::options::ReadPreferenceOptions::builder().tag_sets(vec![tags]).build();
    let preference = mongodb::options::ReadPreference::secondary(options);
    let collection = db.as_driver().collection::<Document>("items");
    let find = collection.aggregate([doc! { "$changeStream": {} }]);
    let find =
        find.selection_criteria(mongodb::options::SelectionCriteria::ReadPreference(preference));
    let cursor = find.batch().await.unwrap();
    cursors::are_open(member, db.name(), 1).await;
    drop(cursor);
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(open_cursors(member, db.name()).await, 1, "the driver was mended: this test can go");
}

/// B6 (v): elections and kills under a writer.
async fn survives(name: &str, faults: impl FnOnce(&std::sync::Arc<OwnSet>) -> tests::Faults) {
    let set = OwnSet::start().await;
    let (watched, _) = Connect::to(set.uri()).app_name(name).database(name).await;
    let (writer, _) = Connect::to(set.uri()).app_name(name).database_as_it_is(name).await;
    let writer = writer.with_write_concern(odm::options::WriteConcern::majority());
    insert(&writer, [0]).await;
    let mut events = Item::watch().stream(&watched).await.unwrap();
    let mut faults = faults(&set);
    let writing = tokio::spawn(async move {
        let (mut id, mut written) = (0, BTreeMap::new());
        loop {
            id += 1;
            let insert = Item::insert(&Item { id }).run(&writer).await;
            written.insert(id, insert.map(drop));
            if faults.made() >= 4 && id >= 500 {
                break;
            }
        }
        faults.at_least(4).await;
        faults.stop().await;
        insert(&writer, [-1]).await;
        written
    });
    let mut seen = Vec::new();
    loop {
        let next = tokio::time::timeout(Duration::from_secs(60), events.next()).await;
        match id(next.expect("an event in time").expect("no end").expect("no error")) {
            -1 => break,
            id => seen.push(id),
        }
    }
    let written = writing.await.unwrap();
    let sorted: Vec<_> =
        seen.iter().copied().collect::<std::collections::BTreeSet<_>>().into_iter().collect();
    assert_eq!(seen, sorted, "each once, and in order");
    for (id, outcome) in written {
        match outcome {
            Ok(()) => assert!(sorted.binary_search(&id).is_ok(), "{id} is missing"),
            // Applied, but not by a majority: an election may undo it.
            Err(error) if [Outcome::Unknown, Outcome::Applied].contains(&error.outcome()) => {}
            Err(error) => {
                assert!(sorted.binary_search(&id).is_err(), "{id} was not written: {error:?}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn b6_step_downs_lose_and_double_nothing() {
    survives("b6_step_downs", |set| tests::Faults::step_downs(set, Duration::from_secs(2))).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn b6_killed_primaries_lose_and_double_nothing() {
    survives("b6_killed_primaries", |set| tests::Faults::kills(set, Duration::from_secs(2))).await;
}

/// B10: history that is gone is an error of its own, whenever it turns out.
#[tokio::test]
async fn b10_lost_history_is_an_error_of_its_own() {
    let (watched, writer, commands, primary) = two_clients("b10_lost_history").await;
    let lost = |error: odm::Error| match error.kind() {
        ErrorKind::ChangeStream { failure, .. } => *failure == ChangeStreamFailure::HistoryLost,
        _ => false,
    };
    for code in [136, 286] {
        let fail = FailPoint::fail_command(watched.name(), &["aggregate"]).error_code(code);
        let fail = fail.times(1).on(primary).await;
        assert!(lost(Item::watch().stream(&watched).await.unwrap_err()));
        fail.off().await;
    }
    // 136: the oplog has rolled over the place of a cursor that nobody has read from for long.
    for code in [136, 280, 286] {
        let mut events = Item::watch().stream(&watched).await.unwrap();
        let fail = FailPoint::fail_command(watched.name(), &["getMore"]).error_code(code);
        let fail = fail.times(1).on(primary).await;
        insert(&writer, [i64::from(code)]).await;
        assert!(lost(events.next().await.unwrap().unwrap_err()), "{code}");
        assert!(events.next().await.is_none());
        fail.off().await;
    }
    // The cursor is gone, and when the stream is opened again, so is its place.
    for code in [136, 286] {
        let mut events = Item::watch().stream(&watched).await.unwrap();
        let fail = FailPoint::fail_command(watched.name(), &["getMore", "aggregate"]);
        let resumable = fail.clone().error_code(43).times(1);
        let enabled = resumable.on(primary).await;
        let (handle, then) = (enabled.handle(), fail.error_code(code).times(1));
        commands.then_once("getMore", move || then.replace_blocking(&handle));
        assert!(lost(events.next().await.unwrap().unwrap_err()), "{code}");
        drop(enabled);
    }
}

/// B10: or it is reported, and the stream goes on from now.
#[tokio::test]
async fn b10_lost_history_can_be_an_event() {
    let (watched, writer, _, primary) = two_clients("b10_lost_history_can").await;
    let watch = || Item::watch().on_history_lost(OnHistoryLost::RestartFromNow);
    let mut events = watch().stream(&watched).await.unwrap();
    let fail = FailPoint::fail_command(watched.name(), &["getMore"]).error_code(286).times(1);
    let fail = fail.on(primary).await;
    let Some(Ok(ChangeEvent::Other(event))) = events.next().await else { panic!() };
    assert!(event.is_history_lost());
    assert_eq!(event.operation, HISTORY_LOST);
    assert!(event.operation_description().unwrap().get_str("error").unwrap().contains("286"));
    fail.off().await;
    insert(&writer, [1]).await;
    assert_eq!(ours(&mut events, 1).await, [1]);
    // The token of the report is that of the new beginning.
    let mut again = Item::watch().resume_after(event.meta.token).stream(&watched).await.unwrap();
    assert_eq!(ours(&mut again, 1).await, [1]);

    let fail = FailPoint::fail_command(watched.name(), &["aggregate"]).error_code(286).times(1);
    let fail = fail.on(primary).await;
    let token = events.resume_token().unwrap();
    let mut events = watch().resume_after(token).stream(&watched).await.unwrap();
    fail.off().await;
    assert!(matches!(events.next().await, Some(Ok(ChangeEvent::Other(_)))));
}

/// A missing right is said at once, not retried.
#[tokio::test]
async fn a_standalone_server_is_named() {
    let (watched, _, _, primary) = two_clients("a_standalone_server").await;
    let fail = FailPoint::fail_command(watched.name(), &["aggregate"]).error_code(40573).times(1);
    let fail = fail.on(primary).await;
    let error = Item::watch().stream(&watched).await.unwrap_err();
    fail.off().await;
    assert!(matches!(error.kind(), ErrorKind::Server(_)), "{error:?}");
    assert!(error.to_string().starts_with("cannot watch a_standalone_server.items: "), "{error}");
}
