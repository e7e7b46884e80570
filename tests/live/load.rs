//! Many pages at once, some of which never read.

use std::time::{Duration, Instant};

use futures::{StreamExt, future::join_all};
use odm::prelude::*;
use serde_json::Value;
use tests::{Connect, shared_set};
use tokio::{
    net::{TcpSocket, TcpStream},
    sync::mpsc,
};
use tokio_tungstenite::{WebSocketStream, client_async, tungstenite::Message};

use crate::{Order, program::Live, socket::Socket, soon, turn};

const PAGES: usize = 190;
/// So many more never read.
const STUCK: usize = 10;
const EVENTS: i64 = 400;
/// Before that nothing is measured: buffers grow to their size.
const WARM_UP: i64 = 100;
/// Changes are written so many at a time.
const AT_ONCE: i64 = 5;
const TEXT_BYTES: usize = 6 << 10;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_that_never_reads_disturbs_nobody() {
    let _turn = turn().await;
    let name = "live_load";
    let set = shared_set().await;
    let (db, _) = Connect::to(set.uri()).database(name).await;
    let live = Live::watch(set.uri(), name, &["--buffer", "50"]).await;
    let stuck = join_all((0..STUCK).map(|_| stuck(&live))).await;
    let begun = Instant::now();
    let (arrived, mut arrivals) = mpsc::unbounded_channel();
    let sockets = join_all((0..PAGES).map(|_| Socket::open(&live, ""))).await;
    let readers = sockets.into_iter().map(|mut socket| {
        let arrived = arrived.clone();
        tokio::spawn(async move {
            let mut delays = Vec::new();
            for id in 1..=EVENTS {
                let (read, sent) = read(&mut socket).await;
                assert_eq!(read, id);
                delays.push(begun.elapsed().saturating_sub(sent));
                if id % AT_ONCE == 0 {
                    arrived.send(()).unwrap();
                }
            }
            delays
        })
    });
    let readers: Vec<_> = readers.collect();
    let mut memory = 0;
    for first in (1..=EVENTS).step_by(AT_ONCE as usize) {
        if first > WARM_UP && memory == 0 {
            memory = live.memory();
        }
        write(&db, first, begun).await;
        for _ in 0..PAGES {
            soon("an arrival", arrivals.recv()).await.unwrap();
        }
    }
    let grown = live.memory().saturating_sub(memory);
    let mut delays: Vec<_> =
        join_all(readers).await.into_iter().flat_map(|delays| delays.unwrap()).collect();
    delays.sort_unstable();
    let p99 = delays[delays.len() * 99 / 100];
    eprintln!("p99 {p99:?}, most {:?}; memory {memory} and {grown} more", delays[delays.len() - 1]);
    assert!(p99 < Duration::from_secs(1), "{p99:?}");
    assert!(grown < 8 << 20, "{grown}");
    for page in stuck {
        assert!(missed(page).await > 0);
    }
}

/// A page that reads at last gets what was on its way, then is told what it missed, then the rest.
async fn missed(mut page: WebSocketStream<TcpStream>) -> u64 {
    let mut missed = 0;
    while let Some(message) = soon("a message", page.next()).await {
        let Message::Text(text) = message.unwrap() else { continue };
        let message: Value = serde_json::from_str(&text).unwrap();
        missed += message["missed"].as_u64().unwrap_or_default();
        if message["key"]["_id"] == EVENTS {
            return missed;
        }
    }
    panic!("it was closed");
}

/// A socket whose buffers are small, and that nobody reads.
async fn stuck(live: &Live) -> WebSocketStream<TcpStream> {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4096).unwrap();
    let stream = socket.connect(live.host().parse().unwrap()).await.unwrap();
    let url = format!("ws://{}/socket", live.host());
    client_async(url, stream).await.unwrap().0
}

/// The time since the beginning is in each document.
async fn write(db: &odm::Database, first: i64, begun: Instant) {
    let orders: Vec<_> = (first..first + AT_ONCE)
        .map(|id| {
            let micros = begun.elapsed().as_micros();
            let note = Some(format!("{micros} {}", "x".repeat(TEXT_BYTES)));
            Order { note, ..Order::new(id) }
        })
        .collect();
    Order::insert_many(&orders).run(db).await.unwrap();
}

/// The number of the next order, and when it was sent; looked up in the text, for there are many.
async fn read(socket: &mut Socket) -> (i64, Duration) {
    let Some(Message::Text(text)) = socket.frame().await else { panic!("no message") };
    let id = after(&text, r#""key":{"_id":"#);
    (id as i64, Duration::from_micros(after(&text, r#""note":""#)))
}

/// The number after a key.
fn after(text: &str, key: &str) -> u64 {
    let (_, rest) = text.split_once(key).expect("a change");
    let digits = rest.find(|char: char| !char.is_ascii_digit()).expect("an end");
    rest[..digits].parse().expect("a number")
}
