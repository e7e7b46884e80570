//! A repeated write is not stale because of its own first attempt.

use odm::{Database, prelude::*};
use tests::{Connect, Lost, Proxy, fallible};

use crate::writes::{fail, numbers, primary};

#[derive(Model, Clone, Debug, PartialEq)]
#[model(collection = "accounts")]
struct Account {
    #[model(id)]
    id: i64,
    cents: i64,
    #[model(version)]
    version: i64,
    #[model(updated_at)]
    updated_at: odm::bson::DateTime,
}

fn account(cents: i64, version: i64) -> Account {
    Account { id: 1, cents, version, updated_at: odm::bson::DateTime::from_millis(0) }
}

async fn reset(db: &Database) {
    Account::delete().all_documents().many(db).await.expect("a delete");
    Account::insert(&account(0, 1)).run(db).await.expect("an insert");
}

/// Runs a write by the loaded version; says what it left.
async fn run(db: &Database, write: usize) -> odm::Result<Option<(i64, i64)>> {
    let loaded = account(0, 1);
    let update = || Account::update().by(&loaded).inc(|a| a.cents(), 5);
    let replace = || Account::replace(&account(5, 1)).by(&loaded);
    match write {
        0 => update().one(db).await.map(drop),
        1 => update().fetch_after(db).await.map(drop),
        2 => replace().run(db).await.map(drop),
        3 => replace().fetch_before(db).await.map(drop),
        4 => Account::delete().by(&loaded).one(db).await.map(drop),
        _ => Account::delete().by(&loaded).fetch(db).await.map(drop),
    }?;
    let left = Account::find().first(db).await?;
    Ok(left.map(|left| (left.cents, left.version)))
}

const COMMANDS: [&str; 6] =
    ["update", "findAndModify", "update", "findAndModify", "delete", "findAndModify"];

fn expected(write: usize) -> Option<(i64, i64)> {
    (write < 4).then_some((5, 2))
}

#[tokio::test]
async fn a_write_whose_reply_is_lost_is_not_stale() {
    let proxy = Proxy::before(primary().await).await;
    let name = "versions_a_reply_is_lost";
    let (db, commands) = Connect::to(proxy.uri()).app_name(name).database(name).await;
    for (write, command) in COMMANDS.into_iter().enumerate() {
        reset(&db).await;
        commands.clear();
        let cuts = proxy.cuts();
        proxy.cut(Lost::Reply, 1, &[command]);
        let left = run(&db, write).await.unwrap_or_else(|error| panic!("{write}: {error:?}"));
        assert_eq!(proxy.cuts() - cuts, 1, "{write}");
        assert_eq!(left, expected(write), "{write}");
        assert_eq!(commands.named(command).len(), 2, "{write}");
    }
}

#[tokio::test]
async fn both_attempts_send_the_same_version_and_time() {
    let (db, commands) = fallible("versions_both_attempts").await;
    for (write, command) in COMMANDS.into_iter().enumerate() {
        reset(&db).await;
        commands.clear();
        let closed = fail(&db, command).close_connection().times(1).on(primary().await).await;
        let left = run(&db, write).await.unwrap_or_else(|error| panic!("{write}: {error:?}"));
        assert_eq!(closed.off().await, 1, "{write}");
        assert_eq!(left, expected(write), "{write}");
        let sent = commands.named(command);
        let statement = |at: usize| {
            let keys = ["updates", "deletes", "query", "update"];
            keys.map(|key| sent[at].get(key).cloned())
        };
        assert_eq!((sent.len(), statement(0)), (2, statement(1)), "{write}");
        let numbers = numbers(&sent);
        assert!(numbers[0].is_some() && numbers[0] == numbers[1], "{write}: {numbers:?}");
    }
}
