//! Change streams against the real server, by the numbers of the promises.

use std::{sync::Arc, time::Duration};

use futures::{StreamExt, TryStreamExt};
use odm::{
    Database, ErrorKind,
    bson::{Bson, Document},
    change_stream::{Delivery, Operation, ResumeToken, StreamStatus},
    error::ChangeStreamFailure,
    prelude::*,
};
use tests::{Commands, database, number, recorded};

#[derive(Model, Clone, Debug, PartialEq)]
#[model(collection = "items")]
struct Item {
    #[model(id)]
    id: i64,
    name: String,
    tags: Vec<String>,
}

#[derive(Model, Clone, Debug, PartialEq)]
#[model(collection = "others")]
struct Other {
    #[model(id)]
    id: i64,
}

#[derive(Model, Clone, Debug, PartialEq)]
#[model(collection = "imaged", pre_and_post_images)]
struct Imaged {
    #[model(id)]
    id: i64,
    n: i32,
}

fn item(id: i64) -> Item {
    Item { id, name: format!("item {id}"), tags: vec!["a".into(), "b".into()] }
}

async fn insert(db: &Database, ids: impl IntoIterator<Item = i64>) {
    for id in ids {
        Item::insert(&item(id)).run(db).await.unwrap();
    }
}

/// Commands that open or read the stream.
fn of_streams(commands: &Commands) -> Vec<Document> {
    let all = commands.all().into_iter();
    all.filter(|c| c.contains_key("aggregate") || c.contains_key("getMore")).collect()
}

fn inserted(event: ChangeEvent<Item>) -> i64 {
    match event {
        ChangeEvent::Insert(event) => event.id,
        other => panic!("{other:?}"),
    }
}

/// B1: the cursor exists when the stream is returned.
#[tokio::test]
async fn b1_a_write_right_after_opening_is_seen() {
    let db = database("b1_a_write_right_after").await;
    let mut events = Item::watch().stream(&db).await.unwrap();
    insert(&db, [1]).await;
    assert_eq!(inserted(events.next().await.unwrap().unwrap()), 1);
}

/// B2: it waits as long as it takes.
#[tokio::test]
async fn b2_an_idle_stream_stays_pending() {
    let db = database("b2_an_idle_stream").await;
    let watch = Item::watch().max_await_time(Duration::from_millis(100));
    let mut events = watch.stream(&db).await.unwrap();
    let idle = tokio::time::timeout(Duration::from_millis(600), events.next()).await;
    assert!(idle.is_err());
    insert(&db, [1, 2]).await;
    let two: Vec<_> = events.take(2).map_ok(inserted).try_collect().await.unwrap();
    assert_eq!(two, [1, 2]);
}

/// B3: the server decides what comes; the pipeline is the one that was built.
#[tokio::test]
async fn b3_filters_run_on_the_server() {
    let (db, commands) = recorded("b3_filters_run").await;
    let watch = Item::watch().filter(|e| e.operation().eq(Operation::Insert));
    let pipeline = watch.as_pipeline().unwrap();
    let mut events = watch.stream(&db).await.unwrap();
    let sent = of_streams(&commands)[0].get_array("pipeline").unwrap().clone();
    assert_eq!(sent, pipeline.into_iter().map(Bson::from).collect::<Vec<_>>());
    insert(&db, [1]).await;
    Item::delete().filter(|i| i.id().eq(1)).one(&db).await.unwrap();
    insert(&db, [2]).await;
    assert_eq!(inserted(events.next().await.unwrap().unwrap()), 1);
    assert_eq!(inserted(events.next().await.unwrap().unwrap()), 2);
}

