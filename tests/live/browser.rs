//! Headless Chromium, through its DevTools protocol.

use std::{
    path::PathBuf,
    process::Stdio,
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use futures::{SinkExt, StreamExt};
use rustix::process::{Pid, Signal, kill_process_group};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    net::TcpStream,
    process::{Child, Command},
    sync::MutexGuard,
};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async, tungstenite::Message};

use crate::{PATIENCE, program::Scratch, soon, turn};

const NAMES: [&str; 3] = ["chromium", "chromium-browser", "google-chrome"];

/// A browser with one page. Tests that have one run one after the other.
pub(crate) struct Browser {
    connection: WebSocketStream<MaybeTlsStream<TcpStream>>,
    session: Option<String>,
    calls: u64,
    _process: Process,
    _turn: MutexGuard<'static, ()>,
}

/// The browser and its helpers, which are one process group. They end before their folder goes.
struct Process {
    child: Child,
    _profile: Scratch,
}

impl Drop for Process {
    fn drop(&mut self) {
        let pid = self.child.id().and_then(|id| Pid::from_raw(id.try_into().ok()?));
        if let Some(pid) = pid {
            let _ = kill_process_group(pid, Signal::KILL);
        }
    }
}

fn program() -> PathBuf {
    if let Some(named) = std::env::var_os("CHROMIUM") {
        return named.into();
    }
    let folders = std::env::var_os("PATH").unwrap_or_default();
    let folders: Vec<_> = std::env::split_paths(&folders).collect();
    let found = NAMES.iter().flat_map(|name| folders.iter().map(move |folder| folder.join(name)));
    found.into_iter().find(|path| path.is_file()).unwrap_or_else(|| {
        panic!(
            "there is no Chromium on PATH, and CHROMIUM names none; on Debian, install it with \
             `apt-get install -y --no-install-recommends chromium`"
        )
    })
}

impl Browser {
    pub(crate) async fn start() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let turn = turn().await;
        let profile = Scratch::new(&format!("chromium-{}", COUNT.fetch_add(1, Ordering::Relaxed)));
        let mut command = Command::new(program());
        command
            .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"])
            .args(["--no-first-run", "--disable-extensions", "--remote-debugging-port=0"])
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .arg("about:blank")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .process_group(0)
            .kill_on_drop(true);
        let mut child = command.spawn().expect("a browser");
        let stderr = child.stderr.take().expect("a pipe");
        let process = Process { child, _profile: profile };
        let mut lines = BufReader::new(stderr).lines();
        let address = async {
            while let Some(line) = lines.next_line().await.expect("text") {
                if let Some(address) = line.strip_prefix("DevTools listening on ") {
                    return address.to_owned();
                }
            }
            panic!("the browser ended");
        };
        let address = soon("the browser", address).await;
        // It ends if nobody reads what it complains about.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        let (connection, _) = connect_async(address).await.expect("a connection");
        let mut browser =
            Self { connection, session: None, calls: 0, _process: process, _turn: turn };
        let target = browser.call("Target.createTarget", json!({ "url": "about:blank" })).await;
        let attach = json!({ "targetId": target["targetId"], "flatten": true });
        let session = browser.call("Target.attachToTarget", attach).await;
        browser.session = Some(session["sessionId"].as_str().expect("a session").to_owned());
        browser.call("Page.enable", json!({})).await;
        browser
    }

    /// Calls a method and waits for its answer; events in between are not looked at.
    async fn call(&mut self, method: &str, parameters: Value) -> Value {
        self.send(method, parameters).await;
        let id = self.calls;
        loop {
            let message = self.message().await;
            if message["id"] == id {
                assert!(message.get("error").is_none(), "{method}: {message}");
                return message["result"].clone();
            }
        }
    }

    async fn send(&mut self, method: &str, parameters: Value) {
        self.calls += 1;
        let mut call = json!({ "id": self.calls, "method": method, "params": parameters });
        if let Some(session) = &self.session {
            call["sessionId"] = session.as_str().into();
        }
        self.connection.send(Message::text(call.to_string())).await.expect("a connection");
    }

    async fn message(&mut self) -> Value {
        loop {
            let message = soon("the browser's answer", self.connection.next()).await;
            if let Message::Text(text) = message.expect("a connection").expect("a message") {
                return serde_json::from_str(&text).expect("JSON");
            }
        }
    }

    /// Opens a page, and returns when it is loaded.
    pub(crate) async fn open(&mut self, url: &str) {
        self.send("Page.navigate", json!({ "url": url })).await;
        while self.message().await["method"] != "Page.loadEventFired" {}
    }

    /// The value of an expression on the page; of a promise, what it is fulfilled with.
    pub(crate) async fn value(&mut self, expression: &str) -> Value {
        let evaluate =
            json!({ "expression": expression, "awaitPromise": true, "returnByValue": true });
        let answer = self.call("Runtime.evaluate", evaluate).await;
        assert!(answer.get("exceptionDetails").is_none(), "{expression}: {answer}");
        answer["result"]["value"].clone()
    }

    /// Waits until a condition holds on the page; it is looked at whenever the page changes.
    pub(crate) async fn until(&mut self, condition: &str) {
        self.until_in(PATIENCE, condition).await;
    }

    /// The same, and for so long at most.
    pub(crate) async fn until_in(&mut self, limit: Duration, condition: &str) {
        let limit = limit.as_millis();
        let waiting = format!(
            "new Promise(done => {{
                const watcher = new MutationObserver(look)
                const late = setTimeout(() => end(document.body.innerText), {limit})
                function end(result) {{ watcher.disconnect(); clearTimeout(late); done(result) }}
                function look() {{ if ({condition}) end(true) }}
                watcher.observe(document, {{
                    subtree: true, childList: true, characterData: true, attributes: true
                }})
                look()
            }})"
        );
        let came = self.value(&waiting).await;
        assert_eq!(came, true, "within {limit} ms not: {condition}");
    }

    /// The `_id`s of all rows in their order.
    pub(crate) async fn ids(&mut self) -> Vec<i64> {
        let ids = "[...document.querySelectorAll('#changes li')].map(row =>
            [...row.querySelectorAll('span')].find(field =>
                field.querySelector('i').textContent === '_id').lastChild.textContent)";
        let ids = self.value(ids).await;
        let ids = ids.as_array().expect("a list").iter();
        ids.map(|id| id.as_str().expect("text").parse().expect("a number")).collect()
    }
}
