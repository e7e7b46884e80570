//! Servers that answer, and get nowhere: the stream does not ask them in a hot loop.

use std::time::Duration;

use mongodb::bson::{Document, doc};
use odm::{Database, change_stream::OnHistoryLost, prelude::*};
use tests::{Commands, Connect, Fake};

use super::Item;

/// How long a stream is watched.
const WHILE: Duration = Duration::from_secs(2);
/// Pauses of 0, 50, 100, … ms leave room for no more commands in this time.
const FEW: usize = 32;

async fn connected(fake: &Fake) -> (Database, Commands) {
    Connect::to(fake.uri()).database_as_it_is("test").await
}

fn is(command: &Document, name: &str) -> bool {
    command.keys().next().is_some_and(|key| key == name)
}

/// The commands of a stream.
fn sent(commands: &Commands) -> usize {
    let names = commands.names();
    names.iter().filter(|name| ["aggregate", "getMore"].contains(&name.as_str())).count()
}

/// Every second `getMore` finds no cursor; the others are answered without events, with this
/// token.
async fn forgetful(mut token: impl FnMut(u32) -> u32 + Send + 'static) -> Fake {
    let mut asked = 0;
    let text = |number: u32| format!("82{number:08}");
    Fake::start(move |command| {
        if is(command, "aggregate") {
            return Some(Fake::batch(7, Vec::new(), &text(token(asked))));
        }
        if !is(command, "getMore") {
            return Some(doc! { "ok": 1.0 });
        }
        asked += 1;
        match asked % 2 {
            1 => Some(Fake::batch(7, Vec::new(), &text(token(asked)))),
            _ => Some(Fake::error(43)),
        }
    })
    .await
}

#[tokio::test]
async fn a_cursor_that_is_lost_after_each_empty_answer_is_asked_for_with_growing_pauses() {
    let fake = forgetful(|_| 1).await;
    let (db, commands) = connected(&fake).await;
    let mut events = Item::watch().stream(&db).await.unwrap();
    assert!(tokio::time::timeout(WHILE, events.next()).await.is_err());
    let sent = sent(&commands);
    assert!((6..=FEW).contains(&sent), "{sent} commands");
}

#[tokio::test]
async fn a_token_that_advances_is_progress() {
    let fake = forgetful(|asked| asked).await;
    let (db, commands) = connected(&fake).await;
    let mut events = Item::watch().stream(&db).await.unwrap();
    let many = async {
        while sent(&commands) < 2 * FEW {
            let next = tokio::time::timeout(Duration::from_millis(5), events.next());
            assert!(next.await.is_err());
        }
    };
    tokio::time::timeout(WHILE, many).await.expect("no pauses");
}

#[tokio::test]
async fn a_cursor_that_is_always_closed_past_invalidates_is_opened_with_growing_pauses() {
    let fake = Fake::start(|_| Some(Fake::batch(0, Vec::new(), "82"))).await;
    let (db, commands) = connected(&fake).await;
    let mut events = Item::watch().continue_after_invalidate().stream(&db).await.unwrap();
    assert!(tokio::time::timeout(WHILE, events.next()).await.is_err());
    let sent = sent(&commands);
    assert!((4..=FEW).contains(&sent), "{sent} commands");
}

#[tokio::test]
async fn history_that_is_lost_again_and_again_is_reported_with_growing_pauses() {
    let fake = Fake::start(|command| match is(command, "getMore") {
        true => Some(Fake::error(286)),
        false => Some(Fake::batch(7, Vec::new(), "82")),
    });
    let fake = fake.await;
    let (db, commands) = connected(&fake).await;
    let watch = Item::watch().on_history_lost(OnHistoryLost::RestartFromNow);
    let mut events = watch.stream(&db).await.unwrap();
    let reports = async {
        loop {
            assert!(matches!(events.next().await, Some(Ok(ChangeEvent::Other(_)))));
        }
    };
    assert!(tokio::time::timeout(WHILE, reports).await.is_err());
    let sent = sent(&commands);
    assert!((4..=FEW).contains(&sent), "{sent} commands");
}
