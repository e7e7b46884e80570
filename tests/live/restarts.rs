//! The end of the program, and what the next one knows.

use std::time::Duration;

use mongodb::bson::{Document, doc};
use odm::Database;
use rustix::process::Signal;
use serde_json::{Value, json};
use tests::{Connect, FailPoint, OwnSet, Set, shared_set};
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;

use crate::{
    insert,
    program::{Live, Scratch, run},
    socket::Socket,
    soon,
};

/// The change streams that are open on the members of a set, of one collection.
async fn open_cursors(set: &impl Set, namespace: &str) -> usize {
    let mut open = 0;
    for member in 0..set.size() {
        let list = doc! {
            "aggregate": 1,
            "pipeline": [
                { "$currentOp": { "allUsers": true, "idleCursors": true } },
                { "$match": { "ns": namespace, "cursor": { "$exists": true } } },
            ],
            "cursor": {},
            "$readPreference": { "mode": "nearest" },
        };
        let answer = set.member(member).run(list).await;
        let cursor: &Document = answer.get_document("cursor").unwrap();
        open += cursor.get_array("firstBatch").unwrap().len();
    }
    open
}

async fn ends_well(name: &str, signal: Signal, preference: &str) {
    let set = shared_set().await;
    let (db, _) = Connect::to(set.uri()).database(name).await;
    let uri = format!("{}&readPreference={preference}", set.uri());
    let live = Live::watch(&uri, name, &[]).await;
    let mut socket = Socket::open(&live, "").await;
    insert(&db, [1]).await;
    socket.row().await;
    let namespace = format!("{name}.orders");
    assert_eq!(open_cursors(&set, &namespace).await, 1);
    let (ended, code) = futures::join!(live.end(signal), socket.close_code());
    assert_eq!(code, Some(CloseCode::Away));
    assert_eq!(ended.status.code(), Some(0), "{ended:?}");
    assert_eq!(ended.stderr, "");
    assert!(ended.took < Duration::from_secs(5), "{ended:?}");
    // A cursor that is closed while it is in use goes when its user has noticed.
    let gone = async { while open_cursors(&set, &namespace).await > 0 {} };
    let gone = tokio::time::timeout(Duration::from_secs(2), gone).await;
    assert!(gone.is_ok(), "a cursor is left");
    eprintln!("{signal:?}: ended after {:?}", ended.took);
}

#[tokio::test]
async fn sigterm_ends_it_well() {
    ends_well("live_sigterm", Signal::TERM, "primary").await;
}

#[tokio::test]
async fn sigint_ends_it_well() {
    ends_well("live_sigint", Signal::INT, "primary").await;
}

/// Where the driver alone would close the cursor on the wrong member.
#[tokio::test]
async fn on_a_secondary_too() {
    ends_well("live_secondary", Signal::TERM, "secondary").await;
}

/// The members answer no more: there is nobody to close a cursor for.
#[tokio::test]
async fn without_a_server_it_ends_as_soon() {
    let set = OwnSet::start().await;
    let live = Live::watch(set.uri(), "live_alone", &[]).await;
    for member in 0..set.members() {
        set.pause(member).unwrap();
    }
    let ended = live.end(Signal::TERM).await;
    assert_eq!((ended.status.code(), ended.stderr.as_str()), (Some(0), ""));
    assert!(ended.took < Duration::from_secs(5), "{ended:?}");
}

/// A database, the arguments for a token file in a folder of its own, and that folder.
async fn remembered(name: &str) -> (Database, String, Scratch) {
    let set = shared_set().await;
    let (db, _) = Connect::to(set.uri()).database(name).await;
    (db, format!("{}&appName={name}", set.uri()), Scratch::new(name))
}

/// The token file, as soon as it is what is waited for.
async fn saved(file: &str, is_it: impl Fn(&Value) -> bool) -> Value {
    let looking = async {
        loop {
            let text = tokio::fs::read_to_string(file).await.unwrap_or_default();
            match serde_json::from_str(&text) {
                Ok(saved) if is_it(&saved) => return saved,
                _ => tokio::task::yield_now().await,
            }
        }
    };
    soon("the token file", looking).await
}

async fn ids(socket: &mut Socket, count: usize) -> Vec<i64> {
    let mut ids = Vec::new();
    while ids.len() < count {
        let row = socket.row().await;
        assert_eq!(row["kind"], "change", "{row}");
        ids.push(row["key"]["_id"].as_i64().unwrap());
    }
    ids
}

