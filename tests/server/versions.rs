//! Versions against the real server: a write of what was changed meanwhile is refused.

use std::sync::Arc;

use odm::{Database, Error, bson::Document, prelude::*};
use tests::{database, recorded};
use tokio::sync::Barrier;

#[derive(Model, Clone, Debug, PartialEq)]
#[model(collection = "accounts")]
struct Account {
    #[model(id)]
    id: i64,
    cents: i64,
    #[model(version)]
    version: u32,
}

/// The same collection, before it had versions.
#[derive(Model, Clone, Debug, PartialEq)]
#[model(collection = "accounts")]
struct Later {
    #[model(id)]
    id: i64,
    cents: i64,
    #[model(version, default)]
    version: i32,
}

fn account(version: u32) -> Account {
    Account { id: 1, cents: 100, version }
}

async fn fresh(name: &str) -> Database {
    let db = database(name).await;
    Account::insert(&account(3)).run(&db).await.expect("an insert");
    db
}

async fn stored(db: &Database) -> Account {
    Account::find_by_id(1).get(db).await.expect("the account")
}

#[track_caller]
fn assert_stale(error: &Error, what: &str) {
    assert!(matches!(error.kind(), ErrorKind::Stale), "{what}: {error:?}");
    assert_eq!(error.outcome(), Outcome::NotApplied, "{what}");
    assert!(error.to_string().contains("accounts"), "{what}: {error}");
}

#[tokio::test]
async fn the_version_that_was_loaded_is_written_once() {
    let db = fresh("versions_once").await;
    let loaded = stored(&db).await;
    let update = Account::update().by(&loaded).inc(|a| a.cents(), -10);
    let updated = update.clone().one(&db).await.unwrap();
    assert_eq!((updated.matched, updated.modified), (1, 1));
    assert_eq!(stored(&db).await, Account { cents: 90, version: 4, ..loaded });
    assert_stale(&update.one(&db).await.unwrap_err(), "the second");
    assert_eq!(stored(&db).await.cents, 90);
}

#[tokio::test]
async fn every_verb_refuses_what_is_stale() {
    let db = fresh("versions_every_verb").await;
    let stale = account(2);
    let update = || Account::update().by(&stale).inc(|a| a.cents(), 1);
    let stages = || Account::update_pipeline(Account::stages().set(|a| a.cents(), 1)).by(&stale);
    let replace = || Account::replace(&stale).by(&stale);
    let delete = || Account::delete().by(&stale);
    assert_stale(&update().one(&db).await.unwrap_err(), "one");
    assert_stale(&update().many(&db).await.unwrap_err(), "many");
    assert_stale(&update().fetch_before(&db).await.unwrap_err(), "fetch_before");
    assert_stale(&update().fetch_after(&db).await.unwrap_err(), "fetch_after");
    assert_stale(&stages().one(&db).await.unwrap_err(), "a pipeline");
    assert_stale(&replace().run(&db).await.unwrap_err(), "replace");
    assert_stale(&replace().fetch_before(&db).await.unwrap_err(), "replace, before");
    assert_stale(&replace().fetch_after(&db).await.unwrap_err(), "replace, after");
    assert_stale(&delete().one(&db).await.unwrap_err(), "delete");
    assert_stale(&delete().many(&db).await.unwrap_err(), "delete many");
    assert_stale(&delete().fetch(&db).await.unwrap_err(), "delete and fetch");
    let nothing = Account::update().by(&stale).set_some(|a| a.cents(), None::<i64>);
    assert_stale(&nothing.one(&db).await.unwrap_err(), "nothing to write");
    assert_eq!(stored(&db).await, account(3));
    Account::delete().by(&account(3)).one(&db).await.unwrap();
    assert_stale(
        &Account::update().by(&account(3)).inc(|a| a.cents(), 1).one(&db).await.unwrap_err(),
        "gone",
    );
}

#[tokio::test]
async fn every_write_makes_the_next_version() {
    let db = fresh("versions_every_write").await;
    let cents = || Account::update().by_id(1).inc(|a| a.cents(), 1);
    cents().one(&db).await.unwrap();
    assert_eq!(stored(&db).await.version, 4);
    Account::update().all_documents().inc(|a| a.cents(), 1).many(&db).await.unwrap();
    assert_eq!(stored(&db).await.version, 5);
    assert_eq!(cents().fetch_after(&db).await.unwrap().unwrap().version, 6);
    let stages = || Account::stages().compute(|a| a.cents(), |a| a.cents() + 1);
    Account::update_pipeline(stages()).by_id(1).one(&db).await.unwrap();
    assert_eq!(stored(&db).await.version, 7);
    let bulk = Account::bulk().update_one(cents()).update_many(cents());
    bulk.update_one(Account::update_pipeline(stages()).by_id(1)).run(&db).await.unwrap();
    assert_eq!(stored(&db).await, Account { id: 1, cents: 107, version: 10 });
    cents().upsert().one(&db).await.unwrap();
    assert_eq!(stored(&db).await.version, 11);
}

#[tokio::test]
async fn a_replacement_takes_the_next_version_whatever_its_own_is() {
    let db = fresh("versions_replace").await;
    let old = Account { cents: 5, ..account(1) };
    Account::replace(&old).run(&db).await.unwrap();
    assert_eq!(stored(&db).await, Account { cents: 5, ..account(4) });
    Account::bulk().replace(&old).run(&db).await.unwrap();
    assert_eq!(stored(&db).await.version, 5);
    let filtered = Account::replace(&old).filter(|a| a.cents().eq(5));
    assert_eq!(
        filtered.fetch_after(&db).await.unwrap().unwrap(),
        Account { cents: 5, ..account(6) }
    );
    let loaded = stored(&db).await;
    let changed = Account { cents: 8, ..loaded.clone() };
    Account::replace(&changed).by(&loaded).run(&db).await.unwrap();
    assert_eq!(stored(&db).await, Account { cents: 8, ..account(7) });
    let new = Account { id: 2, ..account(9) };
    Account::replace(&new).upsert().run(&db).await.unwrap();
    assert_eq!(Account::find_by_id(2).get(&db).await.unwrap(), new);
}

