//! Every kind of event is read.

use odm::{
    bson::{Binary, DateTime, Timestamp, Uuid, spec::BinarySubtype},
    change_stream::Namespace,
    prelude::*,
};

use super::{Series, decoded, event, raw, series, stored};

#[test]
fn an_insert_has_its_document() {
    let event = decoded(&event("insert", doc! { "fullDocument": stored() }));
    assert_eq!(event.operation(), Operation::Insert);
    assert_eq!((event.id(), event.document(), event.before()), (Some(&7), Some(&series()), None));
    let ChangeEvent::Insert(e) = event else { panic!("{event:?}") };
    assert_eq!((e.id, e.document), (7, series()));
}

#[test]
fn an_update_has_its_changes_and_the_documents_that_were_asked_for() {
    let changes = doc! { "updatedFields": { "title": "b" }, "removedFields": ["note"] };
    let mut old = stored();
    old.insert("title", "old");
    let all = doc! {
        "updateDescription": changes.clone(),
        "fullDocument": stored(),
        "fullDocumentBeforeChange": old,
    };
    let both = decoded(&event("update", all));
    assert_eq!(both.operation(), Operation::Update);
    assert_eq!(both.document(), Some(&series()));
    assert_eq!(both.before().map(|old| old.name.as_str()), Some("old"));
    assert_eq!(both.into_document(), Some(series()));

    let none = doc! { "updateDescription": changes.clone() };
    let ChangeEvent::Update(e) = decoded(&event("update", none)) else { panic!("no update") };
    assert_eq!((e.id, e.document, e.before), (7, None, None));
    assert_eq!(e.changes.raw(), &*raw(&changes));

    // The lookup found nothing, and the image was not kept.
    let deleted = doc! {
        "updateDescription": changes,
        "fullDocument": null,
        "fullDocumentBeforeChange": null,
    };
    let ChangeEvent::Update(e) = decoded(&event("update", deleted)) else { panic!("no update") };
    assert_eq!((e.document, e.before), (None, None));
}

#[test]
fn a_replace_has_the_new_document_and_a_delete_none() {
    let images = doc! { "fullDocument": stored(), "fullDocumentBeforeChange": stored() };
    let ChangeEvent::Replace(e) = decoded(&event("replace", images)) else { panic!("no replace") };
    assert_eq!((e.id, e.document, e.before), (7, series(), Some(series())));

    let deleted = decoded(&event("delete", doc! { "fullDocumentBeforeChange": stored() }));
    assert_eq!(deleted.document(), None);
    assert_eq!(deleted.before(), Some(&series()));
    assert_eq!(deleted.clone().into_document(), None);
    let ChangeEvent::Delete(e) = deleted else { panic!("no delete") };
    assert_eq!((e.id, e.before), (7, Some(series())));
}

#[test]
fn what_becomes_of_the_collection_is_told() {
    let bare = |operation: &str| {
        let mut event = event(operation, doc! {});
        event.remove("documentKey");
        event
    };
    let dropped = decoded(&bare("drop"));
    assert_eq!(dropped.operation(), Operation::Drop);
    assert!(matches!(dropped, ChangeEvent::Drop(_)));
    assert_eq!(dropped.id(), None);

    let mut renamed = bare("rename");
    renamed.insert("to", doc! { "db": "shop", "coll": "other" });
    let ChangeEvent::Rename(e) = decoded(&renamed) else { panic!("no rename") };
    let to = Namespace { database: "shop".into(), collection: Some("other".into()) };
    assert_eq!(e.to, to);
    assert_eq!(e.to.to_string(), "shop.other");
    assert_eq!(e.operation_description, None);
    let description = doc! { "to": { "db": "shop", "coll": "other" }, "dropTarget": 5 };
    renamed.insert("operationDescription", description.clone());
    let ChangeEvent::Rename(e) = decoded(&renamed) else { panic!("no rename") };
    let given = odm::bson::Document::try_from(e.operation_description.expect("a description"));
    assert_eq!(given.unwrap(), description);

    let mut invalidated = bare("invalidate");
    invalidated.remove("ns");
    let invalidated = decoded(&invalidated);
    assert_eq!(invalidated.operation(), Operation::Invalidate);
    assert!(matches!(invalidated, ChangeEvent::Invalidate(_)));
    assert_eq!(invalidated.meta().namespace, None);
}

