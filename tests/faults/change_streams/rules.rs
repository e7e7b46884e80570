//! Where a stream begins again, told by the commands that a server is sent.

use std::sync::{Arc, Mutex};

use mongodb::bson::{Document, doc};
use odm::{
    change_stream::{Delivery, OnHistoryLost, StreamStatus},
    prelude::*,
};
use tests::{Commands, Connect, Fake};

use super::Item;

/// A server that gives these answers to what a stream asks, one after the other, and then says
/// nothing more.
async fn scripted(answers: Vec<Document>) -> (Fake, odm::Database, Commands) {
    let answers = Arc::new(Mutex::new(answers.into_iter()));
    let fake = Fake::start(move |command| {
        let is_of_stream = command.contains_key("aggregate") || command.contains_key("getMore");
        match is_of_stream {
            true => answers.lock().unwrap().next(),
            false => Some(doc! { "ok": 1.0 }),
        }
    });
    let fake = fake.await;
    let (db, commands) = Connect::to(fake.uri()).database_as_it_is("test").await;
    (fake, db, commands)
}

fn inserted(id: i64, token: &str) -> Document {
    doc! {
        "_id": { "_data": token }, "operationType": "insert",
        "ns": { "db": "test", "coll": "items" },
        "documentKey": { "_id": id }, "fullDocument": { "_id": id },
    }
}

fn invalidated(token: &str) -> Document {
    doc! { "_id": { "_data": token }, "operationType": "invalidate" }
}

/// Where each cursor was to begin, as in `resumeAfter 8201`.
fn beginnings(commands: &Commands) -> Vec<String> {
    let stage = |command: Document| {
        let pipeline = command.get_array("pipeline").unwrap();
        let stage = pipeline[0].as_document().unwrap().get_document("$changeStream").unwrap();
        let place = stage.iter().find(|(key, _)| ["resumeAfter", "startAfter"].contains(&&***key));
        place.map_or("now".to_owned(), |(key, token)| {
            format!("{key} {}", token.as_document().unwrap().get_str("_data").unwrap())
        })
    };
    commands.named("aggregate").into_iter().map(stage).collect()
}