#[tokio::test]
async fn documents_without_a_version_have_version_0() {
    let db = database("versions_later").await;
    let raw = db.as_driver().collection::<Document>("accounts");
    raw.insert_one(doc! { "_id": 1_i64, "cents": 100_i64 }).await.unwrap();
    let loaded = Later::find_by_id(1).get(&db).await.unwrap();
    assert_eq!(loaded.version, 0);
    Later::update().by(&loaded).inc(|a| a.cents(), 1).one(&db).await.unwrap();
    let stale = Later::update().by(&loaded).inc(|a| a.cents(), 1).one(&db).await.unwrap_err();
    assert_stale(&stale, "version 0");
    let expected = doc! { "_id": 1_i64, "cents": 101_i64, "version": 1 };
    assert_eq!(raw.find_one(doc! {}).await.unwrap(), Some(expected));
    raw.insert_one(doc! { "_id": 2_i64, "cents": 100_i64 }).await.unwrap();
    let stages = Later::stages().compute(|a| a.cents(), |a| a.cents() + 1);
    Later::update_pipeline(stages).by_id(2).one(&db).await.unwrap();
    assert_eq!(Later::find_by_id(2).get(&db).await.unwrap().version, 1);
}

#[tokio::test]
async fn one_upsert_makes_the_first_version_and_the_next_one_the_second() {
    let db = database("versions_upsert").await;
    let upsert = Account::update().by_id(1).inc(|a| a.cents(), 5).upsert();
    upsert.clone().one(&db).await.unwrap();
    assert_eq!(stored(&db).await, Account { id: 1, cents: 5, version: 1 });
    upsert.one(&db).await.unwrap();
    assert_eq!(stored(&db).await, Account { id: 1, cents: 10, version: 2 });
}

#[tokio::test]
async fn a_write_of_what_was_loaded_is_one_command() {
    let (db, commands) = recorded("versions_commands").await;
    Account::insert(&account(3)).run(&db).await.unwrap();
    commands.clear();
    Account::update().by(&account(3)).inc(|a| a.cents(), 1).one(&db).await.unwrap();
    Account::replace(&account(4)).by(&account(4)).run(&db).await.unwrap();
    Account::delete().by(&account(4)).one(&db).await.unwrap_err();
    assert_eq!(commands.names(), ["update", "update", "delete"]);
}

/// Each of several tasks loads, and writes what it has made of it; all at once.
#[tokio::test]
async fn of_tasks_that_loaded_one_version_one_writes() {
    const TASKS: usize = 8;
    const ROUNDS: i64 = 10;
    let db = fresh("versions_race").await;
    let barrier = Arc::new(Barrier::new(TASKS));
    let tasks: Vec<_> = (0..TASKS)
        .map(|_| {
            let (db, barrier) = (db.clone(), Arc::clone(&barrier));
            tokio::spawn(async move {
                let mut written = 0;
                for _ in 0..ROUNDS {
                    barrier.wait().await;
                    let loaded = stored(&db).await;
                    barrier.wait().await;
                    let cents = loaded.cents + 1;
                    match Account::update().by(&loaded).set(|a| a.cents(), cents).one(&db).await {
                        Ok(updated) => written += updated.modified,
                        Err(error) => assert_stale(&error, "a task that lost"),
                    }
                }
                written
            })
        })
        .collect();
    let mut written = 0;
    for task in tasks {
        written += task.await.expect("a task");
    }
    assert_eq!(i64::try_from(written).unwrap(), ROUNDS);
    let left = stored(&db).await;
    assert_eq!((left.cents, left.version), (100 + ROUNDS, 13));
}

#[tokio::test]
async fn in_a_transaction_what_is_stale_undoes_the_others() {
    let db = fresh("versions_transaction").await;
    let run = db.transaction(|transaction| async move {
        Account::insert(&Account { id: 2, ..account(1) }).run(&transaction).await?;
        Account::update().by(&account(1)).inc(|a| a.cents(), 1).one(&transaction).await
    });
    assert_stale(&run.await.unwrap_err(), "the transaction");
    assert_eq!(Account::find().all(&db).await.unwrap(), [account(3)]);
}

#[derive(Model, Clone, Debug, PartialEq)]
#[model(collection = "texts")]
struct Text {
    #[model(id)]
    id: i64,
    text: String,
    #[model(version)]
    version: i32,
}

#[tokio::test]
async fn a_replacement_that_changes_little_of_a_large_document_is_told_as_an_update() {
    let db = database("versions_change_streams").await;
    let text = Text { id: 1, text: "x".repeat(10_000), version: 1 };
    Text::insert(&text).run(&db).await.unwrap();
    let mut stream = db.as_driver().collection::<Document>("texts").watch().await.unwrap();
    Text::replace(&text).run(&db).await.unwrap();
    Text::replace(&Text { text: "y".repeat(10_000), ..text.clone() }).run(&db).await.unwrap();
    Text::replace(&Text { id: 2, ..text }).upsert().run(&db).await.unwrap();
    for expected in ["Update", "Replace", "Insert"] {
        let event = futures::StreamExt::next(&mut stream).await.unwrap().unwrap();
        assert_eq!(format!("{:?}", event.operation_type), expected);
    }
}