#[test]
fn an_operation_without_an_event_of_its_own_comes_as_it_is() {
    let indexes = doc! { "indexes": [{ "v": 2, "key": { "a": 1 }, "name": "a_1" }] };
    let created = event("createIndexes", doc! { "operationDescription": indexes.clone() });
    let event = decoded(&created);
    assert_eq!(event.operation(), Operation::Other("createIndexes".into()));
    let ChangeEvent::Other(e) = event else { panic!("{event:?}") };
    assert_eq!(e.operation, "createIndexes");
    assert_eq!(e.operation_description(), Some(&*raw(&indexes)));
    assert_eq!(e.raw, raw(&created));

    let mut dropped = super::event("dropDatabase", doc! { "ns": { "db": "shop" } });
    dropped.remove("documentKey");
    let ChangeEvent::Other(e) = decoded(&dropped) else { panic!("not other") };
    assert_eq!(e.operation_description(), None);
    assert_eq!(e.meta.namespace.map(|ns| ns.to_string()).as_deref(), Some("shop"));
}

#[test]
fn the_meta_of_an_event_is_read() {
    let uuid = Uuid::from_bytes([7; 16]);
    let session = doc! { "id": Uuid::from_bytes([1; 16]), "uid": Binary {
        subtype: BinarySubtype::Generic,
        bytes: vec![1, 2, 3],
    } };
    let full = event(
        "delete",
        doc! {
            "clusterTime": Timestamp { time: 5, increment: 2 },
            "wallTime": DateTime::from_millis(1_700_000_000_000),
            "collectionUUID": uuid,
            "lsid": session.clone(),
            "txnNumber": 3_i64,
            "somethingNew": true,
        },
    );
    let event = decoded(&full);
    let meta = event.meta();
    assert_eq!(event.token().to_string(), "8265F0C1");
    assert_eq!(meta.cluster_time, Some(Timestamp { time: 5, increment: 2 }));
    assert_eq!(meta.wall_time, Some(DateTime::from_millis(1_700_000_000_000)));
    assert_eq!(meta.namespace.as_ref().map(ToString::to_string).as_deref(), Some("shop.series"));
    assert_eq!(meta.collection_uuid, Some(uuid));
    let transaction = meta.transaction.as_ref().expect("a transaction");
    assert_eq!((transaction.number, &*transaction.session), (3, &*raw(&session)));

    let bare = decoded(&super::event("delete", doc! {}));
    let meta = bare.meta();
    assert_eq!((meta.cluster_time, meta.wall_time, meta.collection_uuid), (None, None, None));
    assert_eq!(meta.transaction, None);
}

#[test]
fn a_document_as_deep_as_the_server_allows_is_read_from_an_event() {
    #[derive(Model, Clone, Debug, PartialEq)]
    struct Any {
        #[model(id)]
        id: i64,
        inside: odm::bson::Bson,
    }

    let depth = |value: odm::bson::Bson| (0..98).fold(value, |inner, _| doc! { "a": inner }.into());
    let document = doc! { "_id": 7_i64, "inside": depth(1.into()) };
    let insert = event("insert", doc! { "fullDocument": document.clone() });
    let event = ChangeEvent::<Any>::decode(&raw(&insert)).unwrap();
    assert_eq!(event.document().map(|any| &any.inside), document.get("inside"));
}

#[test]
fn the_order_of_the_elements_does_not_matter() {
    let event = event("insert", doc! { "fullDocument": stored() });
    let mut elements: Vec<_> = event.into_iter().collect();
    elements.reverse();
    let reversed = elements.into_iter().collect();
    assert_eq!(decoded(&reversed).document(), Some(&series()));
}

#[test]
fn a_model_says_whether_its_collection_keeps_images() {
    assert!(Series::options().has_images());
    #[derive(Model)]
    struct Plain {
        #[model(id)]
        id: i64,
    }
    assert!(!Plain::options().has_images());
    assert_eq!(Plain { id: 1 }.id, 1);
}
