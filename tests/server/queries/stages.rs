//! Every stage gives what the same stage gives that is written by hand, in the promised type.

mod groups;
mod lookups;
mod refused;
mod special;
mod writes;

use futures::TryStreamExt;
use odm::{aggregation::Pipeline, bson::Document, geo::Point, prelude::*, row::Readable};
use tests::database;

/// Mixed and missing values, as other programs leave them.
#[derive(Model, Clone, Debug, PartialEq)]
#[model(collection = "things")]
struct Thing {
    #[model(id)]
    id: i32,
    kind: Option<String>,
    qty: Option<i64>,
    price: f64,
    at: odm::bson::DateTime,
    tags: Vec<String>,
    place: Option<Point>,
    parts: Option<Vec<Piece>>,
}

#[derive(Embedded, Clone, Debug, PartialEq)]
struct Piece {
    name: String,
    level: i32,
}

const MINUTE: i64 = 60_000;

/// Absent, null, `int32`, `int64` and whole doubles side by side.
fn stored() -> Vec<Document> {
    let date = |minutes: i64| odm::bson::DateTime::from_millis(minutes * MINUTE);
    vec![
        doc! { "_id": 1, "kind": "a", "qty": 1, "price": 1.5, "at": date(0), "tags": ["x", "y"],
        "place": { "type": "Point", "coordinates": [7.0, 46.0] },
        "parts": [{ "name": "p", "level": 1 }, { "name": "q", "level": 5 }] },
        doc! { "_id": 2, "kind": "a", "qty": 2_i64, "price": 2, "at": date(2), "tags": [],
        "place": { "type": "Point", "coordinates": [7.001, 46.0] } },
        doc! { "_id": 3, "kind": null, "qty": null, "price": 3_i64, "at": date(5), "tags": ["x"] },
        doc! { "_id": 4, "price": 4.25, "at": date(5), "tags": ["z"], "parts": [] },
        doc! { "_id": 5, "kind": "b", "qty": 7.0, "price": -1, "at": date(9), "tags": ["y", "z"],
        "parts": null },
    ]
}

async fn filled(name: &str) -> Database {
    let db = database(name).await;
    db.as_driver().collection("things").insert_many(stored()).await.expect("an insert");
    let index = doc! { "createIndexes": "things", "indexes": [
        { "key": { "place": "2dsphere" }, "name": "place" },
    ] };
    db.as_driver().run_command(index).await.expect("an index");
    db
}

/// The rows of a pipeline, whose stages are those written by hand, and as many as they give.
async fn rows<M: Model, D: Readable>(
    db: &Database,
    typed: Pipeline<M, D>,
    by_hand: Vec<Document>,
) -> Vec<D::Output> {
    assert_eq!(typed.stages().expect("a valid pipeline"), by_hand);
    let collection: mongodb::Collection<Document> = db.as_driver().collection(M::COLLECTION);
    let documents = collection.aggregate(by_hand).await.expect("an aggregation");
    let documents: Vec<_> = documents.try_collect().await.expect("documents");
    let rows = typed.all(db).await.expect("rows of the type");
    assert_eq!(rows.len(), documents.len());
    rows
}

fn ids(things: &[Thing]) -> Vec<i32> {
    things.iter().map(|thing| thing.id).collect()
}

fn kind(text: &str) -> Option<String> {
    Some(text.to_owned())
}

#[tokio::test]
async fn conditions_orders_and_limits() {
    let db = &filled("stages_conditions").await;
    let found = rows(
        db,
        Thing::aggregate().match_(|t| t.kind().eq("a")).sort(|t| t.id().desc()).skip(1).limit(5),
        vec![
            doc! { "$match": { "kind": "a" } },
            doc! { "$sort": { "_id": -1 } },
            doc! { "$skip": 1_i64 },
            doc! { "$limit": 5 },
        ],
    );
    assert_eq!(ids(&found.await), [1]);
    let found = rows(
        db,
        Thing::aggregate().match_expr(|t| (t.price() * 2).gt(t.id())).sort(|t| t.id().asc()),
        vec![
            doc! { "$match": { "$expr": { "$gt": [{ "$multiply": ["$price", 2] }, "$_id"] } } },
            doc! { "$sort": { "_id": 1 } },
        ],
    );
    assert_eq!(ids(&found.await), [1, 2, 3, 4]);
    let found = rows(db, Thing::aggregate().sample(3), vec![doc! { "$sample": { "size": 3 } }]);
    assert_eq!(found.await.len(), 3);
    assert_eq!(Thing::aggregate().match_(|t| t.kind().eq("a")).count(db).await.unwrap(), 2);
    assert_eq!(Thing::aggregate().match_(|t| t.kind().eq("c")).count(db).await.unwrap(), 0);
    let first = Thing::aggregate().sort(|t| t.price().desc()).first(db).await.unwrap();
    assert_eq!(first.map(|thing| thing.id), Some(4));
    let streamed: Vec<_> = Thing::aggregate()
        .sort(|t| t.id().asc())
        .batch_size(2)
        .stream(db)
        .await
        .unwrap()
        .try_collect()
        .await
        .unwrap();
    assert_eq!(ids(&streamed), [1, 2, 3, 4, 5]);
}

