//! All or nothing.

use odm::{ErrorKind, Outcome, prelude::*};
use tests::{database, recorded};

use super::{Item, failure, fill, item, named, names, refused, rename};

#[tokio::test]
async fn an_atomic_bulk_is_one_transaction() {
    let (db, commands) = recorded("an_atomic_bulk_is_one_transaction").await;
    fill(&db, 2).await;
    commands.clear();
    let bulk = Item::bulk().update_one(rename(1, "a")).insert(&item(3)).atomic();
    let written = bulk.run(&db).await.unwrap();
    assert_eq!((written.modified, written.inserted_ids), (1, [(1, 3)].into()));
    assert_eq!(commands.names(), ["update", "insert", "commitTransaction"]);
    assert_eq!(names(&db).await, named(&[(1, "a"), (2, "item 2"), (3, "item 3")]));
}

#[tokio::test]
async fn a_refusal_undoes_an_atomic_bulk() {
    let db = database("a_refusal_undoes_an_atomic_bulk").await;
    fill(&db, 3).await;
    let before = names(&db).await;
    for is_ordered in [true, false] {
        let bulk = Item::bulk()
            .update_one(rename(1, "a"))
            .insert(&item(4))
            .update_one(refused(2))
            .update_one(rename(3, "b"))
            .ordered(is_ordered)
            .atomic();
        let error = bulk.run(&db).await.unwrap_err();
        let failure = failure(&error);
        assert_eq!(failure.failures[0].index, 2);
        assert_eq!(failure.not_applied, [0..2, 3..4]);
        assert_eq!((failure.inserted, failure.matched, failure.modified), (0, 0, 0));
        assert_eq!(error.outcome(), Outcome::NotApplied);
        assert_eq!(names(&db).await, before);
    }
}

#[tokio::test]
async fn on_a_transaction_an_atomic_bulk_is_part_of_it() {
    let db = database("an_atomic_bulk_is_part_of_a_transaction").await;
    fill(&db, 1).await;
    let session = db.start_session().await.unwrap();
    let undone = session.start_transaction().await.unwrap();
    Item::bulk().insert(&item(2)).atomic().run(&undone).await.unwrap();
    undone.abort().await.unwrap();
    assert_eq!(names(&db).await, named(&[(1, "item 1")]));
    Item::bulk().insert(&item(2)).atomic().run(&session).await.unwrap();
    assert_eq!(names(&db).await.len(), 2);
}

#[tokio::test]
async fn a_refusal_in_a_transaction_ends_it() {
    let db = database("a_refusal_in_a_transaction_ends_it").await;
    fill(&db, 2).await;
    let session = db.start_session().await.unwrap();
    let transaction = session.start_transaction().await.unwrap();
    let error = Item::bulk()
        .update_one(rename(1, "a"))
        .update_one(refused(2))
        .run(&transaction)
        .await
        .unwrap_err();
    assert_eq!(error.outcome(), Outcome::NotApplied);
    let error = transaction.commit().await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Transaction(_)), "{error:?}");
    assert_eq!(names(&db).await, named(&[(1, "item 1"), (2, "item 2")]));
}

/// Two bulks that write the same documents in opposite order: one gives way and is run again.
#[tokio::test]
async fn an_atomic_bulk_that_gives_way_is_run_again() {
    let db = database("an_atomic_bulk_is_run_again").await;
    let number = 20;
    fill(&db, number).await;
    let count = |id: i64| Item::update().filter(|i| i.id().eq(id)).push(|i| i.nums(), 7);
    let bulk = |ids: Vec<i64>| {
        ids.into_iter().fold(Item::bulk().atomic(), |bulk, id| bulk.update_one(count(id)))
    };
    let runs = (0..8).map(|turn| {
        let ids: Vec<_> = (1..=number).collect();
        let ids = if turn % 2 == 0 { ids } else { ids.into_iter().rev().collect() };
        bulk(ids).run(&db)
    });
    for written in futures::future::join_all(runs).await {
        assert_eq!(written.unwrap().modified, 20);
    }
    for item in Item::find().all(&db).await.unwrap() {
        assert_eq!(item.nums.len(), 3 + 8, "{item:?}");
    }
}
