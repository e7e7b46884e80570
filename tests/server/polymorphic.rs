//! Models that are enums, against the real server.

mod kept;

use futures::TryStreamExt;
use odm::{
    Database, ErrorKind,
    bson::{Bson, Document},
    prelude::*,
};
use tests::database;

#[derive(Model, Clone, Debug, PartialEq)]
#[model(collection = "shapes", tag = "kind", pre_and_post_images)]
enum Shape {
    Circle(Circle),
    Square {
        #[model(id)]
        id: i64,
        side: f64,
        note: Option<String>,
    },
    #[model(rename = "text")]
    Text(Text),
}

#[derive(Embedded, Clone, Debug, PartialEq)]
#[model(deny_unknown_fields)]
struct Circle {
    #[model(id)]
    id: i64,
    radius: f64,
}

/// Another collection by itself.
#[derive(Model, Clone, Debug, PartialEq)]
#[model(collection = "texts")]
struct Text {
    #[model(id)]
    id: i64,
    words: Vec<String>,
}

fn circle(id: i64, radius: f64) -> Shape {
    Shape::Circle(Circle { id, radius })
}

fn square(id: i64) -> Shape {
    Shape::Square { id, side: 2.0, note: None }
}

fn text(id: i64) -> Shape {
    Shape::Text(Text { id, words: vec!["a".into()] })
}

fn shapes() -> Vec<Shape> {
    vec![circle(1, 1.0), square(2), text(3), circle(4, 4.0)]
}

async fn filled(name: &str) -> Database {
    let db = database(name).await;
    Shape::insert_many(&shapes()).run(&db).await.unwrap();
    db
}

async fn all(db: &Database) -> Vec<Shape> {
    Shape::find().sort(|s| s.id().asc()).all(db).await.unwrap()
}

fn raw(db: &Database) -> odm::mongodb::Collection<Document> {
    db.as_driver().collection("shapes")
}

#[tokio::test]
async fn documents_of_all_variants_are_in_one_collection() {
    let db = filled("polymorphic_one_collection").await;
    assert_eq!(all(&db).await, shapes());
    let stored: Vec<_> =
        raw(&db).find(doc! {}).sort(doc! { "_id": 1 }).await.unwrap().try_collect().await.unwrap();
    let by_hand = [
        doc! { "_id": 1_i64, "kind": "Circle", "radius": 1.0 },
        doc! { "_id": 2_i64, "kind": "Square", "side": 2.0 },
        doc! { "_id": 3_i64, "kind": "text", "words": ["a"] },
        doc! { "_id": 4_i64, "kind": "Circle", "radius": 4.0 },
    ];
    assert_eq!(stored, by_hand);
    assert_eq!(Shape::find_by_id(2).get(&db).await.unwrap(), square(2));
    let inserted = Shape::insert(&circle(5, 5.0)).run(&db).await.unwrap();
    assert_eq!(inserted.id, 5);
    let error = Shape::insert(&square(1)).run(&db).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::DuplicateKey(_)), "{error:?}");
    assert_eq!(Text::find().count(&db).await.unwrap(), 0);
}

#[tokio::test]
async fn one_variant_is_read_as_what_it_holds() {
    let db = filled("polymorphic_only").await;
    let circles: Vec<Circle> =
        Shape::find().only_circle().sort(|c| c.radius().desc()).all(&db).await.unwrap();
    assert_eq!(circles, [Circle { id: 4, radius: 4.0 }, Circle { id: 1, radius: 1.0 }]);
    let large = || Shape::find().only_circle().filter(|c| c.radius().gt(1.0));
    assert_eq!(large().get(&db).await.unwrap().id, 4);
    assert_eq!(large().count(&db).await.unwrap(), 1);
    assert!(large().by_id(4).exists(&db).await.unwrap());
    assert!(!large().by_id(3).exists(&db).await.unwrap());
    assert_eq!(large().skip(1).first(&db).await.unwrap(), None);
    let error = large().raw(doc! { "radius": 5 }).get(&db).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::NotFound), "{error:?}");
    let streamed = Shape::find().limit(1).only_text().stream(&db).await.unwrap();
    let streamed: Vec<Text> = streamed.try_collect().await.unwrap();
    assert_eq!(streamed, [Text { id: 3, words: vec!["a".into()] }]);
    assert_eq!(Shape::find().only_square().all(&db).await.unwrap(), [square(2)]);
}

