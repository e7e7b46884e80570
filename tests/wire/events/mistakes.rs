//! Events that do not have the model's shape are told apart, with the place of the mistake.

use odm::{
    ErrorKind,
    bson::{Bson, Document, RawDocumentBuf},
    change_stream::UndecodableEvent,
    prelude::*,
};
use proptest::prelude::*;

use super::{Series, decoded, event, raw, stored};

fn undecodable(event: &Document) -> UndecodableEvent {
    match decoded(event) {
        ChangeEvent::Undecodable(e) => e,
        other => panic!("{other:?} was read"),
    }
}

/// The text of the error, and that the event is kept as it came.
fn mistake(operation: &str, more: Document) -> String {
    let event = event(operation, more);
    let found = undecodable(&event);
    assert_eq!(found.raw, raw(&event));
    assert_eq!(found.meta.token.to_string(), "8265F0C1");
    assert_eq!(found.operation.as_str(), operation);
    found.error.to_string()
}

#[test]
fn the_error_names_document_namespace_and_place() {
    let mut wrong = stored();
    wrong.insert("points", vec![doc! { "X": 1, "Y": 1 }, doc! { "X": 1, "Y": "high" }]);
    let found = undecodable(&event("insert", doc! { "fullDocument": wrong }));
    assert_eq!(
        found.error.to_string(),
        "cannot decode document 7 of shop.series: fullDocument.points[1].Y: expected int32, found \
         string",
    );
    let ErrorKind::Decode(failure) = found.error.kind() else { panic!("{:?}", found.error) };
    assert_eq!(failure.id, Some(Bson::Int64(7)));
    assert_eq!(failure.namespace.as_deref(), Some("shop.series"));
    assert_eq!(failure.path, "fullDocument.points[1].Y");
}

#[test]
fn every_part_is_named() {
    let at = |operation, more| {
        let text = mistake(operation, more);
        text.strip_prefix("cannot decode document 7 of shop.series: ").expect(&text).to_owned()
    };
    let changes = |description: Document| at("update", doc! { "updateDescription": description });
    assert_eq!(at("insert", doc! {}), "fullDocument: the field is missing");
    assert_eq!(
        at("insert", doc! { "fullDocument": null }),
        "fullDocument: expected document, found null",
    );
    assert_eq!(
        at("replace", doc! { "fullDocument": { "_id": 7_i64, "points": [] } }),
        "fullDocument.title: the field is missing",
    );
    assert_eq!(
        at("delete", doc! { "fullDocumentBeforeChange": { "_id": "x" } }),
        "fullDocumentBeforeChange._id: expected int64, found string",
    );
    assert_eq!(at("update", doc! {}), "updateDescription: the field is missing");
    assert_eq!(
        changes(doc! { "updatedFields": 1 }),
        "updateDescription.updatedFields: expected document, found int32",
    );
    assert_eq!(
        changes(doc! { "removedFields": ["a", 1] }),
        "updateDescription.removedFields[1]: expected string, found int32",
    );
    assert_eq!(
        changes(doc! { "truncatedArrays": [{ "field": "points" }] }),
        "updateDescription.truncatedArrays[0].newSize: the field is missing",
    );
    assert_eq!(
        changes(doc! { "disambiguatedPaths": { "a.b": ["a", true] } }),
        "updateDescription.disambiguatedPaths.a.b[1]: expected string or int32, found bool",
    );
    assert_eq!(at("rename", doc! { "to": { "coll": "x" } }), "to.db: the field is missing");
    assert_eq!(
        at("delete", doc! { "clusterTime": 1 }),
        "clusterTime: expected timestamp, found int32",
    );
}

#[test]
fn an_id_of_another_type_is_shown_as_it_is() {
    let text = mistake("delete", doc! { "documentKey": { "_id": "seven" } });
    assert_eq!(
        text,
        "cannot decode document \"seven\" of shop.series: documentKey._id: expected int64, found \
         string",
    );
    let text = mistake("delete", doc! { "documentKey": { "shard": 1 } });
    assert_eq!(
        text,
        "cannot decode document of shop.series: documentKey._id: the field is missing",
    );
}

#[test]
fn what_can_be_read_of_the_meta_is_kept() {
    let found = undecodable(&event(
        "delete",
        doc! {
            "wallTime": "noon",
            "txnNumber": 3_i64,
            "lsid": { "id": 1 },
        },
    ));
    assert_eq!(found.meta.wall_time, None);
    assert_eq!(found.meta.transaction.map(|transaction| transaction.number), Some(3));
    assert_eq!(
        found.error.to_string(),
        "cannot decode document 7 of shop.series: wallTime: expected date, found string",
    );
}

#[test]
fn an_event_that_does_not_say_what_happened_is_undecodable() {
    let mut silent = event("insert", doc! { "fullDocument": stored() });
    silent.remove("operationType");
    let found = undecodable(&silent);
    assert_eq!(found.operation, Operation::Other(String::new()));
    assert!(found.error.to_string().ends_with(": operationType: the field is missing"));
}

#[test]
fn an_event_without_a_token_is_an_error() {
    let mut cut = event("insert", doc! { "fullDocument": stored() });
    cut.remove("_id");
    let error = ChangeEvent::<Series>::decode(&raw(&cut)).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Decode(failure) if failure.path == "_id"));
    assert!(error.to_string().contains("no resume token"), "{error}");

    cut.insert("_id", 1);
    let error = ChangeEvent::<Series>::decode(&raw(&cut)).unwrap_err();
    assert!(error.to_string().contains("_id: expected document, found int32"), "{error}");
}

proptest! {
    /// Whatever happens to a byte, decoding ends with an event or an error.
    #[test]
    fn damaged_bytes_end_well(at in 4_usize..400, byte: u8) {
        let event = event("update", doc! {
            "updateDescription": {
                "updatedFields": { "points.2.y": 1, "title": "b" },
                "removedFields": ["note"],
                "truncatedArrays": [{ "field": "points", "newSize": 2 }],
                "disambiguatedPaths": { "points.2.y": ["points", 2, "y"] },
            },
            "fullDocument": stored(),
        });
        let mut bytes = raw(&event).into_bytes();
        let length = bytes.len() - 1;
        bytes[4 + (at - 4) % (length - 4)] = byte;
        let damaged = RawDocumentBuf::from_bytes(bytes).unwrap();
        if let Ok(ChangeEvent::Update(e)) = ChangeEvent::<Series>::decode(&damaged) {
            let _ = e.changes.get(|s| s.points().at(2).y());
            let _ = e.changes.touches(|s| s.points());
            prop_assert!(e.changes.paths().count() < 10);
        }
    }
}
