//! The example as a process, which ends with the test.

use std::{
    net::TcpListener,
    path::{Path, PathBuf},
    process::{ExitStatus, Output, Stdio},
    sync::atomic::{AtomicU16, Ordering},
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, kill_process};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::TcpStream,
    process::{Child, Command},
    task::JoinHandle,
};

use crate::soon;

/// The example with its arguments.
fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_live"));
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.kill_on_drop(true);
    command
}

/// Runs it until it ends by itself.
pub(crate) async fn run(arguments: &[&str]) -> Output {
    soon("its end", command(arguments).output()).await.expect("a program")
}

/// The example, listening.
pub(crate) struct Live {
    child: Child,
    port: u16,
    complaints: JoinHandle<String>,
}

/// How it ended.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) status: ExitStatus,
    pub(crate) stderr: String,
    pub(crate) took: Duration,
}

impl Live {
    /// Watches the orders of a database, and returns when it listens.
    pub(crate) async fn watch(uri: &str, database: &str, more: &[&str]) -> Self {
        Self::watch_again(free_port(), uri, database, more).await
    }

    pub(crate) async fn start(arguments: &[&str]) -> Self {
        Self::start_at(free_port(), arguments).await
    }

    /// The same after it has ended, where it was before.
    pub(crate) async fn watch_again(port: u16, uri: &str, database: &str, more: &[&str]) -> Self {
        let namespace = format!("{database}.orders");
        let arguments = [&["--mongo", uri, "--ns", &namespace], more].concat();
        Self::start_at(port, &arguments).await
    }

    async fn start_at(port: u16, arguments: &[&str]) -> Self {
        let mut child = command(arguments).args(["--port", &port.to_string()]).spawn().unwrap();
        let mut stderr = child.stderr.take().unwrap();
        let complaints = tokio::spawn(async move {
            let mut text = String::new();
            stderr.read_to_string(&mut text).await.expect("text");
            text
        });
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let listening = async {
            loop {
                match lines.next_line().await.expect("text") {
                    Some(line) if line.contains("listening on http://") => return true,
                    Some(_) => {}
                    None => return false,
                }
            }
        };
        if !soon("a page", listening).await {
            panic!("it ended: {}", complaints.await.unwrap());
        }
        // A pipe that nobody reads would stop it.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Self { child, port, complaints }
    }

    /// Where it listens: `127.0.0.1:20000`
    pub(crate) fn host(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    fn pid(&self) -> Pid {
        Pid::from_raw(self.child.id().expect("it runs").try_into().unwrap()).unwrap()
    }

    /// What it has of the memory, in bytes.
    pub(crate) fn memory(&self) -> usize {
        let status = format!("/proc/{}/status", self.pid().as_raw_nonzero());
        let status = std::fs::read_to_string(status).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
        let kilobytes: usize = line.split_whitespace().nth(1).unwrap().parse().unwrap();
        kilobytes << 10
    }

    /// Asks it to end, and waits until it has.
    pub(crate) async fn end(mut self, signal: Signal) -> Ended {
        let begun = Instant::now();
        kill_process(self.pid(), signal).unwrap();
        let status = soon("its end", self.child.wait()).await.unwrap();
        Ended { status, took: begun.elapsed(), stderr: self.complaints.await.unwrap() }
    }

    /// The answer to a GET: its status and its body.
    pub(crate) async fn get(&self, path: &str) -> (u16, String) {
        let answer = soon("an answer", get(&self.host(), path)).await.expect("an answer");
        let (head, body) = answer.split_once("\r\n\r\n").expect("a head and a body");
        (head.split(' ').nth(1).unwrap().parse().unwrap(), body.to_owned())
    }
}

async fn get(host: &str, path: &str) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(host).await?;
    let request = format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    Ok(answer)
}

/// A port that nobody listens on, out of the range that is given to those who connect: it is still
/// free when the program is started again.
fn free_port() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let first = 12_000 + (std::process::id() % 100) as u16 * 80;
    loop {
        let port = first + NEXT.fetch_add(1, Ordering::Relaxed);
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}

/// A folder for a test's files, gone with the value.
pub(crate) struct Scratch(PathBuf);

impl Scratch {
    pub(crate) fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("odm-live-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    pub(crate) fn file(&self, name: &str) -> String {
        self.0.join(name).to_str().unwrap().to_owned()
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // A program that is just being killed may still write.
        drop(std::fs::remove_dir_all(&self.0));
    }
}
