//! One plain connection to one member, for commands before there is a set.
//!
//! Knows the frame of `OP_MSG` and the loopback address. Does not know processes or sets. The
//! driver is not used here: it looks at a server that is not up yet twice a second at most, and
//! its monitors would live in the runtime of whichever test asked first.

use std::io;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::error::{Error, Result};
use mongodb::bson::{Document, doc};

const OP_MSG: u32 = 2013;
/// Length, request, response to, operation, flags, and the kind of the only section.
const FRAME: usize = 4 * 5 + 1;
/// No reply of `mongod` is longer.
const MOST_BYTES: usize = 48 << 20;
/// A member that does not answer in this time is paused or gone.
const PATIENCE: Duration = Duration::from_secs(1);

/// A connection to the member on a port of the loopback interface.
pub(super) struct Connection {
    stream: TcpStream,
    port: u16,
}

impl Connection {
    pub(super) async fn open(port: u16) -> io::Result<Connection> {
        let stream = TcpStream::connect(("127.0.0.1", port)).await?;
        stream.set_nodelay(true)?;
        Ok(Connection { stream, port })
    }

    /// Runs a command on `admin` and returns the reply, or the server's own words if it refuses.
    pub(super) async fn run(&mut self, command: Document) -> Result<Document> {
        let name = command.keys().next().cloned().unwrap_or_default();
        let reply = match self.exchange(command).await {
            Ok(reply) => reply,
            Err(cause) => return Err(self.failed(&name, &cause.to_string())),
        };
        match reply.get_f64("ok") {
            Ok(1.0) => Ok(reply),
            _ => Err(self.failed(&name, reply.get_str("errmsg").unwrap_or("no reason given"))),
        }
    }

    fn failed(&self, name: &str, cause: &str) -> Error {
        Error::sandbox(format!("{name} failed on 127.0.0.1:{}: {cause}", self.port))
    }

    async fn exchange(&mut self, mut command: Document) -> io::Result<Document> {
        command.insert("$db", "admin");
        self.stream.write_all(&frame(&command)?).await?;
        let length = self.stream.read_u32_le().await? as usize;
        if !(FRAME..MOST_BYTES).contains(&length) {
            return Err(io::Error::other("what answers there is not mongod"));
        }
        let mut rest = vec![0; length - 4];
        self.stream.read_exact(&mut rest).await?;
        Document::from_reader(&rest[FRAME - 4..]).map_err(io::Error::other)
    }
}

/// Asks the member on `port` what it is; `None` when it does not answer.
pub(super) async fn hello(port: u16) -> Option<Document> {
    ask(port, doc! { "hello": 1 }).await
}

/// Runs a command of which no answer is an answer, too.
pub(super) async fn ask(port: u16, command: Document) -> Option<Document> {
    let answer = async { Connection::open(port).await.ok()?.run(command).await.ok() };
    timeout(PATIENCE, answer).await.ok().flatten()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_tells_its_own_length() {
        let bytes = frame(&doc! { "hello": 1 }).unwrap();
        assert_eq!(bytes[..4], (bytes.len() as u32).to_le_bytes());
        assert_eq!(Document::from_reader(&bytes[FRAME..]).unwrap(), doc! { "hello": 1 });
    }

    #[tokio::test]
    async fn nobody_on_the_port_is_no_answer() {
        assert_eq!(hello(1).await, None);
    }
}
