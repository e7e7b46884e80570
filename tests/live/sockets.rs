//! What is sent over the socket.

use std::time::{Duration, Instant};

use futures::future::join;
use mongodb::bson::{Document, doc};
use odm::{Database, prelude::*};
use serde_json::{Value, json};
use tests::{Connect, FailPoint, Set, shared_set};
use tokio_tungstenite::tungstenite::Message;

use crate::{Order, insert, program::Live, socket::Socket, soon};

/// An empty database, and the example that watches its orders.
async fn watched(name: &str, more: &[&str]) -> (Database, Live) {
    let set = shared_set().await;
    let (db, _) = Connect::to(set.uri()).database(name).await;
    let uri = format!("{}&appName={name}", set.uri());
    let live = Live::watch(&uri, name, more).await;
    (db, live)
}

fn seqs(rows: &[Value]) -> Vec<u64> {
    rows.iter().map(|row| row["seq"].as_u64().unwrap()).collect()
}

async fn rows(socket: &mut Socket, count: usize) -> Vec<Value> {
    let mut rows = Vec::new();
    while rows.len() < count {
        rows.push(socket.row().await);
    }
    rows
}

#[tokio::test]
async fn a_change_is_told_with_its_typed_fields() {
    let (db, live) = watched("live_typed", &[]).await;
    let mut socket = Socket::open(&live, "").await;
    Order { note: Some("soon".into()), ..Order::new(7) }.save(&db).await;
    let row = socket.row().await;
    assert_eq!(
        (&row["kind"], &row["op"], &row["seq"]),
        (&json!("change"), &json!("insert"), &json!(1))
    );
    assert_eq!(row["key"], json!({ "_id": 7 }));
    let full =
        json!({ "_id": 7, "customer": "Anna", "quantity": 3, "state": "open", "note": "soon" });
    assert_eq!(row["full"], full);
    let fields = json!([
        ["_id", "7"],
        ["customer", "Anna"],
        ["quantity", "3"],
        ["state", "not paid yet"],
        ["note", "soon"]
    ]);
    assert_eq!(row["fields"], fields);
    assert!(row["clusterTime"]["t"].as_u64().is_some(), "{row}");
    assert!(row["id"].as_str().is_some_and(|id| id.len() > 20), "{row}");

    let paid = Order::update().filter(|o| o.id().eq(7)).set(|o| o.state(), "paid");
    paid.unset(|o| o.note()).one(&db).await.unwrap();
    let row = socket.row().await;
    assert_eq!(
        (&row["op"], &row["seq"], &row["full"]),
        (&json!("update"), &json!(2), &Value::Null)
    );
    assert_eq!((&row["updated"], &row["removed"]), (&json!({ "state": "paid" }), &json!(["note"])));
    assert_eq!(row["fields"], json!([["_id", "7"], ["state", "paid"], ["note", "removed"]]));

    Order::delete().filter(|o| o.id().eq(7)).one(&db).await.unwrap();
    let row = socket.row().await;
    assert_eq!(
        (&row["op"], &row["seq"], &row["fields"]),
        (&json!("delete"), &json!(3), &json!([["_id", "7"]]))
    );
}

#[tokio::test]
async fn a_looked_up_document_comes_with_an_update() {
    let (db, live) = watched("live_lookup", &["--full-document", "updateLookup"]).await;
    let mut socket = Socket::open(&live, "").await;
    insert(&db, [1]).await;
    Order::update().filter(|o| o.id().eq(1)).set(|o| o.quantity(), 9).one(&db).await.unwrap();
    let rows = rows(&mut socket, 2).await;
    assert_eq!(rows[1]["full"]["quantity"], 9, "{rows:?}");
}