/// B4: what comes with an update.
#[tokio::test]
async fn b4_a_looked_up_document_may_be_gone() {
    let db = database("b4_a_looked_up_document").await;
    let plain = Item::watch().stream(&db).await.unwrap();
    let watch = Item::watch().full_document(FullDocument::UpdateLookup);
    let looked_up = watch.stream(&db).await.unwrap();
    insert(&db, [1, 2]).await;
    for id in [1, 2] {
        let rename = Item::update().filter(|i| i.id().eq(id)).set(|i| i.name(), "new");
        rename.one(&db).await.unwrap();
    }
    Item::delete().filter(|i| i.id().eq(1)).one(&db).await.unwrap();
    let updates = |events: Vec<ChangeEvent<Item>>| {
        let updates = events.into_iter().filter_map(|event| match event {
            ChangeEvent::Update(event) => {
                let name = event.changes.get(|i| i.name()).unwrap();
                Some((event.id, name, event.document.map(|document| document.name)))
            }
            _ => None,
        });
        updates.collect::<Vec<_>>()
    };
    let new = Some("new".to_owned());
    let events: Vec<_> = looked_up.take(5).try_collect().await.unwrap();
    assert_eq!(updates(events), [(1, new.clone(), None), (2, new.clone(), new.clone())]);
    let events: Vec<_> = plain.take(5).try_collect().await.unwrap();
    assert_eq!(updates(events), [(1, new.clone(), None), (2, new, None)]);
}

/// B4: images that the model asks its collection to keep.
#[tokio::test]
async fn b4_images_are_of_the_moment() {
    let db = database("b4_images_are_of").await;
    let watch = Imaged::watch()
        .full_document(FullDocument::Required)
        .full_document_before_change(FullDocumentBeforeChange::Required);
    let mut events = watch.stream(&db).await.unwrap();
    Imaged::insert(&Imaged { id: 1, n: 1 }).run(&db).await.unwrap();
    let bump = Imaged::update().filter(|i| i.id().eq(1)).inc(|i| i.n(), 1);
    bump.clone().one(&db).await.unwrap();
    bump.one(&db).await.unwrap();
    Imaged::delete().filter(|i| i.id().eq(1)).one(&db).await.unwrap();
    assert!(matches!(events.next().await, Some(Ok(ChangeEvent::Insert(_)))));
    for n in [1, 2] {
        let Some(Ok(ChangeEvent::Update(event))) = events.next().await else { panic!() };
        assert_eq!(event.before, Some(Imaged { id: 1, n }));
        assert_eq!(event.document, Some(Imaged { id: 1, n: n + 1 }));
    }
    let Some(Ok(ChangeEvent::Delete(event))) = events.next().await else { panic!() };
    assert_eq!(event.before, Some(Imaged { id: 1, n: 3 }));
}

/// B4: an image that must be there and is not is an error of its own, and the end.
#[tokio::test]
async fn b4_a_required_image_that_is_missing_ends_the_stream() {
    let db = database("b4_a_required_image").await;
    insert(&db, [1]).await;
    let watch = Item::watch().full_document_before_change(FullDocumentBeforeChange::Required);
    let mut events = watch.stream(&db).await.unwrap();
    Item::delete().filter(|i| i.id().eq(1)).one(&db).await.unwrap();
    let error = events.next().await.unwrap().unwrap_err();
    assert!(is(&error, ChangeStreamFailure::MissingImage), "{error:?}");
    assert!(error.to_string().starts_with(
        "cannot watch b4_a_required_image.items: a required image of the document was not stored: "
    ));
    assert!(events.next().await.is_none());
    assert!(events.next().await.is_none());
}

fn is(error: &odm::Error, expected: ChangeStreamFailure) -> bool {
    matches!(error.kind(), ErrorKind::ChangeStream { failure, .. } if *failure == expected)
}

