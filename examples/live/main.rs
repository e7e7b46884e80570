//! A page that shows the changes of a collection as they happen, and misses none.
//!
//! `cargo run --example live` starts a replica set of its own with a small writer;
//! `--mongo URI --ns shop.orders` watches a real one. The README beside this file has the picture.

mod client;
mod describe;
mod hub;
mod log;
mod message;
mod model;
mod options;
mod page;
mod stop;
mod token_file;
mod watcher;
mod web;
mod writer;

use std::{process::ExitCode, sync::Arc, time::Duration};

use odm::{Database, mongodb::Client, sandbox::ReplicaSet};
use tokio::{net::TcpListener, time::timeout};

use self::{
    describe::Shown,
    hub::Hub,
    model::{Anything, Order},
    options::Options,
    stop::Stop,
    watcher::Watcher,
};

/// What ends the program with a message.
type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Nothing is waited for longer when the program ends.
const PATIENCE: Duration = Duration::from_secs(1);

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("live: {failure}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), Failure> {
    let Some(options) = Options::parse(std::env::args().skip(1))? else {
        println!("{}", options::HELP);
        return Ok(());
    };
    log::set_level(options.log);
    let stop = Stop::on_signals()?;
    let deployment = tokio::select! {
        found = Deployment::find(&options) => found?,
        () = stop.requested() => return Ok(()),
    };
    let result = match options.untyped {
        true => live::<Anything>(&options, &deployment.db, &stop).await,
        false => live::<Order>(&options, &deployment.db, &stop).await,
    };
    deployment.leave().await;
    result
}

/// Watches, serves, and writes if there is no one else who does, until it is stopped.
async fn live<M: Shown>(options: &Options, db: &Database, stop: &Stop) -> Result<(), Failure> {
    let hub = Arc::new(Hub::new(options.buffer));
    let watcher = tokio::select! {
        opened = Watcher::<M>::open(options, db, Arc::clone(&hub)) => opened?,
        () = stop.requested() => return Ok(()),
    };
    let listener = TcpListener::bind(("127.0.0.1", options.port)).await;
    let listener = listener.map_err(|error| format!("port {}: {error}", options.port))?;
    log::info(format!("watching {}", options.namespace()));
    log::info(format!("listening on http://{}", listener.local_addr()?));
    let (watched, served, ()) = tokio::join!(
        stopping(stop, watcher.run(stop)),
        stopping(stop, web::serve(listener, Arc::clone(&hub), options, stop)),
        async {
            if options.mongo.is_none() {
                writer::write(&db.collection_named(&options.collection), stop).await;
            }
        },
    );
    watched.and(served)
}

/// When one part ends, all do.
async fn stopping<T>(stop: &Stop, part: impl Future<Output = T>) -> T {
    let done = part.await;
    stop.now();
    done
}

/// Where the collection is.
struct Deployment {
    db: Database,
    /// Our own, if no other was named; it ends with us.
    set: Option<ReplicaSet>,
}

impl Deployment {
    async fn find(options: &Options) -> Result<Self, Failure> {
        let (uri, set) = match &options.mongo {
            Some(uri) => (uri.clone(), None),
            None => {
                log::info("starting a replica set");
                let set = ReplicaSet::start(1).await?;
                (set.uri().to_owned(), Some(set))
            }
        };
        let client = Client::with_uri_str(uri).await?;
        Ok(Self { db: Database::from_driver(client.database(&options.database)), set })
    }

    async fn leave(self) {
        let client = self.db.as_driver().client().clone();
        drop(self.db);
        // It is no failure if the server cannot be told.
        drop(timeout(PATIENCE, client.shutdown().into_future()).await);
        if let Some(set) = self.set {
            set.stop().await;
        }
    }
}
