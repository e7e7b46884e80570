//! The process that consumes: this test binary once more, told what to do by its environment.

use std::time::Duration;

use odm::{Transaction, prelude::*};
use tests::{Connect, Process, shared_set};

/// The consumer's name.
pub(super) const NAME: &str = "counter";
/// The item whose handler takes its time, and says so.
pub(super) const SLOW: i64 = 1000;
const SLOWNESS: Duration = Duration::from_millis(500);

#[derive(Model, Clone, Debug, PartialEq)]
#[model(collection = "items")]
pub(super) struct Item {
    #[model(id)]
    pub(super) id: i64,
}

/// What a handler does, once each time.
#[derive(Model, Clone, Debug, PartialEq)]
#[model(collection = "effects")]
pub(super) struct Effect {
    #[model(id)]
    pub(super) id: ObjectId,
    pub(super) item: i64,
    pub(super) process: u32,
}

/// How many items were handled, in the one document there is.
#[derive(Model, Clone, Debug, PartialEq)]
#[model(collection = "totals")]
pub(super) struct Total {
    #[model(id)]
    pub(super) id: i64,
    pub(super) items: i64,
}

/// A process is inside the slow handler.
#[derive(Model, Clone, Debug, PartialEq)]
#[model(collection = "marks")]
pub(super) struct Mark {
    #[model(id)]
    pub(super) id: ObjectId,
    pub(super) process: u32,
}

/// A process that has ended by itself.
#[derive(Model, Clone, Debug, PartialEq)]
#[model(collection = "ended")]
pub(super) struct Ended {
    #[model(id)]
    pub(super) process: u32,
    pub(super) error: String,
}

/// What a process is told.
pub(super) struct Orders {
    pub(super) database: String,
    uri: String,
    lease: Duration,
    is_transactional: bool,
}

impl Orders {
    /// A consumer on the shared set.
    pub(super) async fn plain(database: &str, lease: Duration) -> Self {
        let uri = shared_set().await.uri().to_owned();
        Self { database: database.to_owned(), uri, lease, is_transactional: false }
    }

    pub(super) async fn transactional(database: &str, lease: Duration) -> Self {
        Self { is_transactional: true, ..Self::plain(database, lease).await }
    }

    pub(super) fn start(&self) -> Process {
        let Self { database, uri, lease, is_transactional } = self;
        let orders = format!("{uri} {database} {} {is_transactional}", lease.as_millis());
        Process::start("durable::consumer::process", &orders)
    }

    fn given() -> Option<Self> {
        let orders = Process::orders()?;
        let words: Vec<_> = orders.split(' ').collect();
        let [uri, database, lease, is_transactional] = words[..] else { panic!("{orders}") };
        Some(Self {
            database: database.to_owned(),
            uri: uri.to_owned(),
            lease: Duration::from_millis(lease.parse().expect("a lease")),
            is_transactional: is_transactional == "true",
        })
    }
}

/// The effect of an item, and one more in the total.
pub(super) async fn add(tx: &Transaction, item: i64) -> odm::Result<()> {
    let effect = Effect { id: ObjectId::new(), item, process: std::process::id() };
    Effect::insert(&effect).run(tx).await?;
    let total = Total::update().filter(|t| t.id().eq(1)).inc(|t| t.items(), 1);
    total.upsert().one(tx).await.map(drop)
}

/// The whole of such a process; nothing where it is run as a test.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn process() {
    let Some(Orders { database, uri, lease, is_transactional }) = Orders::given() else { return };
    let (db, _) = Connect::to(uri).database_as_it_is(&database).await;
    let durable = Item::watch()
        .max_await_time(Duration::from_millis(200))
        .durable(NAME, TokenStore::collection(&db))
        .lease(lease)
        .checkpoint_every(10);
    let db = &db;
    let ended = match is_transactional {
        true => {
            let run = durable.transactional().run(db, |event, tx| async move {
                let item = *event.id().expect("an insert");
                add(&tx, item).await?;
                slowly(db, item).await
            });
            run.await
        }
        false => {
            let run = durable.run(db, |event| async move {
                let item = *event.id().expect("an insert");
                let effect = Effect { id: ObjectId::new(), item, process: std::process::id() };
                Effect::insert(&effect).run(db).await?;
                slowly(db, item).await
            });
            run.await
        }
    };
    let error = ended.err().map(|error| error.to_string()).unwrap_or_default();
    Ended::insert(&Ended { process: std::process::id(), error }).run(db).await.expect("an end");
}

/// Of the slow item: says that the handler is inside, and stays for a while.
async fn slowly(db: &odm::Database, item: i64) -> odm::Result<()> {
    if item == SLOW {
        let mark = Mark { id: ObjectId::new(), process: std::process::id() };
        Mark::insert(&mark).run(db).await?;
        tokio::time::sleep(SLOWNESS).await;
    }
    Ok(())
}