/// B7: the application goes on where it was.
#[tokio::test]
async fn b7_a_stream_goes_on_after_a_token() {
    let db = database("b7_a_stream_goes_on").await;
    let mut events = Item::watch().stream(&db).await.unwrap();
    insert(&db, 1..=3).await;
    let first = events.next().await.unwrap().unwrap();
    let token = first.token().clone();
    drop(events);
    let text = serde_json::to_string(&token).unwrap();
    let token: ResumeToken = serde_json::from_str(&text).unwrap();
    let rest = Item::watch().resume_after(token).stream(&db).await.unwrap();
    let rest: Vec<_> = rest.take(2).map_ok(inserted).try_collect().await.unwrap();
    assert_eq!(rest, [2, 3]);
}

/// B7: the token of a stream is exact in the middle of a batch.
#[tokio::test]
async fn b7_the_token_of_a_stream_is_that_of_what_was_given() {
    let db = database("b7_the_token_of").await;
    let start = Item::watch().stream(&db).await.unwrap();
    let token = start.resume_token().unwrap();
    insert(&db, 1..=5).await;
    let mut events = Item::watch().resume_after(token).stream(&db).await.unwrap();
    for seen in 0..=5 {
        let token = events.resume_token().unwrap();
        let rest = Item::watch().resume_after(token).stream(&db).await.unwrap();
        let left = 5 - seen as usize;
        let rest: Vec<_> = rest.take(left).map_ok(inserted).try_collect().await.unwrap();
        assert_eq!(rest, (seen + 1..=5).collect::<Vec<_>>());
        if seen < 5 {
            assert_eq!(inserted(events.next().await.unwrap().unwrap()), seen + 1);
        }
    }
}

/// B8: it moves on while nothing happens here.
#[tokio::test]
async fn b8_the_token_advances_without_events() {
    let db = database("b8_the_token_advances").await;
    let watch = Item::watch().max_await_time(Duration::from_millis(50));
    let mut events = watch.stream(&db).await.unwrap();
    let before = events.resume_token().unwrap();
    Other::insert(&Other { id: 1 }).run(&db).await.unwrap();
    while events.resume_token() == Some(before.clone()) {
        assert!(events.next_if_any().await.unwrap().is_none());
    }
    let after = events.resume_token().unwrap();
    insert(&db, [1]).await;
    let mut again = Item::watch().resume_after(after).stream(&db).await.unwrap();
    assert_eq!(inserted(again.next().await.unwrap().unwrap()), 1);
}

/// B9: a pipeline that takes the token away.
#[tokio::test]
async fn b9_without_a_token_the_stream_ends_with_an_error() {
    let db = database("b9_without_a_token").await;
    let watch = Item::watch().raw(doc! { "$project": { "_id": 0 } });
    let mut events = watch.stream(&db).await.unwrap();
    insert(&db, [1]).await;
    let error = events.next().await.unwrap().unwrap_err();
    assert!(is(&error, ChangeStreamFailure::MissingToken), "{error:?}");
    assert!(events.next().await.is_none());
}

/// B10: tokens that are none.
#[tokio::test]
async fn b10_a_bad_token_has_a_kind_of_its_own() {
    let db = database("b10_a_bad_token").await;
    let bogus: ResumeToken = "8263".parse().unwrap();
    let error = Item::watch().resume_after(bogus).stream(&db).await.unwrap_err();
    assert!(is(&error, ChangeStreamFailure::InvalidToken), "{error:?}");
}

/// B11: closing is the end, and leaves nothing on the server.
#[tokio::test]
async fn b11_closing_waits_until_the_cursor_is_gone() {
    let (db, commands) = recorded("b11_closing_waits").await;
    let events = Item::watch().stream(&db).await.unwrap();
    events.close().await;
    let kills = commands.all().into_iter().filter(|c| c.contains_key("killCursors")).count();
    assert!(kills >= 1, "{:?}", commands.names());
}