#[tokio::test]
async fn columns_and_documents() {
    let db = &filled("stages_columns").await;
    let found = rows(
        db,
        Thing::aggregate()
            .add_field(|t| t.qty().if_null(0) + 1_i64)
            .match_(|(_, more)| more.gt(1))
            .unset(|(t, _)| t.place())
            .sort(|(t, _)| t.id().asc()),
        vec![
            doc! { "$addFields": { "_c0": { "$toLong": { "$add": [
                { "$ifNull": ["$qty", 0_i64] }, 1_i64,
            ] } } } },
            doc! { "$match": { "_c0": { "$gt": 1_i64 } } },
            doc! { "$unset": "place" },
            doc! { "$sort": { "_id": 1 } },
        ],
    );
    let found: Vec<_> = found.await.into_iter().map(|(t, more)| (t.id, t.place, more)).collect();
    assert_eq!(found, [(1, None, 2), (2, None, 3), (5, None, 8)]);

    let found = rows(
        db,
        Thing::aggregate()
            .unwind(|t| t.parts())
            .replace_with(|(_, part)| part)
            .sort(|p| p.level().asc()),
        vec![
            doc! { "$unwind": "$parts" },
            doc! { "$replaceWith": "$parts" },
            doc! { "$sort": { "level": 1 } },
        ],
    );
    let piece = |name: &str, level| Piece { name: name.to_owned(), level };
    assert_eq!(found.await, [piece("p", 1), piece("q", 5)]);

    let redacted = rows(
        db,
        Thing::aggregate()
            .match_(|t| t.id().eq(1))
            .stage_as::<Leveled>(doc! { "$set": { "level": 0 } })
            .redact(|t| t.level().lt(3)),
        vec![
            doc! { "$match": { "_id": 1 } },
            doc! { "$set": { "level": 0 } },
            doc! { "$redact": { "$cond": [{ "$lt": ["$level", 3] }, "$$DESCEND", "$$PRUNE"] } },
        ],
    );
    assert_eq!(redacted.await[0].parts, [piece("p", 1)]);
}

#[derive(Embedded, Clone, Debug, PartialEq)]
struct Leveled {
    level: i32,
    parts: Vec<Piece>,
}

#[tokio::test]
async fn arrays_become_rows() {
    let db = &filled("stages_unwind").await;
    let found = rows(
        db,
        Thing::aggregate().unwind(|t| t.tags()).select(|(t, tag)| (t.id(), tag)),
        vec![
            doc! { "$unwind": "$tags" },
            doc! { "$replaceWith": { "_id": "$_id", "_1": "$tags" } },
        ],
    );
    let mut found = found.await;
    found.sort();
    let tag = |id: i32, tag: &str| (id, tag.to_owned());
    assert_eq!(
        found,
        [tag(1, "x"), tag(1, "y"), tag(3, "x"), tag(4, "z"), tag(5, "y"), tag(5, "z")]
    );
    let found = rows(
        db,
        Thing::aggregate()
            .unwind_with_index(|t| t.parts())
            .select(|((t, part), at)| (t.id(), part.name(), at)),
        vec![
            doc! { "$unwind": { "path": "$parts", "includeArrayIndex": "_c1" } },
            doc! { "$replaceWith": { "_id": "$_id", "_1": "$parts.name", "_2": "$_c1" } },
        ],
    );
    assert_eq!(found.await, [(1, "p".to_owned(), 0), (1, "q".to_owned(), 1)]);
    let found = rows(
        db,
        Thing::aggregate()
            .sort(|t| t.id().asc())
            .unwind_or_none(|t| t.parts())
            .select(|(t, part)| (t.id(), part.name())),
        vec![
            doc! { "$sort": { "_id": 1 } },
            doc! { "$unwind": { "path": "$parts", "preserveNullAndEmptyArrays": true } },
            doc! { "$replaceWith": { "_id": "$_id", "_1": "$parts.name" } },
        ],
    );
    let (p, q) = (Some("p".to_owned()), Some("q".to_owned()));
    assert_eq!(found.await, [(1, p), (1, q), (2, None), (3, None), (4, None), (5, None)]);
}
