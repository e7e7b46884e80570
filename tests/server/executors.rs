//! One argument decides where an operation runs.

use odm::{Database, prelude::*};
use tests::database;

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
