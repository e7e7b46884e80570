//! More statements and more bytes than one command takes, and array filters.

use odm::{bson::Document, prelude::*};
use tests::{database, recorded};

use super::{Item, failure, fill, item, refused, rename, sizes};

#[tokio::test]
async fn a_hundred_thousand_and_one_statements_are_two_commands() {
    let (db, commands) = recorded("a_hundred_thousand_and_one").await;
    fill(&db, 3).await;
    commands.clear();
    let many = (0..99_999).fold(Item::bulk(), |bulk, _| bulk.update_one(rename(1, "a")));
    let bulk = many.update_one(rename(2, "b")).update_one(refused(3));
    let error = bulk.run(&db).await.unwrap_err();
    assert_eq!(sizes(&commands.named("update")), [100_000, 1]);
    let failure = failure(&error);
    assert_eq!((failure.matched, failure.modified), (100_000, 2));
    let indexes: Vec<_> = failure.failures.iter().map(|failed| failed.index).collect();
    assert_eq!(indexes, [100_000]);
}

#[tokio::test]
async fn forty_megabytes_of_updates_are_three_commands() {
    let (db, commands) = recorded("forty_megabytes_of_updates").await;
    fill(&db, 40).await;
    commands.clear();
    let megabyte = "x".repeat(1 << 20);
    let bulk = (1..=40).fold(Item::bulk(), |bulk, id| bulk.update_one(rename(id, &megabyte)));
    let written = bulk.run(&db).await.unwrap();
    assert_eq!((written.matched, written.modified), (40, 40));
    assert_eq!(sizes(&commands.named("update")), [16, 16, 8]);
    let long = odm::filter::Filter::raw(doc! { "$expr": {
        "$eq": [{ "$strLenBytes": "$name" }, 1 << 20],
    } });
    assert_eq!(Item::find().filter(|_| long).count(&db).await.unwrap(), 40);
}

/// The largest document that the server stores, with what goes around it in a command.
#[tokio::test]
async fn a_document_of_sixteen_megabytes_is_replaced_and_inserted() {
    let db = database("a_document_of_sixteen_megabytes").await;
    let empty = Item { id: 1, name: String::new(), nums: vec![] };
    let around = odm::codec::encode_document(&empty).unwrap().len();
    let largest = Item { name: "y".repeat((16 << 20) - around), ..empty.clone() };
    let limit = std::time::Duration::from_secs(60);
    let insert = || Item::bulk().insert(&largest).timeout(limit);
    patiently(async || insert().run(&db).await).await;
    // Nothing to be stored, so that only the size of the command counts.
    for bulk in [Item::bulk().replace(&largest), Item::bulk().replace(&largest).timeout(limit)] {
        let written = bulk.run(&db).await.unwrap();
        assert_eq!((written.matched, written.modified), (1, 0));
    }
    let larger = Item { name: largest.name.clone() + "y", ..empty };
    let error = Item::bulk().insert(&larger).run(&db).await.unwrap_err();
    assert!(error.to_string().contains("the document has 16777217 bytes"), "{error}");
    assert_eq!(error.outcome(), odm::Outcome::NotSent);
}

/// Tries until the server's cache, which is small, has room for what is written.
async fn patiently<T>(write: impl AsyncFn() -> odm::Result<T>) -> T {
    const TOO_LARGE_FOR_CACHE: i32 = 388;
    for _ in 0..100 {
        match write().await {
            Err(error) if error.code() == Some(TOO_LARGE_FOR_CACHE) => {
                tokio::time::sleep(std::time::Duration::from_millis(300)).await;
            }
            written => return written.unwrap(),
        }
    }
    panic!("the server's cache has no room")
}

#[derive(Model)]
#[model(collection = "coll0")]
struct Numbers {
    #[model(id)]
    id: i32,
    x: Vec<i32>,
}

async fn numbers(name: &str) -> odm::Database {
    let db = database(name).await;
    let documents = [Numbers { id: 1, x: vec![1, 2, 3] }, Numbers { id: 2, x: vec![1] }];
    Numbers::insert_many(&documents).run(&db).await.unwrap();
    db
}

async fn stored(db: &odm::Database) -> Vec<(i32, Vec<i32>)> {
    let found = Numbers::find().sort(|n| n.id().asc()).all(db).await.unwrap();
    found.into_iter().map(|one| (one.id, one.x)).collect()
}

