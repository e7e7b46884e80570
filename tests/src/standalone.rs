//! A server that is no member of a set.
//!
//! Knows how the members of the shared set are run. Does not know clients.

use std::{
    fs::{File, create_dir, remove_dir_all},
    net::{Ipv4Addr, TcpListener},
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use mongodb::bson::doc;

use crate::{Member, Set, shared_set};

const PATIENCE: Duration = Duration::from_secs(30);

/// A `mongod` without `--replSet`; dropping it ends it.
#[derive(Debug)]
pub struct Standalone {
    process: Child,
    member: Member,
    folder: PathBuf,
}

impl Standalone {
    /// Starts one of the same program as the shared set.
    ///
    /// # Panics
    ///
    /// If it does not answer in time.
    pub async fn start() -> Self {
        Self::start_with(&[]).await
    }

    /// The same with these arguments too. It must answer a `ping` without TLS and credentials.
    ///
    /// # Panics
    ///
    /// If it does not answer in time.
    pub async fn start_with(arguments: &[&str]) -> Self {
        let primary = shared_set().await.primary_member().await;
        let options = primary.run(doc! { "getCmdLineOpts": 1 }).await;
        let program = options.get_array("argv").expect("arguments")[0].as_str().expect("a path");
        let port = free_port();
        let folder = std::env::temp_dir().join(format!("odm-standalone-{port}"));
        create_dir(&folder).expect("a folder of its own");
        let log = File::create(folder.join("log")).expect("a log");
        let mut command = Command::new(program);
        command.args(["--bind_ip", "127.0.0.1", "--port", &port.to_string(), "--dbpath"]);
        command.arg(&folder).args(["--wiredTigerCacheSizeGB", "0.25"]).args(arguments);
        let process = command.stdin(Stdio::null()).stdout(log).spawn().expect("a mongod");
        let member = Member::of(&format!("127.0.0.1:{port}"));
        let server = Self { process, member, folder };
        let begun = Instant::now();
        while member.try_run(doc! { "ping": 1 }).await.is_err() {
            assert!(begun.elapsed() < PATIENCE, "mongod does not answer");
            tokio::task::yield_now().await;
        }
        server
    }

    /// The server itself, spoken to without the driver.
    pub fn member(&self) -> Member {
        self.member
    }

    /// The connection string.
    pub fn uri(&self) -> String {
        self.member.uri()
    }
}

impl Drop for Standalone {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
        let _ = remove_dir_all(&self.folder);
    }
}

fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    listener.local_addr().expect("an address").port()
}
