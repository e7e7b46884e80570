//! Every operation that writes, and what it leaves behind.

use futures::future::{BoxFuture, FutureExt};
use odm::{
    Database, Result, Session,
    bson::Document,
    prelude::*,
    update::{Filtered, Operators, Pipeline, Update},
};
use tests::{FailPoint, Member, Set, shared_set};

#[derive(Model, Clone, Debug, PartialEq)]
#[model(collection = "counters")]
pub(crate) struct Counter {
    #[model(id)]
    pub(crate) id: i64,
    pub(crate) n: i64,
}

pub(crate) fn counter(id: i64, n: i64) -> Counter {
    Counter { id, n }
}

pub(crate) async fn stored(db: &Database) -> Vec<Counter> {
    Counter::find().sort(|c| c.id().asc()).all(db).await.expect("a find")
}

pub(crate) async fn primary() -> Member {
    shared_set().await.primary_member().await
}

/// The transaction number of each command; all are of one session.
pub(crate) fn numbers(commands: &[Document]) -> Vec<Option<i64>> {
    let sessions: Vec<_> = commands.iter().map(|command| command.get("lsid")).collect();
    assert!(sessions.iter().all(|session| session.is_some() && *session == sessions[0]));
    commands.iter().map(|command| command.get_i64("txnNumber").ok()).collect()
}

/// Commands of this name of the client with the database's name.
pub(crate) fn fail(db: &Database, command: &str) -> FailPoint {
    FailPoint::fail_command(db.name(), &[command])
}

/// An operation of this crate that writes.
pub(crate) struct Write {
    pub(crate) name: &'static str,
    pub(crate) command: &'static str,
    pub(crate) is_retried: bool,
    pub(crate) run: fn(Database) -> BoxFuture<'static, Result<String>>,
    pub(crate) in_session: fn(Session) -> BoxFuture<'static, Result<String>>,
}

macro_rules! writes {
    ($($command:ident $retried:literal $db:ident => $operation:expr;)*) => {
        vec![$(Write {
            name: stringify!($operation),
            command: stringify!($command),
            is_retried: $retried,
            run: |$db| async move {
                let result = $operation.await;
                result.map(|result| format!("{result:?}"))
            }
            .boxed(),
            in_session: |$db| async move {
                let result = $operation.await;
                result.map(|result| format!("{result:?}"))
            }
            .boxed(),
        }),*]
    };
}

/// All operations that write, and whether the driver repeats them.
pub(crate) fn all_writes() -> Vec<Write> {
    writes! {
        insert true db => Counter::insert(&counter(2, 5)).run(&db);
        insert true db => Counter::insert_many(&[counter(2, 5), counter(3, 5)]).run(&db);
        update true db => incremented().one(&db);
        update true db => upserted().one(&db);
        findAndModify true db => incremented().fetch_before(&db);
        findAndModify true db => incremented().fetch_after(&db);
        update true db => computed().one(&db);
        findAndModify true db => computed().fetch_before(&db);
        findAndModify true db => computed().fetch_after(&db);
        update true db => Counter::replace(&counter(1, 7)).run(&db);
        update true db => Counter::replace(&counter(8, 7)).upsert().run(&db);
        findAndModify true db => Counter::replace(&counter(1, 7)).fetch_before(&db);
        findAndModify true db => Counter::replace(&counter(1, 7)).fetch_after(&db);
        delete true db => Counter::delete().all_documents().one(&db);
        findAndModify true db => Counter::delete().all_documents().fetch(&db);
        update false db => incremented().many(&db);
        update false db => computed().many(&db);
        delete false db => Counter::delete().all_documents().many(&db);
    }
}

/// The same, and a bulk, whose errors tell of each of its writes.
pub(crate) fn every_write() -> Vec<Write> {
    let bulk = writes! {
        update true db => Counter::bulk().update_one(incremented()).run(&db);
    };
    all_writes().into_iter().chain(bulk).collect()
}

type Ready<K> = Update<Counter, Filtered, K>;

fn incremented() -> Ready<Operators> {
    Counter::update().all_documents().inc(|c| c.n(), 1)
}

fn upserted() -> Ready<Operators> {
    Counter::update().filter(|c| c.id().eq(9)).upsert().inc(|c| c.n(), 1)
}

fn computed() -> Ready<Pipeline> {
    let stages = [doc! { "$set": { "n": { "$add": ["$n", 1_i64] } } }];
    Counter::update_pipeline(stages).all_documents()
}

/// Two documents, of which operations on one document take the first or the second.
pub(crate) async fn reset(db: &Database) -> Vec<Counter> {
    Counter::delete().all_documents().many(db).await.expect("an empty collection");
    let documents = vec![counter(0, 0), counter(1, 0)];
    Counter::insert_many(&documents).run(db).await.expect("an insert");
    documents
}

/// What the operation returns and leaves behind where nothing fails.
pub(crate) async fn undisturbed(write: &Write, db: &Database) -> (String, Vec<Counter>) {
    reset(db).await;
    let result = (write.run)(db.clone()).await.expect(write.name);
    (result, stored(db).await)
}