/// B12: what is watched goes away.
#[tokio::test]
async fn b12_a_drop_is_followed_by_an_invalidate_and_the_end() {
    let db = database("b12_a_drop_is_followed").await;
    let mut events = Item::watch().stream(&db).await.unwrap();
    let status = events.status();
    insert(&db, [1]).await;
    db.collection::<Item>().drop().await.unwrap();
    assert_eq!(inserted(events.next().await.unwrap().unwrap()), 1);
    assert!(matches!(events.next().await, Some(Ok(ChangeEvent::Drop(_)))));
    assert!(matches!(events.next().await, Some(Ok(ChangeEvent::Invalidate(_)))));
    let token = events.resume_token().unwrap();
    assert!(events.next().await.is_none());
    assert!(matches!(*status.borrow(), StreamStatus::Ended));

    let error = Item::watch().resume_after(token.clone()).stream(&db).await.unwrap_err();
    assert!(is(&error, ChangeStreamFailure::InvalidToken), "{error:?}");
    insert(&db, [2]).await;
    let mut again = Item::watch().start_after(token).stream(&db).await.unwrap();
    assert_eq!(inserted(again.next().await.unwrap().unwrap()), 2);
}

/// B12: or goes on with what comes in its place.
#[tokio::test]
async fn b12_a_stream_goes_past_an_invalidate_if_asked() {
    let db = database("b12_a_stream_goes_past").await;
    let mut events = Item::watch().continue_after_invalidate().stream(&db).await.unwrap();
    for id in [1, 2] {
        insert(&db, [id]).await;
        db.collection::<Item>().drop().await.unwrap();
        assert_eq!(inserted(events.next().await.unwrap().unwrap()), id);
        assert!(matches!(events.next().await, Some(Ok(ChangeEvent::Drop(_)))));
        assert!(matches!(events.next().await, Some(Ok(ChangeEvent::Invalidate(_)))));
    }
}

#[tokio::test]
async fn a_filter_lets_the_invalidate_through() {
    let db = database("a_filter_lets_the_invalidate").await;
    let watch = Item::watch().filter(|e| e.operation().eq(Operation::Delete));
    let mut events = watch.stream(&db).await.unwrap();
    insert(&db, [1]).await;
    db.collection::<Item>().drop().await.unwrap();
    assert!(matches!(events.next().await, Some(Ok(ChangeEvent::Invalidate(_)))));
    assert!(events.next().await.is_none());
}

/// B13: a look at what there is costs one round trip.
#[tokio::test]
async fn b13_a_look_sends_one_get_more() {
    let (db, commands) = recorded("b13_a_look_sends").await;
    let watch = Item::watch().max_await_time(Duration::from_millis(50));
    let mut events = watch.stream(&db).await.unwrap();
    for _ in 0..3 {
        commands.clear();
        assert!(events.next_if_any().await.unwrap().is_none());
        assert_eq!(of_streams(&commands).len(), 1);
        assert!(of_streams(&commands)[0].contains_key("getMore"));
    }
    insert(&db, [1, 2]).await;
    let mut found = Vec::new();
    while found.len() < 2 {
        found.extend(events.next_if_any().await.unwrap().map(inserted));
    }
    assert_eq!(found, [1, 2]);
}

/// B14: options reach the wire.
#[tokio::test]
async fn b14_options_reach_the_wire() {
    let (db, commands) = recorded("b14_options_reach").await;
    let collation = odm::options::Collation::builder().locale("de").build();
    let watch = Item::watch()
        .batch_size(7)
        .max_await_time(Duration::from_millis(123))
        .collation(collation)
        .comment("here")
        .show_expanded_events()
        .full_document_before_change(FullDocumentBeforeChange::WhenAvailable);
    let mut events = watch.stream(&db).await.unwrap();
    events.next_if_any().await.unwrap();
    let sent = of_streams(&commands);
    let stage = sent[0].get_array("pipeline").unwrap()[0].as_document().unwrap();
    let stage = stage.get_document("$changeStream").unwrap();
    assert!(stage.get_bool("showExpandedEvents").unwrap());
    assert_eq!(stage.get_str("fullDocumentBeforeChange").unwrap(), "whenAvailable");
    assert_eq!(sent[0].get_document("cursor").unwrap().get_i32("batchSize").unwrap(), 7);
    assert_eq!(sent[0].get_document("collation").unwrap().get_str("locale").unwrap(), "de");
    assert_eq!(sent[0].get_str("comment").unwrap(), "here");
    assert_eq!(number(&sent[1], "maxTimeMS"), Some(123));
    assert_eq!(number(&sent[1], "batchSize"), Some(7));
}

