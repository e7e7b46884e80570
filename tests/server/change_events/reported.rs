//! Events beside updates: documents, collections, transactions, tokens.

use odm::{
    bson::{Document, RawDocumentBuf},
    change_stream::ResumeToken,
    mongodb::{
        IndexModel,
        change_stream::event::ResumeToken as DriverToken,
        options::{FullDocumentBeforeChangeType, FullDocumentType},
    },
    prelude::*,
};
use tests::database;

use super::{Series, create, next, series, watch};

#[tokio::test]
async fn every_change_of_a_document_is_an_event() {
    let db = database("every_change_of_a_document").await;
    create(&db).await;
    let collection = db.as_driver().collection::<Document>("series");
    let mut stream = collection
        .watch()
        .full_document(FullDocumentType::WhenAvailable)
        .full_document_before_change(FullDocumentBeforeChangeType::WhenAvailable)
        .await
        .expect("a change stream")
        .with_type::<RawDocumentBuf>();

    let first = series(1);
    let second = Series { name: "b".into(), ..first.clone() };
    let third = Series { name: "c".into(), ..first.clone() };
    Series::insert(&first).run(&db).await.unwrap();
    Series::update().filter(|s| s.id().eq(1)).set(|s| s.name(), "b").one(&db).await.unwrap();
    Series::replace(&third).run(&db).await.unwrap();
    Series::delete().filter(|s| s.id().eq(1)).one(&db).await.unwrap();

    let ChangeEvent::Insert(e) = next(&mut stream).await else { panic!("no insert") };
    assert_eq!((e.id, &e.document), (1, &first));
    assert_eq!(e.meta.namespace.unwrap().to_string(), "every_change_of_a_document.series");
    assert!(e.meta.cluster_time.is_some() && e.meta.wall_time.is_some());
    assert_eq!(e.meta.transaction, None);
    let ChangeEvent::Update(e) = next(&mut stream).await else { panic!("no update") };
    assert_eq!((e.id, e.document, e.before), (1, Some(second.clone()), Some(first)));
    let ChangeEvent::Replace(e) = next(&mut stream).await else { panic!("no replace") };
    assert_eq!((e.id, &e.document, e.before), (1, &third, Some(second)));
    let ChangeEvent::Delete(e) = next(&mut stream).await else { panic!("no delete") };
    assert_eq!((e.id, e.before), (1, Some(third)));
}

#[tokio::test]
async fn an_event_of_another_shape_is_told_and_the_next_one_is_read() {
    let db = database("an_event_of_another_shape").await;
    let mut stream = watch(&db).await;
    let raw = db.as_driver().collection::<Document>("series");
    raw.insert_one(doc! { "_id": 5_i64, "title": 1 }).await.unwrap();
    Series::insert(&series(6)).run(&db).await.unwrap();

    let ChangeEvent::Undecodable(e) = next(&mut stream).await else { panic!("it was read") };
    assert_eq!(
        e.error.to_string(),
        "cannot decode document 5 of an_event_of_another_shape.series: fullDocument.title: \
         expected string, found int32",
    );
    assert_eq!(e.operation, Operation::Insert);
    assert_eq!(next(&mut stream).await.id(), Some(&6));
}

#[tokio::test]
async fn the_end_of_a_collection_is_told() {
    let db = database("the_end_of_a_collection").await;
    Series::insert(&series(1)).run(&db).await.unwrap();
    let mut stream = watch(&db).await;
    let name = db.as_driver().name().to_owned();
    let admin = db.as_driver().client().database("admin");
    let (from, to) = (format!("{name}.series"), format!("{name}.renamed"));
    admin.run_command(doc! { "renameCollection": &from, "to": &to }).await.expect("a rename");
    let ChangeEvent::Rename(e) = next(&mut stream).await else { panic!("no rename") };
    assert_eq!((e.to.to_string(), e.meta.namespace.unwrap().to_string()), (to, from));
    assert!(matches!(next(&mut stream).await, ChangeEvent::Invalidate(_)));

    Series::insert(&series(1)).run(&db).await.unwrap();
    let mut stream = watch(&db).await;
    db.as_driver().collection::<Document>("series").drop().await.expect("a drop");
    assert!(matches!(next(&mut stream).await, ChangeEvent::Drop(_)));
    let last = next(&mut stream).await;
    assert_eq!((last.operation(), last.id()), (Operation::Invalidate, None));
}

