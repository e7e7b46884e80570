//! One argument decides where an operation runs.

use odm::{Database, ErrorKind, Outcome, options::ReadConcern, prelude::*};
use tests::{database, recorded};

#[derive(Model, Clone, Debug, PartialEq)]
#[model(collection = "items")]
struct Item {
    #[model(id)]
    id: i64,
}

#[tokio::test]
async fn one_model_lives_in_several_collections() {
    let db = database("one_model_lives_in_several_collections").await;
    let archive: Collection<Item> = db.collection_named("archive");
    Item::insert(&Item { id: 1 }).run(&db).await.unwrap();
    Item::insert(&Item { id: 2 }).run(&archive).await.unwrap();
    assert_eq!(Item::find().all(&db).await.unwrap(), [Item { id: 1 }]);
    assert_eq!(Item::find().all(&archive).await.unwrap(), [Item { id: 2 }]);
    assert_eq!(Item::find().all(&db.collection::<Item>()).await.unwrap(), [Item { id: 1 }]);
}

#[tokio::test]
async fn one_model_lives_in_several_databases() {
    let one = database("one_model_lives_in_several_databases").await;
    let client = one.as_driver().client();
    let other = Database::from_driver(client.database("one_model_lives_in_several_other"));
    other.drop().await.unwrap();
    Item::insert(&Item { id: 1 }).run(&one).await.unwrap();
    assert_eq!(Item::find().count(&other).await.unwrap(), 0);
}

#[tokio::test]
async fn a_sibling_is_another_database_with_the_same_options() {
    let (db, commands) = recorded("a_sibling_is_another").await;
    let db = db.with_read_concern(ReadConcern::majority());
    let archive = db.sibling("a_sibling_is_another_archive");
    archive.drop().await.unwrap();
    Item::insert(&Item { id: 1 }).run(&db).await.unwrap();
    commands.clear();
    assert_eq!(Item::find().count(&archive).await.unwrap(), 0);
    let command = commands.all().remove(0);
    assert_eq!(command.get_str("$db").unwrap(), "a_sibling_is_another_archive");
    let concern = command.get_document("readConcern").unwrap();
    assert_eq!(concern.get_str("level").unwrap(), "majority");
    assert_eq!(archive.name(), "a_sibling_is_another_archive");
}

#[tokio::test]
async fn a_transaction_writes_in_a_sibling_too() {
    let db = database("a_transaction_writes_in_a_sibling").await;
    let archive = db.sibling("a_transaction_writes_in_a_sibling_archive");
    archive.drop().await.unwrap();
    Item::insert(&Item { id: 1 }).run(&db).await.unwrap();
    let (archived, there) = (archive.collection::<Item>(), archive.clone());
    let moved = db.transaction(move |tx| {
        let (archived, there) = (archived.with_transaction(&tx), there.clone());
        async move {
            let item = Item::delete().by_id(1).fetch(&tx).await?.expect("an item");
            Item::insert(&item).run(&archived).await?;
            assert_eq!(Item::find().count(&there).await?, 0);
            Ok(())
        }
    });
    moved.await.unwrap();
    assert_eq!(Item::find().count(&db).await.unwrap(), 0);
    assert_eq!(Item::find().all(&archive).await.unwrap(), [Item { id: 1 }]);
}

#[tokio::test]
async fn operations_run_in_spawned_tasks() {
    let db = database("operations_run_in_spawned_tasks").await;
    let tasks = (0..8).map(|id| {
        let db = db.clone();
        tokio::spawn(async move {
            Item::insert(&Item { id }).run(&db).await?;
            Item::update()
                .filter(|i| i.id().eq(id))
                .raw(doc! { "$set": { "a": 1 } })
                .one(&db)
                .await?;
            Item::find().filter(|i| i.id().eq(id)).get(&db).await
        })
    });
    for (id, task) in (0..).zip(tasks.collect::<Vec<_>>()) {
        assert_eq!(task.await.unwrap().unwrap(), Item { id });
    }
}

/// A server that drops a collection out of order would answer a causal session with old data.
#[tokio::test]
async fn a_collection_is_dropped_in_its_session() {
    let (db, commands) = recorded("a_collection_is_dropped_in").await;
    let session = db.start_session().await.unwrap();
    Item::insert(&Item { id: 1 }).run(&session).await.unwrap();
    db.collection::<Item>().with_session(&session).drop().await.unwrap();
    let sent = commands.all();
    assert_eq!(commands.names(), ["insert", "drop"]);
    assert!(sent[0].contains_key("lsid") && sent[0].get("lsid") == sent[1].get("lsid"));
    assert_eq!(Item::find().count(&session).await.unwrap(), 0);
    db.collection::<Item>().drop().await.unwrap();
    assert_ne!(commands.named("drop")[1].get("lsid"), sent[0].get("lsid"));
}

#[tokio::test]
async fn a_collection_is_not_dropped_in_a_transaction() {
    let (db, commands) = recorded("a_collection_is_not_dropped").await;
    Item::insert(&Item { id: 1 }).run(&db).await.unwrap();
    let session = db.start_session().await.unwrap();
    let tx = session.start_transaction().await.unwrap();
    Item::insert(&Item { id: 2 }).run(&tx).await.unwrap();
    commands.clear();
    let error = db.collection::<Item>().with_transaction(&tx).drop().await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Invalid(_)), "{error:?}");
    assert_eq!(error.outcome(), Outcome::NotSent);
    assert_eq!(
        error.to_string(),
        "cannot drop a_collection_is_not_dropped.items: a transaction cannot remove a collection"
    );
    // Nor beside it: it would wait for the transaction, which would wait for it.
    let in_session = db.collection::<Item>().with_session(&session);
    assert_eq!(in_session.drop().await.unwrap_err().outcome(), Outcome::NotSent);
    assert_eq!(commands.names(), Vec::<String>::new());
    tx.commit().await.unwrap();
    assert_eq!(Item::find().count(&db).await.unwrap(), 2);
}
