//! A proxy before one member, which cuts connections at a chosen moment, or answers otherwise.
//!
//! Knows the frame of messages, and of `OP_MSG` the name of the command. Does not read replies.
//!
//! ```text
//! client ── request ──→ proxy ── request ──→ member
//!        ╳ `Request`                          │
//! client ╳ `Reply` ──── proxy ←─── reply ─────┘
//! ```

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{
    Arc, Mutex,
    atomic::{AtomicBool, Ordering},
};

use mongodb::bson::Document;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{
        TcpListener, TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
    sync::watch,
    task::{JoinHandle, JoinSet},
};

use crate::member::Member;

const HEADER: usize = 16;
const OP_MSG: u32 = 2013;
/// No message of client or member is longer.
const MOST_BYTES: usize = 64 << 20;

/// What is lost with the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lost {
    /// The request: the member never sees it.
    Request,
    /// The reply: the member has executed the command, and the client does not know.
    Reply,
}

/// A proxy before one member; dropping it closes all its connections.
#[derive(Debug)]
pub struct Proxy {
    address: SocketAddr,
    plan: Arc<Plan>,
    cuts: watch::Receiver<usize>,
    task: JoinHandle<()>,
}

impl Proxy {
    /// Listens on a free port of the loopback interface.
    pub async fn before(member: Member) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let (made, cuts) = watch::channel(0);
        let (all, _) = watch::channel(0);
        let swallows = AtomicBool::new(false);
        let plan = Arc::new(Plan { next: Mutex::default(), made, all, swallows });
        let task = tokio::spawn(serve(listener, member, Arc::clone(&plan)));
        Self { address, plan, cuts, task }
    }

    /// The connection string of the member through the proxy.
    pub fn uri(&self) -> String {
        Member::of(&self.address.to_string()).uri()
    }

    /// Cuts the connection at each of the next messages with one of these commands, so many
    /// times; in place of what was left of the last plan.
    pub fn cut(&self, lost: Lost, times: usize, commands: &[&str]) {
        let fault = match lost {
            Lost::Request => Fault::LoseRequest,
            Lost::Reply => Fault::LoseReply,
        };
        self.plan.set(fault, times, commands);
    }

    /// Answers the next messages with one of these commands with this document, so many times; in
    /// place of what was left of the last plan. The member has executed the command all the same.
    pub fn answer(&self, reply: &Document, times: usize, commands: &[&str]) {
        let reply = reply.to_vec().expect("a document");
        self.plan.set(Fault::Answer(reply), times, commands);
    }

    /// From now on every byte is read and thrown away, in both directions and on new connections
    /// too: nothing is refused, and nothing arrives.
    pub fn swallow_all(&self) {
        self.plan.swallows.store(true, Ordering::SeqCst);
    }

    /// Bytes arrive again. Those that were swallowed are lost.
    pub fn swallow_no_more(&self) {
        self.plan.swallows.store(false, Ordering::SeqCst);
    }

    /// Swallows the next messages with one of these commands, so many times; in place of what was
    /// left of the last plan. Their connections stay open.
    pub fn swallow(&self, times: usize, commands: &[&str]) {
        self.plan.set(Fault::SwallowRequest, times, commands);
    }

    /// Cuts all connections that there are, whatever passes through them; new ones are let in.
    pub fn cut_all(&self) {
        self.plan.all.send_modify(|times| *times += 1);
    }

    /// How many connections have been cut, or messages swallowed by plan, without those of [`cut_all`](Self::cut_all).
    pub fn cuts(&self) -> usize {
        *self.cuts.borrow()
    }

    /// Waits until so many connections have been cut.
    pub async fn cut_at_least(&mut self, count: usize) {
        self.cuts.wait_for(|cuts| *cuts >= count).await.expect("a proxy");
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// What all connections of a proxy share.
#[derive(Debug)]
struct Plan {
    next: Mutex<Option<Planned>>,
    made: watch::Sender<usize>,
    /// How often all connections were cut.
    all: watch::Sender<usize>,
    swallows: AtomicBool,
}

#[derive(Debug)]
struct Planned {
    fault: Fault,
    times: usize,
    commands: Vec<String>,
}

#[derive(Clone, Debug)]
enum Fault {
    LoseRequest,
    SwallowRequest,
    LoseReply,
    Answer(Vec<u8>),
}

impl Plan {
    fn set(&self, fault: Fault, times: usize, commands: &[&str]) {
        let commands = commands.iter().map(|&command| command.to_owned()).collect();
        *self.next() = Some(Planned { fault, times, commands });
    }

    /// What is to be done wrong with this message.
    fn fault(&self, message: &[u8]) -> Option<Fault> {
        let command = command_name(message)?;
        let mut next = self.next();
        let planned = next.as_mut().filter(|planned| planned.times > 0)?;
        if !planned.commands.contains(&command) {
            return None;
        }
        planned.times -= 1;
        Some(planned.fault.clone())
    }

    fn cut(&self) {
        self.made.send_modify(|made| *made += 1);
    }

    fn next(&self) -> std::sync::MutexGuard<'_, Option<Planned>> {
        self.next.lock().expect("no test panics while it holds the lock")
    }
}

