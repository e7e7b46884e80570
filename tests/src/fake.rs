//! A server that answers as a test says.
//!
//! Knows the frame of `OP_MSG` and the handshake. Has no data.

use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
    sync::{Arc, Mutex},
    time::Duration,
};

use mongodb::bson::{Document, doc};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::{JoinHandle, JoinSet},
};

use crate::number;

const HEADER: usize = 16;
const OP_MSG: u32 = 2013;
/// Flags, and the kind of the only section.
const FLAGS_AND_KIND: usize = 5;

/// A server of one test; dropping it closes all its connections.
#[derive(Debug)]
pub struct Fake {
    address: SocketAddr,
    task: JoinHandle<()>,
}

/// What the server says to a command; `None` is silence.
type Answers = Arc<Mutex<dyn FnMut(&Document) -> Option<Document> + Send>>;

impl Fake {
    /// Answers every command with what this returns, in the order in which commands come; with
    /// nothing at all, on a connection that stays open, to `None`. To `None` for a handshake
    /// (`hello`), too; otherwise handshakes are answered as by the primary of a set of one. The
    /// answer to a `getMore` comes when its `maxTimeMS` is over, if it has one.
    pub async fn start(answer: impl FnMut(&Document) -> Option<Document> + Send + 'static) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let answers: Answers = Arc::new(Mutex::new(answer));
        Self { address, task: tokio::spawn(serve(listener, answers)) }
    }

    /// The connection string.
    pub fn uri(&self) -> String {
        format!("mongodb://{}/test?directConnection=true", self.address)
    }

    /// The reply of an `aggregate` or `getMore` with these events; the cursor 0 is closed.
    pub fn batch(cursor: i64, events: Vec<Document>, token: &str) -> Document {
        doc! {
            "cursor": {
                "id": cursor,
                "ns": "test.items",
                "firstBatch": &events,
                "nextBatch": events,
                "postBatchResumeToken": { "_data": token },
            },
            "ok": 1.0,
        }
    }

    /// The reply to a command that the server refuses.
    pub fn error(code: i32) -> Document {
        doc! { "ok": 0.0, "code": code, "codeName": "Fake", "errmsg": "as the test wants it" }
    }
}

impl Drop for Fake {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(listener: TcpListener, answers: Answers) {
    let mut connections = JoinSet::new();
    while let Ok((client, _)) = listener.accept().await {
        connections.spawn(converse(client, Arc::clone(&answers)));
        while connections.try_join_next().is_some() {}
    }
}

async fn converse(mut client: TcpStream, answers: Answers) -> io::Result<()> {
    client.set_nodelay(true)?;
    loop {
        let mut header = [0; HEADER];
        client.read_exact(&mut header).await?;
        let word = |at: usize| u32::from_le_bytes([0, 1, 2, 3].map(|i| header[at + i]));
        let mut body = vec![0; (word(0) as usize).saturating_sub(HEADER)];
        client.read_exact(&mut body).await?;
        let body = body.get(FLAGS_AND_KIND..).unwrap_or_default();
        let command = Document::from_reader(body).map_err(io::Error::other)?;
        let said = (answers.lock().expect("no panic"))(&command);
        let Some(mut reply) = said else { continue };
        if is_handshake(&command) {
            reply = handshake(client.local_addr()?);
        }
        if command.contains_key("getMore") {
            let wait = number(&command, "maxTimeMS").unwrap_or_default();
            tokio::time::sleep(Duration::from_millis(wait.unsigned_abs())).await;
        }
        client.write_all(&frame(&reply, word(4))?).await?;
    }
}

fn is_handshake(command: &Document) -> bool {
    ["hello", "isMaster", "ismaster"].iter().any(|name| command.contains_key(name))
}

fn handshake(address: SocketAddr) -> Document {
    let address = address.to_string();
    doc! {
        "helloOk": true, "ismaster": true, "isWritablePrimary": true, "secondary": false,
        "setName": "fake", "setVersion": 1, "hosts": [&address], "primary": &address,
        "me": &address, "maxBsonObjectSize": 16 << 20, "maxMessageSizeBytes": 48_000_000,
        "maxWriteBatchSize": 100_000, "logicalSessionTimeoutMinutes": 30,
        "minWireVersion": 0, "maxWireVersion": 17, "ok": 1.0,
    }
}

fn frame(reply: &Document, request: u32) -> io::Result<Vec<u8>> {
    let body = reply.to_vec().map_err(io::Error::other)?;
    let length = u32::try_from(HEADER + FLAGS_AND_KIND + body.len()).map_err(io::Error::other)?;
    let mut bytes = Vec::new();
    for word in [length, 1, request, OP_MSG, 0] {
        bytes.extend_from_slice(&word.to_le_bytes());
    }
    bytes.push(0);
    bytes.extend_from_slice(&body);
    Ok(bytes)
}