#[tokio::test]
async fn rows_of_a_pipeline_are_of_one_variant() {
    let db = filled("polymorphic_pipeline").await;
    let circles = Shape::aggregate().only_circle().sort(|c| c.id().asc());
    let circles: Vec<Circle> = circles.all(&db).await.unwrap();
    assert_eq!(circles, [Circle { id: 1, radius: 1.0 }, Circle { id: 4, radius: 4.0 }]);
    let sums: Vec<(bool, f64)> = Shape::aggregate()
        .only_circle()
        .group(|c, g| (c.id().gt(0), g.sum(c.radius())))
        .all(&db)
        .await
        .unwrap();
    assert_eq!(sums, [(true, 5.0)]);
    assert_eq!(Shape::aggregate().only_square().all(&db).await.unwrap(), [square(2)]);
}

#[tokio::test]
async fn an_update_of_a_variant_leaves_the_others() {
    let db = filled("polymorphic_update").await;
    let grow = || Shape::update().all_documents().inc(|s| s.as_circle().radius(), 1.0);
    assert_eq!(grow().many(&db).await.unwrap().modified, 2);
    let of_square = Shape::update().by_id(2).inc(|s| s.as_circle().radius(), 1.0);
    assert_eq!(of_square.one(&db).await.unwrap().matched, 0);
    let noted = Shape::update().by_id(2).set(|s| s.as_square().note(), "n");
    let noted = noted.fetch_after(&db).await.unwrap();
    assert_eq!(noted, Some(Shape::Square { id: 2, side: 2.0, note: Some("n".into()) }));
    let pushed = Shape::update().filter(|s| s.is_text()).push(|s| s.as_text().words(), "b");
    assert_eq!(pushed.many(&db).await.unwrap().modified, 1);
    let words = Shape::find().only_text().get(&db).await.unwrap().words;
    assert_eq!(words, ["a", "b"]);
    assert_eq!(Shape::find().only_circle().get(&db).await.unwrap().radius, 2.0);
}

#[tokio::test]
async fn a_document_can_become_another_variant() {
    let db = filled("polymorphic_replace").await;
    Shape::replace(&square(1)).run(&db).await.unwrap();
    assert_eq!(Shape::find_by_id(1).get(&db).await.unwrap(), square(1));
    assert_eq!(Shape::find().only_circle().all(&db).await.unwrap().len(), 1);

    let changes = circle(1, 7.0).changes_from(&square(1));
    assert_eq!(changes.clone().update().one(&db).await.unwrap().modified, 1);
    assert_eq!(Shape::find_by_id(1).get(&db).await.unwrap(), circle(1, 7.0));
    assert_eq!(changes.update().one(&db).await.unwrap().matched, 0);

    let before = Shape::replace(&text(4)).fetch_before(&db).await.unwrap();
    assert_eq!(before, Some(circle(4, 4.0)));
    let upsert = Shape::replace(&square(9)).upsert().run(&db).await.unwrap();
    assert_eq!(upsert.upserted_id, Some(9));
    assert_eq!(Shape::delete().filter(|s| s.is_square()).many(&db).await.unwrap().deleted, 2);
    let gone = Shape::delete().by_id(3).fetch(&db).await.unwrap();
    assert_eq!(gone, Some(text(3)));
    assert_eq!(all(&db).await, [circle(1, 7.0), text(4)]);
}

#[tokio::test]
async fn an_upsert_by_a_variant_inserts_one_that_can_be_read() {
    let db = database("polymorphic_upsert").await;
    let upsert = Shape::update().by_id(8).set(|s| s.as_circle().radius(), 1.5).upsert();
    assert_eq!(upsert.one(&db).await.unwrap().upserted_id, Some(8));
    assert_eq!(all(&db).await, [circle(8, 1.5)]);
}

#[tokio::test]
async fn a_bulk_writes_all_variants() {
    let db = filled("polymorphic_bulk").await;
    let bulk = Shape::bulk()
        .insert(&circle(5, 5.0))
        .insert(&square(6))
        .replace(Shape::replace(&text(1)))
        .update_many(Shape::update().all_documents().mul(|s| s.as_circle().radius(), 2.0))
        .delete_one(Shape::delete().by_id(3));
    let written = bulk.run(&db).await.unwrap();
    assert_eq!((written.inserted, written.modified, written.deleted), (2, 3, 1));
    let expected = [text(1), square(2), circle(4, 8.0), circle(5, 10.0), square(6)];
    assert_eq!(all(&db).await, expected);
}

#[tokio::test]
async fn sessions_and_transactions_know_variants() {
    let db = filled("polymorphic_sessions").await;
    let session = db.start_session().await.unwrap();
    Shape::insert(&circle(5, 9.0)).run(&session).await.unwrap();
    let circles = Shape::find().only_circle().filter(|c| c.radius().eq(9.0));
    assert_eq!(circles.all(&session).await.unwrap(), [Circle { id: 5, radius: 9.0 }]);
    let tx = session.start_transaction().await.unwrap();
    Shape::delete().filter(|s| s.is_circle()).many(&tx).await.unwrap();
    assert_eq!(Shape::find().only_circle().count(&tx).await.unwrap(), 0);
    tx.abort().await.unwrap();
    assert_eq!(Shape::find().only_circle().count(&db).await.unwrap(), 3);
}