async fn serve(listener: TcpListener, member: Member, plan: Arc<Plan>) {
    let mut connections = JoinSet::new();
    while let Ok((client, _)) = listener.accept().await {
        let plan = Arc::clone(&plan);
        connections.spawn(async move { pass(client, member, &plan).await });
        while connections.try_join_next().is_some() {}
    }
}

/// Passes messages until one side closes the connection or it is to be cut.
async fn pass(client: TcpStream, member: Member, plan: &Plan) -> io::Result<()> {
    let server = TcpStream::connect(member.address()).await?;
    client.set_nodelay(true)?;
    server.set_nodelay(true)?;
    let (from_client, to_client) = client.into_split();
    let (from_server, to_server) = server.into_split();
    let of_reply = Mutex::new(None);
    let mut all = plan.all.subscribe();
    tokio::select! {
        _ = all.changed() => Ok(()),
        ended = requests(from_client, to_server, plan, &of_reply) => ended,
        ended = replies(from_server, to_client, plan, &of_reply) => ended,
    }
}

async fn requests(
    mut client: OwnedReadHalf,
    mut server: OwnedWriteHalf,
    plan: &Plan,
    of_reply: &Mutex<Option<Fault>>,
) -> io::Result<()> {
    loop {
        let message = message(&mut client).await?;
        match plan.fault(&message) {
            Some(Fault::LoseRequest) => {
                plan.cut();
                return Ok(());
            }
            Some(Fault::SwallowRequest) => {
                plan.cut();
                continue;
            }
            fault => *of_reply.lock().expect("no panic") = fault,
        }
        if !plan.swallows.load(Ordering::SeqCst) {
            server.write_all(&message).await?;
        }
    }
}

async fn replies(
    mut server: OwnedReadHalf,
    mut client: OwnedWriteHalf,
    plan: &Plan,
    of_reply: &Mutex<Option<Fault>>,
) -> io::Result<()> {
    loop {
        let message = message(&mut server).await?;
        let fault = of_reply.lock().expect("no panic").take();
        match fault {
            Some(Fault::LoseReply) => {
                plan.cut();
                return Ok(());
            }
            _ if plan.swallows.load(Ordering::SeqCst) => {}
            Some(Fault::Answer(body)) => client.write_all(&with_body(&message, &body)).await?,
            _ => client.write_all(&message).await?,
        }
    }
}

/// Reads one message, header included.
async fn message(from: &mut OwnedReadHalf) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; HEADER];
    from.read_exact(&mut bytes).await?;
    let length = word(&bytes, 0).unwrap_or_default() as usize;
    if !(HEADER..MOST_BYTES).contains(&length) {
        return Err(io::Error::other("what was sent is no message"));
    }
    bytes.resize(length, 0);
    from.read_exact(&mut bytes[HEADER..]).await?;
    Ok(bytes)
}

/// The same message with another body.
fn with_body(message: &[u8], body: &[u8]) -> Vec<u8> {
    let mut bytes = message[..HEADER].to_vec();
    bytes.extend_from_slice(&[0; 5]);
    bytes.extend_from_slice(body);
    let length = u32::try_from(bytes.len()).expect("a short message");
    bytes[..4].copy_from_slice(&length.to_le_bytes());
    bytes
}

/// The first key of the body of an `OP_MSG`.
fn command_name(message: &[u8]) -> Option<String> {
    if word(message, 12)? != OP_MSG {
        return None;
    }
    let mut sections = message.get(HEADER + 4..)?;
    while let [kind, section @ ..] = sections {
        if *kind == 0 {
            // The length of the document and the type of its first element come before the key.
            let key = section.get(5..)?.split(|byte| *byte == 0).next()?;
            return String::from_utf8(key.to_owned()).ok();
        }
        sections = section.get(word(section, 0)? as usize..)?;
    }
    None
}

fn word(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}
