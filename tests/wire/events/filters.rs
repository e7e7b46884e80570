//! Filters on events are the documents that one would write by hand.

use odm::{
    bson::Document,
    change_stream::{Event, EventFields, condition},
    filter::Condition,
    prelude::*,
};

use super::Series;

fn written<C: Condition<Event<Series>>>(f: impl FnOnce(EventFields<Series>) -> C) -> Document {
    condition(f).as_document().expect("a valid filter")
}

#[test]
fn the_operation_is_compared_by_its_name() {
    assert_eq!(
        written(|e| e.operation().eq(Operation::Insert)),
        doc! { "operationType": "insert" },
    );
    assert_eq!(
        written(|e| e.operation().in_([Operation::Update, "createIndexes".into()])),
        doc! { "operationType": { "$in": ["update", "createIndexes"] } },
    );
    assert_eq!(
        written(|e| e.operation().ne(Operation::Invalidate)),
        doc! { "operationType": { "$ne": "invalidate" } },
    );
}

#[test]
fn every_operation_has_the_name_that_it_is_read_from() {
    for name in ["insert", "update", "replace", "delete", "drop", "rename", "invalidate"] {
        let operation = Operation::from(name);
        assert!(!matches!(operation, Operation::Other(_)), "{name}");
        assert_eq!(operation.as_str(), name);
        assert_eq!(
            written(|e| e.operation().eq(operation.clone())),
            doc! { "operationType": name },
        );
    }
}

#[test]
fn documents_are_reached_by_their_stored_names() {
    assert_eq!(written(|e| e.document().name().eq("a")), doc! { "fullDocument.title": "a" });
    assert_eq!(
        written(|e| e.before().points().any().y().gt(1)),
        doc! { "fullDocumentBeforeChange.points.Y": { "$gt": 1 } },
    );
    assert_eq!(
        written(|e| e.document().points().elem_match(|p| p.x().eq(1) & p.y().gt(1))),
        doc! { "fullDocument.points": { "$elemMatch": { "X": 1, "Y": { "$gt": 1 } } } },
    );
    assert_eq!(
        written(|e| e.document().shape().as_circle().size().gt(1)),
        doc! { "fullDocument.shape.kind": "Circle", "fullDocument.shape.size": { "$gt": 1 } },
    );
    assert_eq!(
        written(|e| e.document().note().exists()),
        doc! { "fullDocument.note": { "$exists": true } },
    );
    assert_eq!(
        written(|e| e.expr(|e| e.document().name().ne(e.before().name()))),
        doc! { "$expr": { "$ne": [
            { "$ifNull": ["$fullDocument.title", null] },
            { "$ifNull": ["$fullDocumentBeforeChange.title", null] },
        ] } },
    );
    assert_eq!(written(|e| e.document().exists()), doc! { "fullDocument": { "$exists": true } });
}

#[test]
fn the_id_is_that_of_the_key() {
    assert_eq!(written(|e| e.id().eq(7)), doc! { "documentKey._id": 7_i64 });

    #[derive(Model)]
    struct Compound {
        #[model(id)]
        id: Key,
    }
    #[derive(Embedded)]
    struct Key {
        part: i32,
    }
    let filter = condition::<Compound, _>(|e| e.id().part().eq(1));
    assert_eq!(filter.as_document().unwrap(), doc! { "documentKey._id.part": 1 });
    assert_eq!(Compound { id: Key { part: 1 } }.id.part, 1);
}

#[test]
fn conditions_join_as_others_do() {
    assert_eq!(
        written(|e| e.operation().eq(Operation::Insert) & e.document().name().eq("a")),
        doc! { "operationType": "insert", "fullDocument.title": "a" },
    );
    assert_eq!(
        written(|e| e.operation().eq(Operation::Insert) | !e.id().eq(7)),
        doc! { "$or": [{ "operationType": "insert" }, { "$nor": [{ "documentKey._id": 7_i64 }] }] },
    );
    assert_eq!(written(|_| Filter::raw(doc! { "ns.coll": "x" })), doc! { "ns.coll": "x" });
    assert_eq!(written(|_| None::<Filter<Event<Series>>>), doc! {});
}