/// Waits until so many cursors were to be opened.
async fn opened(commands: &Commands, count: usize) -> Vec<String> {
    let enough = async {
        while commands.named("aggregate").len() < count {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(super::PATIENCE, enough).await.expect("cursors");
    beginnings(commands)
}

/// Reads on until the server says nothing more.
async fn read(
    mut events: impl futures::Stream<Item = odm::Result<ChangeEvent<Item>>> + Unpin,
) -> Vec<String> {
    use futures::StreamExt;
    let mut seen = Vec::new();
    while let Ok(next) = tokio::time::timeout(super::QUIET, events.next()).await {
        let Some(event) = next else { break };
        seen.push(event.expect("no error").operation().to_string());
    }
    seen
}

#[tokio::test]
async fn a_stream_begins_again_after_the_last_reply_with_or_without_events() {
    let (_fake, db, commands) = scripted(vec![
        Fake::batch(7, Vec::new(), "8201"),
        Fake::error(43),
        Fake::batch(7, Vec::new(), "8202"),
        Fake::batch(7, Vec::new(), "8203"),
        Fake::error(43),
        Fake::batch(7, vec![inserted(1, "8204"), inserted(2, "8205")], "8206"),
        Fake::error(43),
    ])
    .await;
    let events = Item::watch().stream(&db).await.unwrap();
    assert_eq!(read(events).await, ["insert", "insert"]);
    let sent = ["now", "resumeAfter 8201", "resumeAfter 8203", "resumeAfter 8206"];
    assert_eq!(opened(&commands, 4).await, sent);
}

#[tokio::test]
async fn past_an_invalidate_a_stream_starts_after_it_until_an_event_comes() {
    let (_fake, db, commands) = scripted(vec![
        Fake::batch(7, Vec::new(), "8201"),
        Fake::batch(0, vec![invalidated("8202")], "8202"),
        Fake::batch(7, Vec::new(), "8202"),
        Fake::batch(7, Vec::new(), "8203"),
        Fake::error(43),
        Fake::batch(7, vec![inserted(1, "8204")], "8205"),
        Fake::error(43),
    ])
    .await;
    let events = Item::watch().continue_after_invalidate().stream(&db).await.unwrap();
    assert_eq!(read(events).await, ["invalidate", "insert"]);
    let sent = ["now", "startAfter 8202", "startAfter 8203", "resumeAfter 8205"];
    assert_eq!(opened(&commands, 4).await, sent);
}

#[tokio::test]
async fn a_closed_cursor_is_the_end_after_its_events() {
    let (_fake, db, commands) = scripted(vec![
        Fake::batch(7, Vec::new(), "8201"),
        Fake::batch(0, vec![inserted(1, "8202"), invalidated("8203")], "8203"),
    ])
    .await;
    let mut events = Item::watch().stream(&db).await.unwrap();
    let status = events.status();
    assert_eq!(events.next().await.unwrap().unwrap().id(), Some(&1));
    assert_eq!(events.resume_token().unwrap().to_string(), "8202");
    assert!(matches!(events.next().await, Some(Ok(ChangeEvent::Invalidate(_)))));
    assert_eq!(events.resume_token().unwrap().to_string(), "8203");
    assert!(events.next().await.is_none());
    assert!(matches!(*status.borrow(), StreamStatus::Ended));
    assert_eq!(beginnings(&commands), ["now"]);
}

/// The token is that of what was given: between two events of the one before, in an outage too,
/// and that of the whole reply when all of it was given.
#[tokio::test]
async fn the_token_follows_what_was_given() {
    let (_fake, db, _) = scripted(vec![
        Fake::batch(7, Vec::new(), "8201"),
        Fake::batch(7, vec![inserted(1, "8202"), inserted(2, "8203")], "8204"),
        Fake::error(43),
    ])
    .await;
    let mut events = Item::watch().stream(&db).await.unwrap();
    let mut tokens = vec![events.resume_token().unwrap().to_string()];
    for _ in 0..2 {
        events.next().await.unwrap().unwrap();
        tokens.push(events.resume_token().unwrap().to_string());
    }
    assert!(tokio::time::timeout(super::QUIET, events.next()).await.is_err());
    tokens.push(events.resume_token().unwrap().to_string());
    assert_eq!(tokens, ["8201", "8202", "8204", "8204"]);
}

/// Lost history is reported once for each gap, and what was begun before it is forgotten.
#[tokio::test]
async fn after_a_gap_the_stream_begins_now_and_forgets_half_an_event() {
    let mut half = inserted(1, "8202");
    half.insert("splitEvent", doc! { "fragment": 1, "of": 2 });
    let (_fake, db, commands) = scripted(vec![
        Fake::batch(7, Vec::new(), "8201"),
        Fake::batch(7, vec![half], "8202"),
        Fake::error(136),
        Fake::error(43),
        Fake::batch(7, Vec::new(), "8301"),
        Fake::batch(7, vec![inserted(2, "8302")], "8303"),
    ])
    .await;
    let watch = Item::watch().split_large_events();
    let watch = watch.on_history_lost(OnHistoryLost::RestartFromNow);
    let events = watch.stream(&db).await.unwrap();
    assert_eq!(read(events).await, ["historyLost", "insert"]);
    assert_eq!(opened(&commands, 3).await, ["now", "now", "now"]);
}

/// After half an event, the stream begins again at its other half; the user's token is before it.
#[tokio::test]
async fn half_an_event_is_completed_by_the_next_cursor() {
    let part = |fragment: i32, token: &str| {
        let mut part = inserted(1, token);
        part.insert("splitEvent", doc! { "fragment": fragment, "of": 2 });
        if fragment == 2 {
            for key in ["documentKey", "fullDocument", "ns", "operationType"] {
                part.remove(key);
            }
        }
        part
    };
    let (_fake, db, commands) = scripted(vec![
        Fake::batch(7, Vec::new(), "8201"),
        Fake::batch(7, vec![part(1, "8202")], "8202"),
        Fake::error(43),
        Fake::batch(7, vec![part(2, "8203")], "8203"),
    ])
    .await;
    let mut events = Item::watch().split_large_events().stream(&db).await.unwrap();
    assert_eq!(events.next_if_any().await.unwrap().map(|event| event.id().copied()), None);
    assert_eq!(events.resume_token().unwrap().to_string(), "8201");
    assert_eq!(events.next().await.unwrap().unwrap().id(), Some(&1));
    assert_eq!(events.resume_token().unwrap().to_string(), "8203");
    assert_eq!(opened(&commands, 2).await, ["now", "resumeAfter 8202"]);
}

/// An event of another shape is no end, and is not read again.
#[tokio::test]
async fn an_event_of_another_shape_is_passed_by() {
    let mut odd = inserted(1, "8202");
    odd.insert("fullDocument", doc! { "_id": "one" });
    let (_fake, db, commands) =
        scripted(vec![Fake::batch(7, vec![odd, inserted(2, "8203")], "8204"), Fake::error(43)])
            .await;
    let mut events = Item::watch().stream(&db).await.unwrap();
    assert!(matches!(events.next().await, Some(Ok(ChangeEvent::Undecodable(_)))));
    assert_eq!(events.resume_token().unwrap().to_string(), "8202");
    assert_eq!(events.next().await.unwrap().unwrap().id(), Some(&2));
    drop(tokio::time::timeout(super::QUIET, events.next()).await);
    assert_eq!(opened(&commands, 2).await, ["now", "resumeAfter 8204"]);
}

/// Who is too slow is told of exactly what is missing, and then reads the newest.
#[tokio::test]
async fn a_slow_subscriber_is_told_how_much_it_missed() {
    let many = (1..=10).map(|id| inserted(id, &format!("82{id:02}"))).collect();
    let (_fake, db, _) =
        scripted(vec![Fake::batch(7, Vec::new(), "8200"), Fake::batch(7, many, "8299")]).await;
    let fan_out = Item::watch().stream(&db).await.unwrap().fan_out(4);
    let (mut fast, mut slow) = (fan_out.subscribe(), fan_out.subscribe());
    let all = async {
        while fan_out.resume_token().unwrap().to_string() != "8299" {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(super::PATIENCE, all).await.expect("all events");
    for subscription in [&mut fast, &mut slow] {
        let Some(Ok(Delivery::Gap { missed })) = subscription.next().await else { panic!() };
        assert_eq!(missed, 6);
        for id in 7..=10 {
            let Some(Ok(Delivery::Event(event))) = subscription.next().await else { panic!() };
            assert_eq!(event.id(), Some(&id));
        }
    }
}