/// B7: kill -9 between telling and remembering repeats nothing to a page and misses nothing.
#[tokio::test]
async fn after_a_kill_numbers_go_on() {
    let (db, uri, folder) = remembered("live_kill").await;
    let file = folder.file("token");
    let arguments = ["--token-file", &file];
    let live = Live::watch(&uri, db.name(), &arguments).await;
    let mut socket = Socket::open(&live, "").await;
    let series = socket.series.clone();
    insert(&db, 1..=4).await;
    assert_eq!(ids(&mut socket, 4).await, [1, 2, 3, 4]);
    let port = live.port();
    live.end(Signal::KILL).await;
    insert(&db, 5..=6).await;

    let live = Live::watch_again(port, &uri, db.name(), &arguments).await;
    let mut socket = Socket::open(&live, &format!("?since=2&series={series}")).await;
    assert_eq!(ids(&mut socket, 4).await, [3, 4, 5, 6]);
    insert(&db, [7]).await;
    assert_eq!(ids(&mut socket, 1).await, [7]);
    let (_, page) = live.get("/").await;
    assert!(page.contains(r#"data-seq="7" data-history="5""#), "{page}");
    assert_eq!(page.matches("<li id=").count(), 5, "{page}");
    saved(&file, |saved| saved["last"]["seq"] == 7).await;
    live.end(Signal::TERM).await;

    // What was remembered at the end is as good.
    let live = Live::watch(&uri, db.name(), &arguments).await;
    let mut socket = Socket::open(&live, "?since=6").await;
    assert_eq!(ids(&mut socket, 1).await, [7]);
}

#[tokio::test]
async fn the_token_moves_while_nothing_happens_here() {
    let (db, uri, folder) = remembered("live_idle").await;
    let file = folder.file("token");
    let _live = Live::watch(&uri, db.name(), &["--token-file", &file]).await;
    let first = saved(&file, |saved| saved["last"]["token"].is_string()).await;
    db.as_driver().collection::<Document>("others").insert_one(doc! {}).await.unwrap();
    let second = saved(&file, |saved| saved["last"]["token"] != first["last"]["token"]).await;
    assert_eq!((&second["last"]["seq"], &second["series"]), (&json!(0), &first["series"]));
}

#[tokio::test]
async fn a_server_that_forgot_says_so_once() {
    let (db, uri, folder) = remembered("live_fresh").await;
    let file = folder.file("token");
    let live = Live::watch(&uri, db.name(), &["--token-file", &file]).await;
    let mut socket = Socket::open(&live, "").await;
    let series = socket.series.clone();
    insert(&db, 1..=3).await;
    ids(&mut socket, 3).await;
    saved(&file, |saved| saved["last"]["seq"] == 3).await;
    live.end(Signal::KILL).await;

    let live = Live::watch(&uri, db.name(), &["--token-file", &file, "--fresh"]).await;
    let mut socket = Socket::open(&live, &format!("?since=3&series={series}")).await;
    assert_ne!(socket.series, series);
    let gap = socket.row().await;
    assert_eq!((&gap["kind"], &gap["series"]), (&json!("gap"), &json!(socket.series)));
    insert(&db, [4]).await;
    assert_eq!(ids(&mut socket, 1).await, [4]);
}

#[tokio::test]
async fn a_token_file_of_another_collection_is_refused() {
    let (db, uri, folder) = remembered("live_other").await;
    let file = folder.file("token");
    let live = Live::watch(&uri, db.name(), &["--token-file", &file]).await;
    saved(&file, |saved| saved["namespace"] == "live_other.orders").await;
    live.end(Signal::TERM).await;
    let others = ["--mongo", &uri, "--ns", "live_other.users", "--token-file", &file];
    let output = run(&others).await;
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{stderr}");
    assert!(stderr.contains(r#"it is of "live_other.orders"; --fresh begins anew"#), "{stderr}");
}

/// The server still knows what comes next, only not what filled the ring.
#[tokio::test]
async fn a_restart_that_cannot_fill_the_ring_misses_nothing() {
    let (db, uri, folder) = remembered("live_floor").await;
    let file = folder.file("token");
    let live = Live::watch(&uri, db.name(), &["--token-file", &file]).await;
    insert(&db, 1..=3).await;
    saved(&file, |saved| saved["last"]["seq"] == 3).await;
    live.end(Signal::KILL).await;
    insert(&db, 4..=5).await;
    let primary = shared_set().await.primary_member().await;
    let fail = FailPoint::fail_command(db.name(), &["aggregate"]).error_code(286).times(1);
    let fail = fail.on(primary).await;
    let live = Live::watch(&uri, db.name(), &["--token-file", &file]).await;
    assert_eq!(fail.off().await, 1);
    let mut socket = Socket::open(&live, "?since=3").await;
    assert_eq!(ids(&mut socket, 2).await, [4, 5]);
}
