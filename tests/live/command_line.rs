//! How it starts, and when it does not.

use std::{
    net::TcpListener,
    process::{Child, Command, Stdio},
};

use mongodb::bson::doc;
use tests::{Member, Set, shared_set};

use crate::{
    program::{Live, Scratch, run},
    socket::Socket,
};

#[tokio::test]
async fn a_mistake_is_one_line_and_exit_code_1() {
    let mistakes: [(&[&str], &str); 6] = [
        (&["--ns", "orders"], "live: --ns orders: a namespace is a database and a collection"),
        (&["--ns", "shop."], "live: --ns shop.: a namespace is a database and a collection"),
        (&["--port", "many"], "live: --port many: this is no number"),
        (&["--token-file"], "live: --token-file needs a value"),
        (&["--full-document=all"], "live: --full-document all: it is default, updateLookup"),
        (&["--colour"], "live: there is no option --colour"),
    ];
    for (arguments, complaint) in mistakes {
        let output = run(arguments).await;
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {stderr}");
        assert!(stderr.starts_with(complaint), "{stderr}");
        assert_eq!(stderr.lines().count(), 1, "{stderr}");
        assert!(output.stdout.is_empty());
    }
}

#[tokio::test]
async fn a_namespace_is_split_at_its_first_dot() {
    let set = shared_set().await;
    let live = Live::start(&["--mongo", set.uri(), "--ns", "live_dots.orders.of.today"]).await;
    let (_, page) = live.get("/").await;
    assert!(page.contains("<h1>Changes in live_dots.orders.of.today</h1>"), "{page}");
}

/// A server that no set was made of.
struct Standalone(Child);

impl Standalone {
    async fn start(folder: &Scratch) -> (Self, Member) {
        let options = shared_set().await.member(0).run(doc! { "getCmdLineOpts": 1 }).await;
        let program = options.get_array("argv").unwrap()[0].as_str().unwrap();
        let port = {
            let free = TcpListener::bind(("127.0.0.1", 0)).unwrap();
            free.local_addr().unwrap().port().to_string()
        };
        let mut command = Command::new(program);
        command.args(["--port", &port, "--bind_ip", "127.0.0.1", "--dbpath"]).arg(folder.path());
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let server = Self(command.spawn().expect("a server"));
        let member = Member::of(&format!("mongodb://127.0.0.1:{port}/"));
        let answers = async {
            while member.try_run(doc! { "ping": 1 }).await.is_err() {
                tokio::task::yield_now().await;
            }
        };
        crate::soon("a standalone server", answers).await;
        (server, member)
    }
}

impl Drop for Standalone {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

#[tokio::test]
async fn a_standalone_server_is_refused_with_advice() {
    let folder = Scratch::new("standalone");
    let (server, member) = Standalone::start(&folder).await;
    let output = run(&["--mongo", &member.uri(), "--ns", "test.orders", "--port", "0"]).await;
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{stderr}");
    assert!(stderr.contains("change streams need a replica set"), "{stderr}");
    drop(server);
}

/// The one command of the README.
#[tokio::test]
async fn without_options_there_is_a_set_and_a_writer() {
    let live = Live::start(&[]).await;
    let mut socket = Socket::open(&live, "?since=0").await;
    let mut seen = Vec::new();
    while !["insert", "update", "delete"].iter().all(|op| seen.iter().any(|seen| seen == op)) {
        let row = socket.row().await;
        assert!(row.get("error").is_none(), "{row}");
        seen.push(row["op"].as_str().unwrap().to_owned());
    }
    let ended = live.end(rustix::process::Signal::INT).await;
    assert_eq!((ended.status.code(), ended.stderr.as_str()), (Some(0), ""));
    assert!(ended.took.as_secs() < 5, "{ended:?}");
}