/// Numbers that no server can be told are refused here; those that are only for this side mean as
/// much as there can be.
#[tokio::test]
async fn numbers_out_of_range_are_no_panic() {
    let (db, commands) = recorded("numbers_out_of_range").await;
    for watch in [
        Item::watch().max_await_time(Duration::MAX),
        Item::watch().batch_size(u32::MAX),
        Item::watch().give_up_after(Duration::MAX).max_await_time(Duration::MAX),
    ] {
        let error = watch.clone().stream(&db).await.unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Invalid(_)), "{error:?}");
    }
    assert!(commands.all().is_empty());
    let whole = db.watch().max_await_time(Duration::MAX).stream().await.unwrap_err();
    assert!(matches!(whole.kind(), ErrorKind::Invalid(_)), "{whole:?}");
    for capacity in [0, usize::MAX] {
        let watch = Item::watch().give_up_after(Duration::MAX).batch_size(0);
        let watch = watch.max_await_time(Duration::from_millis(i32::MAX.unsigned_abs().into()));
        let fan_out = watch.stream(&db).await.unwrap().fan_out(capacity);
        let mut subscription = fan_out.subscribe();
        insert(&db, [if capacity == 0 { 1 } else { 2 }]).await;
        assert!(matches!(subscription.next().await, Some(Ok(Delivery::Event(_)))));
        fan_out.close().await;
    }
    // No time at all is not an answer's time, but it is a time.
    let none = Item::watch().give_up_after(Duration::ZERO).max_await_time(Duration::ZERO);
    let error = none.stream(&db).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Unavailable(_)), "{error:?}");
}

/// B15: in a session of the user's, with other operations in between.
#[tokio::test]
async fn b15_a_stream_in_a_session_uses_its_id() {
    let (db, commands) = recorded("b15_a_stream_in").await;
    let session = db.start_session().await.unwrap();
    let watch = Item::watch().max_await_time(Duration::from_millis(50));
    let mut events = watch.stream(&session).await.unwrap();
    for id in 1..=5 {
        Item::insert(&item(id)).run(&session).await.unwrap();
        let torn = tokio::time::timeout(Duration::from_millis(1), events.next()).await;
        let id_seen = match torn {
            Ok(event) => inserted(event.unwrap().unwrap()),
            Err(_) => inserted(events.next().await.unwrap().unwrap()),
        };
        assert_eq!(id_seen, id);
    }
    let lsids: Vec<_> = commands.all().iter().map(|c| c.get("lsid").cloned()).collect();
    assert!(lsids[0].is_some() && lsids.iter().all(|lsid| *lsid == lsids[0]), "{lsids:?}");
    let tx = session.start_transaction().await.unwrap();
    let error = Item::watch().stream(&tx).await.unwrap_err();
    assert_eq!(error.to_string(), "a change stream cannot run in a transaction");
}