#[tokio::test]
async fn an_unknown_variant_is_an_error_with_its_id() {
    let db = filled("polymorphic_unknown").await;
    raw(&db).insert_one(doc! { "_id": 7_i64, "kind": "Hexagon" }).await.unwrap();
    let error = Shape::find().all(&db).await.unwrap_err();
    let ErrorKind::Decode(failure) = error.kind() else { panic!("{error:?}") };
    assert_eq!((failure.path.as_str(), &failure.id), ("kind", &Some(Bson::Int64(7))));
    let text = error.to_string();
    assert!(text.contains("7") && text.contains("\"Hexagon\""), "{text}");
    let mut stream = Shape::find().sort(|s| s.id().desc()).stream(&db).await.unwrap();
    assert!(stream.next().await.unwrap().is_err());
    assert_eq!(stream.next().await.unwrap().unwrap(), circle(4, 4.0));
    assert_eq!(Shape::find().only_circle().all(&db).await.unwrap().len(), 2);
}

/// The same collection, read by a program that takes what it does not know.
#[derive(Model, Clone, Debug, PartialEq)]
#[model(collection = "shapes", tag = "kind")]
enum Round {
    Circle(Circle),
    #[model(other)]
    Other {
        #[model(id)]
        id: i64,
    },
}

#[tokio::test]
async fn documents_of_unknown_variants_have_their_id() {
    let db = filled("polymorphic_other").await;
    let all = Round::find().sort(|r| r.id().asc()).all(&db).await.unwrap();
    let circle = |id, radius| Round::Circle(Circle { id, radius });
    let expected = [circle(1, 1.0), Round::Other { id: 2 }, Round::Other { id: 3 }, circle(4, 4.0)];
    assert_eq!(all, expected);
    let others = Round::find().only_other().sort(|r| r.id().asc()).all(&db).await.unwrap();
    assert_eq!(others, [Round::Other { id: 2 }, Round::Other { id: 3 }]);
    assert!(Round::replace(&others[0]).run(&db).await.is_err());
    let deleted = Round::delete().filter(|r| r.is_other()).many(&db).await.unwrap();
    assert_eq!(deleted.deleted, 2);
}

#[tokio::test]
async fn events_are_decoded_as_the_enum() {
    let db = database("polymorphic_events").await;
    let create = doc! { "create": "shapes", "changeStreamPreAndPostImages": { "enabled": true } };
    db.as_driver().run_command(create).await.unwrap();
    let watch = Shape::watch()
        .full_document(FullDocument::Required)
        .full_document_before_change(FullDocumentBeforeChange::Required);
    let mut events = watch.stream(&db).await.unwrap();
    let mut of_circles = Shape::watch()
        .filter(|e| e.document().as_circle().radius().gt(1.0))
        .stream(&db)
        .await
        .unwrap();
    Shape::insert(&square(2)).run(&db).await.unwrap();
    Shape::insert(&circle(1, 1.0)).run(&db).await.unwrap();
    Shape::update().by_id(1).set(|s| s.as_circle().radius(), 3.0).one(&db).await.unwrap();
    Shape::replace(&text(1)).run(&db).await.unwrap();
    Shape::delete().by_id(2).one(&db).await.unwrap();
    Shape::insert(&circle(6, 6.0)).run(&db).await.unwrap();

    let mut next = async || events.next().await.unwrap().unwrap();
    assert_eq!(next().await.into_document(), Some(square(2)));
    assert_eq!(next().await.document(), Some(&circle(1, 1.0)));
    let ChangeEvent::Update(update) = next().await else { panic!("an update") };
    assert_eq!((update.id, update.document), (1, Some(circle(1, 3.0))));
    assert_eq!(update.before, Some(circle(1, 1.0)));
    assert!(update.changes.touches(|s| s.as_circle().radius()));
    assert_eq!(update.changes.get(|s| s.as_circle().radius()).unwrap(), Some(3.0));
    let replaced = next().await;
    assert_eq!(replaced.document(), Some(&text(1)));
    assert_eq!(replaced.before(), Some(&circle(1, 3.0)));
    let deleted = next().await;
    assert_eq!((deleted.id(), deleted.before()), (Some(&2), Some(&square(2))));
    let first = of_circles.next().await.unwrap().unwrap();
    assert_eq!(first.into_document(), Some(circle(6, 6.0)));
}
