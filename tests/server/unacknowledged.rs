//! A write concern of 0 is refused by its name before anything is sent, wherever it is given. On a
//! model it does not compile.

use odm::{
    Database, Outcome, Result,
    options::{Acknowledgment, CollectionOptions, WriteConcern},
    prelude::*,
};
use tests::{Connect, recorded, shared_set};

#[derive(Model, Clone)]
#[model(collection = "items")]
struct Item {
    #[model(id)]
    id: i64,
    n: i32,
}

const ITEM: Item = Item { id: 1, n: 1 };

fn zero() -> WriteConcern {
    WriteConcern::from(Acknowledgment::Nodes(0))
}

fn with_journal() -> WriteConcern {
    let mut concern = zero();
    concern.journal = Some(true);
    concern
}

fn update() -> odm::update::Update<Item, odm::update::Filtered> {
    Item::update().by_id(1).set(|i| i.n(), 2)
}

/// Every verb that writes, with its concern from the executor.
async fn writes(executor: &impl odm::executor::Executor<Item>) -> Vec<Result<()>> {
    let limit = std::time::Duration::from_secs(20);
    vec![
        Item::insert(&ITEM).run(executor).await.map(drop),
        Item::insert(&ITEM).timeout(limit).run(executor).await.map(drop),
        Item::insert_many(&[ITEM, ITEM]).run(executor).await.map(drop),
        update().one(executor).await.map(drop),
        update().timeout(limit).one(executor).await.map(drop),
        update().many(executor).await.map(drop),
        update().fetch_after(executor).await.map(drop),
        Item::replace(&ITEM).run(executor).await.map(drop),
        Item::replace(&ITEM).fetch_before(executor).await.map(drop),
        Item::delete().by_id(1).one(executor).await.map(drop),
        Item::delete().by_id(1).many(executor).await.map(drop),
        Item::delete().by_id(1).fetch(executor).await.map(drop),
        Item::bulk().insert(&ITEM).run(executor).await.map(drop),
    ]
}

fn all_refused(results: Vec<Result<()>>) {
    for (index, result) in results.into_iter().enumerate() {
        let error = result.expect_err("an error");
        let text = error.to_string();
        assert!(text.contains("the write concern `w: 0` is not supported"), "{index}: {text}");
        assert_eq!(error.outcome(), Outcome::NotSent, "{index}: {error:?}");
    }
}

#[tokio::test]
async fn of_an_operation() {
    let (db, commands) = recorded("a_concern_of_zero_of_an_operation").await;
    for concern in [zero(), with_journal()] {
        let c = || concern.clone();
        all_refused(vec![
            Item::insert(&ITEM).write_concern(c()).run(&db).await.map(drop),
            Item::insert_many(&[ITEM]).write_concern(c()).run(&db).await.map(drop),
            update().write_concern(c()).one(&db).await.map(drop),
            update().write_concern(c()).fetch_before(&db).await.map(drop),
            Item::replace(&ITEM).write_concern(c()).run(&db).await.map(drop),
            Item::replace(&ITEM).write_concern(c()).fetch_after(&db).await.map(drop),
            Item::delete().by_id(1).write_concern(c()).one(&db).await.map(drop),
            Item::delete().by_id(1).write_concern(c()).fetch(&db).await.map(drop),
            Item::bulk().insert(&ITEM).write_concern(c()).run(&db).await.map(drop),
            Item::bulk().insert(&ITEM).write_concern(c()).atomic().run(&db).await.map(drop),
            odm::bulk().insert(&ITEM).write_concern(c()).run(&db).await.map(drop),
        ]);
    }
    assert_eq!(commands.names(), Vec::<String>::new());
}

#[tokio::test]
async fn of_a_database_a_session_or_a_collection() {
    let (db, commands) = recorded("a_concern_of_zero_of_a_database").await;
    all_refused(writes(&db.with_write_concern(zero())).await);
    let session = db.with_write_concern(zero()).start_session().await.unwrap();
    all_refused(writes(&session).await);
    let mut options = CollectionOptions::default();
    options.write_concern = Some(zero());
    all_refused(writes(&db.collection_with_options::<Item>("items", options)).await);
    assert_eq!(commands.names(), Vec::<String>::new());
}

#[tokio::test]
async fn of_a_client() {
    let careless = Connect::to(shared_set().await.uri());
    let careless = careless.options(|options| options.write_concern = Some(zero()));
    let (db, commands) = careless.database_as_it_is("a_concern_of_zero_of_a_client").await;
    all_refused(writes(&db).await);
    assert_eq!(commands.names(), Vec::<String>::new());
}

#[tokio::test]
async fn of_a_transaction() {
    let (db, commands) = recorded("a_concern_of_zero_of_a_transaction").await;
    let session = db.start_session().await.unwrap();
    let nothing = |_: odm::Transaction| async { Ok(()) };
    let careless: Database = db.with_write_concern(zero());
    all_refused(vec![
        db.transaction(nothing).write_concern(zero()).await,
        session.transaction(nothing).write_concern(zero()).await,
        session.start_transaction().write_concern(zero()).await.map(drop),
        careless.transaction(nothing).await,
    ]);
    assert_eq!(commands.names(), Vec::<String>::new());
}