/// B16: a whole database, a whole deployment.
#[tokio::test]
async fn b16_several_models_are_told_apart() {
    let db = database("b16_several_models").await;
    let both = db.watch().model::<Item>().model::<Other>().stream().await.unwrap();
    let all = db.watch_deployment().raw_filter(doc! { "ns.db": db.name() });
    let all = all.stream().await.unwrap();
    insert(&db, [1]).await;
    Imaged::insert(&Imaged { id: 7, n: 0 }).run(&db).await.unwrap();
    Other::insert(&Other { id: 2 }).run(&db).await.unwrap();
    let both: Vec<_> = both.take(2).try_collect().await.unwrap();
    assert_eq!(inserted(both[0].of::<Item>().unwrap().unwrap()), 1);
    assert!(both[0].of::<Other>().unwrap().is_none());
    let Some(ChangeEvent::Insert(other)) = both[1].of::<Other>().unwrap() else { panic!() };
    assert_eq!(other.document, Other { id: 2 });
    let all: Vec<_> = all.take(3).try_collect().await.unwrap();
    let names: Vec<_> = all.iter().map(|event| event.collection().unwrap()).collect();
    assert_eq!(names, ["items", "imaged", "others"]);
}

/// What is watched as a whole has no collection's name.
#[tokio::test]
async fn errors_name_the_database_or_the_deployment_that_is_watched() {
    let db = database("errors_name_the_database").await;
    let session = db.start_session().await.unwrap();
    let refused = doc! { "no_operator": 1, "$no_operator": 1 };
    for (watch, name) in [
        (db.watch(), db.name()),
        (session.watch(), db.name()),
        (db.watch_deployment(), "the deployment"),
    ] {
        let error = watch.raw_filter(refused.clone()).stream().await.unwrap_err();
        assert!(error.to_string().starts_with(&format!("cannot watch {name}: ")), "{error}");
    }
    // The error of a `getMore`, from the session itself.
    let mut events = session.watch().max_await_time(Duration::from_millis(50));
    events = events.raw_filter(doc! { "$expr": { "$eq": [{ "$toInt": "$documentKey._id" }, 1] } });
    let mut events = events.stream().await.unwrap();
    let collection = db.as_driver().collection::<Document>("items");
    collection.insert_one(doc! { "_id": "one" }).await.unwrap();
    let error = events.next().await.unwrap().unwrap_err();
    let begin = format!("cannot watch {}: ", db.name());
    assert!(error.to_string().starts_with(&begin), "{error}");
}

/// B17: as many streams as connections, and others still get through.
#[tokio::test]
async fn b17_streams_do_not_starve_other_operations() {
    let set = tests::shared_set().await;
    let connect = tests::Connect::to(set.uri()).options(|options| options.max_pool_size = Some(5));
    let (db, _) = connect.database("b17_streams_do_not").await;
    let mut streams = Vec::new();
    for _ in 0..5 {
        let watch = Item::watch().max_await_time(Duration::from_millis(100));
        let mut events = watch.stream(&db).await.unwrap();
        streams.push(tokio::spawn(async move { inserted(events.next().await.unwrap().unwrap()) }));
    }
    let insert = tokio::time::timeout(Duration::from_secs(5), insert(&db, [1]));
    insert.await.expect("a connection between two waits");
    for stream in streams {
        assert_eq!(stream.await.unwrap(), 1);
    }
}

/// F5: an event of another shape is reported with all it has, and the stream goes on.
#[tokio::test]
async fn f5_an_event_that_does_not_decode_is_no_end() {
    let db = database("f5_an_event_that").await;
    let mut events = Item::watch().stream(&db).await.unwrap();
    let raw = db.as_driver().collection::<Document>("items");
    raw.insert_one(doc! { "_id": 1, "name": 5, "tags": [] }).await.unwrap();
    insert(&db, [2]).await;
    let Some(Ok(ChangeEvent::Undecodable(event))) = events.next().await else { panic!() };
    assert!(
        event.error.to_string().contains("name: expected string, found int32"),
        "{:?}",
        event.error
    );
    assert_eq!(event.raw.get_document("fullDocument").unwrap().get_i32("name").unwrap(), 5);
    let token = events.resume_token().unwrap();
    assert_eq!(inserted(events.next().await.unwrap().unwrap()), 2);
    let mut again = Item::watch().resume_after(token).stream(&db).await.unwrap();
    assert_eq!(inserted(again.next().await.unwrap().unwrap()), 2);
}