/// A gap of the old example: what happened between page and socket was never shown.
#[tokio::test]
async fn what_happens_between_page_and_socket_arrives_once() {
    let (db, live) = watched("live_between", &[]).await;
    let mut first = Socket::open(&live, "").await;
    insert(&db, [1]).await;
    first.row().await;
    let (status, page) = live.get("/").await;
    assert_eq!(status, 200);
    assert!(page.contains(r#"data-seq="1" data-history="5""#), "{page}");
    insert(&db, [2]).await;
    first.row().await;
    let mut socket = Socket::open(&live, "?since=1").await;
    insert(&db, [3]).await;
    let rows = rows(&mut socket, 2).await;
    assert_eq!(seqs(&rows), [2, 3]);
    assert_eq!((&rows[0]["key"]["_id"], &rows[1]["key"]["_id"]), (&json!(2), &json!(3)));
}

/// Sockets are opened all the time while changes come in.
#[tokio::test]
async fn no_moment_to_open_a_socket_is_a_bad_one() {
    let (db, live) = watched("live_moments", &[]).await;
    let writing = insert(&db, 1..=60);
    let reading = async {
        for since in 0..20_u64 {
            let mut socket = Socket::open(&live, &format!("?since={since}")).await;
            let rows = rows(&mut socket, 5).await;
            assert_eq!(seqs(&rows), (since + 1..=since + 5).collect::<Vec<_>>());
        }
    };
    join(writing, reading).await;
}

#[tokio::test]
async fn a_document_of_another_shape_is_marked_and_the_stream_goes_on() {
    let (db, live) = watched("live_shape", &[]).await;
    let mut socket = Socket::open(&live, "").await;
    let raw = db.as_driver().collection::<Document>("orders");
    raw.insert_one(doc! { "_id": 1_i64, "customer": "Anna", "quantity": "three" }).await.unwrap();
    insert(&db, [2]).await;
    raw.update_one(doc! { "_id": 2_i64 }, doc! { "$set": { "quantity": "four" } }).await.unwrap();
    insert(&db, [3]).await;
    let rows = rows(&mut socket, 4).await;
    let error = rows[0]["error"].as_str().unwrap();
    assert!(error.contains("fullDocument.quantity: expected int32, found string"), "{error}");
    assert_eq!((&rows[0]["op"], &rows[0]["key"]), (&json!("insert"), &json!({ "_id": 1 })));
    assert_eq!(rows[0]["raw"]["fullDocument"]["quantity"], "three");
    assert_eq!(rows[1].get("error"), None);
    assert!(rows[2]["error"].as_str().unwrap().contains("quantity"), "{}", rows[2]);
    assert_eq!((rows[3].get("error"), &rows[3]["key"]["_id"]), (None, &json!(3)));
    let (_, page) = live.get("/").await;
    assert_eq!(page.matches(r#"class="raw""#).count(), 2, "{page}");
}

#[tokio::test]
async fn untyped_takes_documents_of_any_shape() {
    let (db, live) = watched("live_untyped", &["--untyped"]).await;
    let mut socket = Socket::open(&live, "").await;
    let raw = db.as_driver().collection::<Document>("orders");
    raw.insert_one(doc! { "_id": "a", "deep": { "er": [1, "two"] } }).await.unwrap();
    raw.update_one(doc! { "_id": "a" }, doc! { "$set": { "deep.er.0": 5 }, "$unset": { "x": 1 } })
        .await
        .unwrap();
    let rows = rows(&mut socket, 2).await;
    assert_eq!(rows[0]["full"], json!({ "_id": "a", "deep": { "er": [1, "two"] } }));
    assert_eq!(rows[1]["fields"], json!([["_id", "\"a\""], ["deep.er.0", "5"]]));
}

/// B12, through the example: what is watched goes away and comes back.
#[tokio::test]
async fn a_dropped_collection_is_told_and_followed_by_the_next() {
    let (db, live) = watched("live_dropped", &[]).await;
    let mut socket = Socket::open(&live, "").await;
    insert(&db, [1]).await;
    db.collection::<Order>().drop().await.unwrap();
    insert(&db, [2]).await;
    let rows = rows(&mut socket, 4).await;
    let ops: Vec<_> = rows.iter().map(|row| row["op"].as_str().unwrap()).collect();
    assert_eq!(ops, ["insert", "drop", "invalidate", "insert"]);
    assert_eq!(seqs(&rows), [1, 2, 3, 4]);
}

/// B10, through the example.
#[tokio::test]
async fn lost_history_is_a_gap_and_the_stream_goes_on() {
    let (db, live) = watched("live_lost", &[]).await;
    let mut socket = Socket::open(&live, "").await;
    insert(&db, [1]).await;
    socket.row().await;
    let primary = shared_set().await.primary_member().await;
    let fail = FailPoint::fail_command(db.name(), &["getMore"]).error_code(286).times(1);
    let fail = fail.on(primary).await;
    let gap = socket.row().await;
    assert_eq!((&gap["kind"], &gap["seq"]), (&json!("gap"), &json!(2)), "{gap}");
    insert(&db, [2]).await;
    assert_eq!(socket.row().await["key"]["_id"], 2);
    fail.off().await;
    let (_, page) = live.get("/").await;
    assert!(page.contains(r#"class="gap""#), "{page}");
}

#[tokio::test]
async fn a_page_that_was_away_too_long_is_told_how_much_it_missed() {
    let (db, live) = watched("live_away", &["--history", "2", "--buffer", "3"]).await;
    let mut first = Socket::open(&live, "").await;
    insert(&db, 1..=8).await;
    rows(&mut first, 8).await;
    let mut socket = Socket::open(&live, "?since=1").await;
    let rows = rows(&mut socket, 4).await;
    assert_eq!((&rows[0]["kind"], &rows[0]["missed"]), (&json!("gap"), &json!(4)));
    assert_eq!(seqs(&rows), [5, 6, 7, 8]);
    let (_, page) = live.get("/").await;
    assert_eq!(page.matches("<li id=").count(), 2, "{page}");
}

#[tokio::test]
async fn only_our_own_page_gets_a_socket() {
    let (_, live) = watched("live_origin", &[]).await;
    let ours = format!("http://{}", live.host());
    assert_eq!(Socket::try_origin(&live, &ours, "").await, 101);
    for theirs in ["http://evil.example", "http://127.0.0.1:1", "null", "https://127.0.0.1"] {
        assert_eq!(Socket::try_origin(&live, theirs, "").await, 403, "{theirs}");
    }
    assert_eq!(Socket::try_origin(&live, &ours, "?since=yesterday").await, 400);
}

#[tokio::test]
async fn a_silent_page_is_pinged_within_30_seconds() {
    let (_, live) = watched("live_ping", &[]).await;
    let mut socket = Socket::open(&live, "").await;
    let begun = Instant::now();
    let pinged = async { while !matches!(socket.frame().await, Some(Message::Ping(_))) {} };
    soon("a ping", pinged).await;
    assert!(begun.elapsed() < Duration::from_secs(30));
    assert_eq!(socket.status().await["state"], "live");
}

async fn health(live: &Live) -> (u16, Value) {
    let (status, body) = live.get("/healthz").await;
    (status, serde_json::from_str(&body).expect("JSON"))
}

#[tokio::test]
async fn health_tells_state_clients_token_and_lag() {
    let (db, live) = watched("live_health", &[]).await;
    let (status, before) = health(&live).await;
    assert_eq!((status, &before["clients"], &before["seq"]), (200, &json!(0), &json!(0)));
    assert_eq!(before["lagMs"], Value::Null);
    let mut sockets = [Socket::open(&live, "").await, Socket::open(&live, "").await];
    let begun = Instant::now();
    insert(&db, [1]).await;
    sockets[0].row().await;
    let (_, after) = health(&live).await;
    let age = Duration::from_millis(after["lastTokenAgeMs"].as_u64().unwrap());
    assert!(age <= begun.elapsed(), "{after}");
    assert_eq!((&after["state"], &after["clients"]), (&json!("live"), &json!(2)));
    assert_eq!(after["seq"], 1);
    assert!(after["lagMs"].as_u64().unwrap() < 20_000, "{after}");
}

#[tokio::test]
async fn an_outage_is_told_and_its_end() {
    let (db, live) = watched("live_outage", &[]).await;
    let mut socket = Socket::open(&live, "").await;
    let primary = shared_set().await.primary_member().await;
    let fail = FailPoint::fail_command(db.name(), &["getMore", "aggregate"]).close_connection();
    let fail = fail.on(primary).await;
    let status = socket.status().await;
    assert_eq!(status["state"], "resuming", "{status}");
    assert!(status["error"].as_str().is_some(), "{status}");
    let (code, told) = health(&live).await;
    assert_eq!((code, &told["state"]), (503, &json!("resuming")));
    insert(&db, 1..=3).await;
    fail.off().await;
    let mut seen = Vec::new();
    while seen.len() < 3 {
        let message = socket.next().await;
        if message["kind"] == "change" {
            seen.push(message["key"]["_id"].as_i64().unwrap());
        }
    }
    assert_eq!(seen, [1, 2, 3]);
    assert_eq!(health(&live).await.0, 200);
}