/// The server (6.0) takes no `$nor` of several conditions there: it fails to optimize it.
#[test]
fn a_negation_is_of_one_condition() {
    let (insert, seven) = (doc! { "operationType": "insert" }, doc! { "documentKey._id": 7_i64 });
    let both = doc! { "$nor": [{ "$or": [insert.clone(), seven.clone()] }] };
    let neither = |e: EventFields<Series>| !(e.operation().eq(Operation::Insert) | e.id().eq(7));
    assert_eq!(written(neither), both);
    let raw = doc! { "$nor": [insert.clone(), seven.clone()] };
    assert_eq!(written(|_| Filter::raw(raw.clone())), both);
    assert_eq!(
        written(|_| Filter::raw(doc! { "$and": [{ "$or": [&raw, { "a": &raw }] }], "b": 1 })),
        doc! { "$and": [{ "$or": [&both, { "a": &raw }] }], "b": 1 },
    );
    let one = doc! { "$nor": [{ "operationType": "insert", "documentKey._id": 7_i64 }] };
    assert_eq!(written(|_| Filter::raw(one.clone())), one);
    let odd = doc! { "$nor": 1, "$or": [2], "$and": [insert, "x"] };
    assert_eq!(written(|_| Filter::raw(odd.clone())), odd);
}

/// The condition with these patterns, written by hand.
fn touching(names: &str, arrays: &str, cuts: &[(&str, i64)]) -> Document {
    let mut alternatives = vec![
        doc! { "operationType": "replace" },
        doc! { "$expr": { "$anyElementTrue": [{ "$map": {
            "input": { "$objectToArray": { "$ifNull": ["$updateDescription.updatedFields", {}] } },
            "in": { "$regexMatch": { "input": "$$this.k", "regex": names } },
        } }] } },
        doc! { "updateDescription.removedFields": { "$regex": names } },
        doc! { "updateDescription.truncatedArrays.field": { "$regex": arrays } },
    ];
    alternatives.extend(cuts.iter().map(|(array, size)| {
        doc! { "updateDescription.truncatedArrays": { "$elemMatch": {
            "field": { "$regex": array },
            "newSize": { "$lte": size },
        } } }
    }));
    doc! { "$or": alternatives }
}

#[test]
fn what_is_touched_is_looked_for_in_all_parts_of_the_description() {
    assert_eq!(
        written(|e| e.touches(|s| s.name())),
        touching(r"^title(?:\z|\.)", r"^title(?:\z|\.)", &[]),
    );
    assert_eq!(
        written(|e| e.touches(|s| s.points().any().y())),
        touching(
            r"^points(?:\z|\.[0-9]+(?:\z|\.Y(?:\z|\.)))",
            r"^points(?:\z|\.[0-9]+(?:\.Y(?:\z|\.)))",
            &[],
        ),
    );
    assert_eq!(
        written(|e| e.touches(|s| s.grid().at(3).at(4))),
        touching(
            r"^grid(?:\z|\.3(?:\z|\.4(?:\z|\.)))",
            r"^grid(?:\.3(?:\.4(?:\z|\.)))",
            &[(r"^grid\z", 3), (r"^grid\.3\z", 4)],
        ),
    );
    assert_eq!(written(|e| e.touches(|s| s.clone())), touching("^", "^", &[]));
}

#[test]
fn a_name_is_no_pattern() {
    let document = written(|e| e.touches(|s| s.labels().key("a+(b)|$")));
    let alternatives = document.get_array("$or").unwrap();
    let removed = alternatives[2].as_document().unwrap();
    assert_eq!(
        removed,
        &doc! { "updateDescription.removedFields": {
            "$regex": r"^labels(?:\z|\.a\+\(b\)\|\$(?:\z|\.))",
        } },
    );
}

#[test]
fn what_the_server_refuses_behind_a_change_stream_is_refused_here() {
    let mistake = |filter: Filter<Event<Series>>| {
        condition::<Series, _>(|_| filter).as_document().unwrap_err().to_string()
    };
    assert_eq!(mistake(Filter::text("a")), "`$text` cannot be used in a filter on events");
    assert_eq!(mistake(Filter::where_js("true")), "`$where` cannot be used in a filter on events");
    let error = condition::<Series, _>(|e| e.document().labels().key("a.b").eq(1));
    assert!(error.as_document().unwrap_err().to_string().contains("contains a dot"));
    let error = condition::<Series, _>(|e| e.touches(|s| s.labels().key("a\0b")));
    assert!(error.as_document().unwrap_err().to_string().contains("NUL"));
}