/// F3: waits that are torn lose nothing, and the token can be asked for at any time.
#[tokio::test]
async fn f3_torn_waits_lose_nothing() {
    let db = database("f3_torn_waits").await;
    let watch = Item::watch().batch_size(3).max_await_time(Duration::from_millis(20));
    let mut events = watch.stream(&db).await.unwrap();
    let writer_db = db.clone();
    let writer = tokio::spawn(async move { insert(&writer_db, 1..=100).await });
    let mut seen = Vec::new();
    while seen.len() < 100 {
        let next = tokio::time::timeout(Duration::from_micros(700), events.next()).await;
        assert!(events.resume_token().is_some());
        seen.extend(next.ok().map(|event| inserted(event.unwrap().unwrap())));
    }
    writer.await.unwrap();
    assert_eq!(seen, (1..=100).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_stream_starts_at_a_time() {
    let db = database("a_stream_starts_at").await;
    let session = db.start_session().await.unwrap();
    Item::insert(&item(1)).run(&session).await.unwrap();
    let time = session.causal_token().operation_time().unwrap();
    insert(&db, [2]).await;
    let events = Item::watch().start_at(time).stream(&db).await.unwrap();
    let seen: Vec<_> = events.take(2).map_ok(inserted).try_collect().await.unwrap();
    assert_eq!(seen, [1, 2]);
}

#[tokio::test]
async fn subscribers_share_one_stream() {
    let (db, commands) = recorded("subscribers_share_one").await;
    let fan_out = Item::watch().stream(&db).await.unwrap().fan_out(8);
    let (mut fast, mut slow) = (fan_out.subscribe(), fan_out.subscribe());
    assert_eq!(fan_out.subscribers(), 2);
    for id in 1..=30 {
        insert(&db, [id]).await;
        let Some(Ok(Delivery::Event(event))) = fast.next().await else { panic!() };
        assert_eq!(event.id(), Some(&id));
    }
    let Some(Ok(Delivery::Gap { missed })) = slow.next().await else { panic!() };
    assert_eq!(missed, 22);
    let Some(Ok(Delivery::Event(event))) = slow.next().await else { panic!() };
    assert_eq!(event.id(), Some(&23));
    let opened = of_streams(&commands).iter().filter(|c| c.contains_key("aggregate")).count();
    assert_eq!(opened, 1);
    fan_out.close().await;
    let rest: Vec<_> = slow.collect().await;
    assert_eq!(rest.len(), 7);
    assert!(commands.names().contains(&"killCursors".to_owned()));
    assert!(fast.next().await.is_none());
}

#[tokio::test]
async fn closing_a_shared_stream_ends_every_reader() {
    let db = database("closing_a_shared_stream").await;
    let shared = Arc::new(Item::watch().stream(&db).await.unwrap().fan_out(8));
    let readers: Vec<_> = (0..3)
        .map(|_| {
            let mut subscription = shared.subscribe();
            tokio::spawn(async move {
                let mut read = 0;
                while let Some(event) = subscription.next().await {
                    event.unwrap();
                    read += 1;
                }
                read
            })
        })
        .collect();
    let mut last = shared.subscribe();
    insert(&db, [1, 2, 3]).await;
    for id in 1..=3 {
        let Some(Ok(Delivery::Event(event))) = last.next().await else { panic!() };
        assert_eq!(event.id(), Some(&id));
    }
    // As by the handler of a signal, which has a handle of its own: the others stay.
    let handle = Arc::clone(&shared);
    let closed = tokio::spawn(async move { tokio::join!(handle.close(), handle.close()) });
    for reader in readers {
        let read = tokio::time::timeout(Duration::from_secs(20), reader).await;
        assert_eq!(read.expect("an end").unwrap(), 3);
    }
    closed.await.unwrap();
    assert!(shared.subscribe().next().await.is_none());
    shared.close().await;
}
