//! One member of a replica set, spoken to without the driver.
//!
//! Knows the frame of `OP_MSG` and threads that may block, so that a fail point can be switched
//! off where there is no runtime. Does not know sets.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::PathBuf;
use std::time::Duration;

use mongodb::bson::{Document, doc};

const OP_MSG: u32 = 2013;
/// Length, request, response to, operation, flags, and the kind of the only section.
const FRAME: usize = 4 * 5 + 1;
/// A fail point is waited for no longer.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// The address of a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Member {
    address: SocketAddr,
}

impl Member {
    /// The member of a `directConnection` URI, as `member_uri` gives it.
    pub fn of(uri: &str) -> Self {
        let host = uri.trim_start_matches("mongodb://").split('/').next().unwrap_or_default();
        Self { address: host.parse().expect("the address of one member") }
    }

    /// Host and port.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The connection string of this member alone.
    pub fn uri(&self) -> String {
        format!("mongodb://{}/test?directConnection=true", self.address)
    }

    /// Runs a command on `admin` and returns the reply; the server's own words if it refuses.
    pub async fn try_run(&self, command: Document) -> Result<Document, String> {
        let member = *self;
        let answer = tokio::task::spawn_blocking(move || member.run_blocking(command, PATIENCE));
        answer.await.expect("a command does not panic")
    }

    /// The same for a command that must succeed.
    pub async fn run(&self, command: Document) -> Document {
        let name = command.keys().next().cloned().unwrap_or_default();
        let reply = self.try_run(command).await;
        reply.unwrap_or_else(|error| panic!("{name} on {}: {error}", self.address))
    }

    /// The same on this thread, for event handlers and drops.
    pub(crate) fn run_blocking(
        &self,
        command: Document,
        patience: Duration,
    ) -> Result<Document, String> {
        let reply = self.exchange(command, patience).map_err(|error| error.to_string())?;
        match reply.get_f64("ok") {
            Ok(1.0) => Ok(reply),
            _ => Err(reply.get_str("errmsg").unwrap_or("no reason given").to_owned()),
        }
    }

    /// The folder of the member's data.
    pub(crate) async fn folder(&self) -> PathBuf {
        let options = self.run(doc! { "getCmdLineOpts": 1 }).await;
        let parsed = options.get_document("parsed").expect("parsed options");
        let storage = parsed.get_document("storage").expect("options of the storage");
        storage.get_str("dbPath").expect("a folder").into()
    }

    fn exchange(&self, mut command: Document, patience: Duration) -> io::Result<Document> {
        command.insert("$db", "admin");
        let mut stream = TcpStream::connect_timeout(&self.address, patience)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(patience))?;
        stream.write_all(&frame(&command)?)?;
        let mut length = [0; 4];
        stream.read_exact(&mut length)?;
        let mut rest = vec![0; (u32::from_le_bytes(length) as usize).saturating_sub(4)];
        stream.read_exact(&mut rest)?;
        let body = rest.get(FRAME - 4..).unwrap_or_default();
        Document::from_reader(body).map_err(io::Error::other)
    }
}

fn frame(command: &Document) -> io::Result<Vec<u8>> {
    let body = command.to_vec().map_err(io::Error::other)?;
    let length = u32::try_from(FRAME + body.len()).map_err(io::Error::other)?;
    let mut bytes = Vec::with_capacity(FRAME + body.len());
    for word in [length, 1, 0, OP_MSG, 0] {
        bytes.extend_from_slice(&word.to_le_bytes());
    }
    bytes.push(0);
    bytes.extend_from_slice(&body);
    Ok(bytes)
}