#[tokio::test]
async fn expanded_events_come_as_they_are() {
    let db = database("expanded_events").await;
    Series::insert(&series(1)).run(&db).await.unwrap();
    let collection = db.as_driver().collection::<Document>("series");
    let stream = collection.watch().show_expanded_events(true).await.expect("a change stream");
    let mut stream = stream.with_type::<RawDocumentBuf>();
    let index = IndexModel::builder().keys(doc! { "count": 1 }).build();
    collection.create_index(index).await.expect("an index");
    let ChangeEvent::Other(e) = next(&mut stream).await else { panic!("not other") };
    assert_eq!(e.operation, "createIndexes");
    assert!(e.meta.collection_uuid.is_some());
    let indexes = e.operation_description().expect("a description").get_array("indexes").unwrap();
    assert_eq!(indexes.into_iter().count(), 1);

    let admin = db.as_driver().client().database("admin");
    db.as_driver().run_command(doc! { "create": "other" }).await.expect("a collection");
    let rename = doc! {
        "renameCollection": "expanded_events.series", "to": "expanded_events.other",
        "dropTarget": true,
    };
    admin.run_command(rename).await.expect("a rename");
    let ChangeEvent::Rename(e) = next(&mut stream).await else { panic!("no rename") };
    let description = e.operation_description.expect("a description");
    assert_eq!(description.get_document("to").unwrap().get_str("coll").unwrap(), "other");
    assert!(description.get_binary("dropTarget").is_ok(), "{description:?}");
}

#[tokio::test]
async fn the_changes_of_a_transaction_name_it() {
    let db = database("the_changes_of_a_transaction").await;
    Series::insert(&series(1)).run(&db).await.unwrap();
    let mut stream = watch(&db).await;
    db.transaction(|tx| async move {
        Series::insert(&series(2)).run(&tx).await?;
        Series::delete().filter(|s| s.id().eq(1)).one(&tx).await?;
        Ok(())
    })
    .await
    .expect("a transaction");
    let (inserted, deleted) = (next(&mut stream).await, next(&mut stream).await);
    assert_eq!((inserted.id(), deleted.id()), (Some(&2), Some(&1)));
    let transaction = inserted.meta().transaction.clone().expect("a transaction");
    assert!(transaction.session.get("id").unwrap().is_some());
    assert_eq!(deleted.meta().transaction, Some(transaction));
    assert_eq!(inserted.meta().cluster_time, deleted.meta().cluster_time);
    assert_ne!(inserted.token(), deleted.token());
}

#[tokio::test]
async fn a_token_that_was_kept_as_text_resumes_a_stream() {
    let db = database("a_token_that_was_kept").await;
    let mut stream = watch(&db).await;
    for id in 1..=3 {
        Series::insert(&series(id)).run(&db).await.unwrap();
    }
    let kept = serde_json::to_string(next(&mut stream).await.token()).unwrap();
    assert_eq!(next(&mut stream).await.id(), Some(&2));

    let token: ResumeToken = serde_json::from_str(&kept).unwrap();
    let token = DriverToken::try_from(&token).expect("a token of the driver");
    let collection = db.as_driver().collection::<Document>("series");
    let resumed = collection.watch().resume_after(token).await.expect("a change stream");
    let mut resumed = resumed.with_type::<RawDocumentBuf>();
    assert_eq!(next(&mut resumed).await.id(), Some(&2));
    let driver = resumed.resume_token().expect("a token");
    assert_ne!(ResumeToken::try_from(&driver).unwrap().to_string(), kept.trim_matches('"'));
}