/// `bulkWrite-arrayFilters`: "BulkWrite updateOne with arrayFilters".
#[tokio::test]
async fn an_update_of_one_has_array_filters() {
    let db = numbers("an_update_of_one_has_array_filters").await;
    let update = Numbers::update().all_documents();
    let update = update.set(|n| n.x().filtered(|x| x.gte(2)), 4);
    let written = Numbers::bulk().update_one(update).run(&db).await.unwrap();
    assert_eq!((written.matched, written.modified, written.upserted), (1, 1, 0));
    assert_eq!(stored(&db).await, [(1, vec![1, 4, 4]), (2, vec![1])]);
}

/// `bulkWrite-arrayFilters`: "BulkWrite updateMany with arrayFilters".
#[tokio::test]
async fn an_update_of_many_has_array_filters() {
    let db = numbers("an_update_of_many_has_array_filters").await;
    let update = Numbers::update().all_documents();
    let update = update.set(|n| n.x().filtered(|x| x.gte(2)), 4);
    let written = Numbers::bulk().update_many(update).run(&db).await.unwrap();
    assert_eq!((written.matched, written.modified), (2, 1));
    assert_eq!(stored(&db).await, [(1, vec![1, 4, 4]), (2, vec![1])]);
}

/// `bulkWrite-arrayFilters`: "BulkWrite with arrayFilters".
#[tokio::test]
async fn each_update_of_a_bulk_has_array_filters_of_its_own() {
    let db = numbers("each_update_has_its_own_array_filters").await;
    let one = Numbers::update().all_documents();
    let one = one.set(|n| n.x().filtered(|x| x.eq(3)), 5);
    let many = Numbers::update().all_documents();
    let many = many.set(|n| n.x().filtered(|x| x.eq(1)), 5);
    let written = Numbers::bulk().update_one(one).update_many(many).run(&db).await.unwrap();
    assert_eq!((written.matched, written.modified), (3, 3));
    assert_eq!(stored(&db).await, [(1, vec![5, 2, 5]), (2, vec![5])]);
}

#[derive(Model)]
#[model(collection = "counters", write_concern = "1")]
struct Counter {
    #[model(id)]
    id: String,
    count: i64,
}

#[tokio::test]
async fn several_collections_are_written_in_one_call() {
    let (db, commands) = recorded("several_collections_in_one_call").await;
    let count = || Counter::update().filter(|c| c.id().eq("items")).inc(|c| c.count(), 1).upsert();
    let bulk = || {
        odm::bulk()
            .insert(&item(1))
            .update_one(count())
            .insert(&item(2))
            .update_one(count())
            .delete_many(Item::delete().filter(|i| i.id().eq(1)))
            .replace(&Item { name: "b".into(), ..item(2) })
    };
    let written = bulk().run(&db).await.unwrap();
    assert_eq!(commands.names(), ["insert", "update", "insert", "update", "delete", "update"]);
    assert_eq!((written.inserted, written.upserted, written.matched), (2, 1, 2));
    assert_eq!(written.inserted_id::<Item>(2).unwrap(), Some(2));
    assert_eq!(written.upserted_id::<Counter>(1).unwrap(), Some("items".to_owned()));
    assert_eq!(written.upserted_id::<Counter>(3).unwrap(), None);
    assert!(written.upserted_id::<Item>(1).is_err());
    let concern = |command: &Document| command.get_document("writeConcern").ok().cloned();
    let concerns: Vec<_> = commands.named("update").iter().map(concern).collect();
    assert_eq!(concerns, [Some(doc! { "w": 1 }), Some(doc! { "w": 1 }), None]);

    Item::delete().all_documents().many(&db).await.unwrap();
    commands.clear();
    let session = db.start_session().await.unwrap();
    bulk().ordered(false).run(&session).await.unwrap();
    // Both inserts together; the counter's updates and the item's stay apart.
    assert_eq!(commands.names(), ["insert", "update", "delete", "update"]);
    assert_eq!(sizes(&commands.all()), [2, 2, 1, 1]);
    assert_eq!(Counter::find().get(&db).await.unwrap().count, 4);

    let undone = session.start_transaction().await.unwrap();
    odm::bulk().update_one(count()).insert(&item(9)).run(&undone).await.unwrap();
    undone.abort().await.unwrap();
    assert_eq!(Counter::find().get(&db).await.unwrap().count, 4);
}

#[tokio::test]
async fn a_failure_over_several_collections_names_the_index() {
    let db = database("a_failure_over_several_collections").await;
    let counter = Counter { id: "a".into(), count: 0 };
    let bulk = odm::bulk().insert(&item(1)).insert(&counter).insert(&counter).insert(&item(2));
    let error = bulk.run(&db).await.unwrap_err();
    let failure = failure(&error);
    assert_eq!((failure.inserted, failure.failures[0].index), (2, 2));
    assert_eq!(failure.not_applied, [3..4]);
}
