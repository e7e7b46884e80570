//! Every update operator against the real server: the same operation written by hand with `doc!`
//! must leave an equal document.

use std::collections::BTreeMap;

use odm::{
    Database,
    bson::{DateTime, Document, Timestamp},
    prelude::*,
    update::{Filtered, Update},
};
use tests::database;

#[derive(Model, Clone, Debug, PartialEq)]
#[model(collection = "series")]
struct Series {
    #[model(id)]
    id: i64,
    name: String,
    title: Option<String>,
    points: Vec<Point>,
    nums: Vec<i32>,
    grid: Vec<Vec<i32>>,
    labels: BTreeMap<String, String>,
    count: i64,
    ratio: f64,
    flags: i32,
    at: DateTime,
    stamp: Timestamp,
    shape: Shape,
}

#[derive(Embedded, Clone, Debug, PartialEq)]
struct Point {
    x: i32,
    y: i32,
}

#[derive(Embedded, Clone, Debug, PartialEq)]
enum Shape {
    Circle { radius: f64 },
    Square { side: f64 },
}

fn series() -> Series {
    Series {
        id: 1,
        name: "a".into(),
        title: Some("t".into()),
        points: (0..3).map(|x| Point { x, y: 0 }).collect(),
        nums: vec![3, 1, 2],
        grid: vec![vec![1, 2], vec![3, 4]],
        labels: [("k".to_owned(), "v".to_owned()), ("l".to_owned(), "w".to_owned())].into(),
        count: 10,
        ratio: 2.0,
        flags: 0b1100,
        at: DateTime::from_millis(0),
        stamp: Timestamp { time: 1, increment: 1 },
        shape: Shape::Circle { radius: 1.0 },
    }
}

type Ready = Update<Series, Filtered>;

/// Runs the update and the one written by hand, each on a document of its own, and compares what
/// they leave.
async fn same(
    db: &Database,
    build: impl FnOnce(Ready) -> Ready,
    operators: Document,
    array_filters: Vec<Document>,
) {
    let raw = db.as_driver().collection::<Document>("series");
    reset(db).await;
    let by_hand = raw.update_one(doc! { "_id": 1_i64, "points.x": 1 }, operators.clone());
    let by_hand = by_hand.array_filters(array_filters).await.expect("an update by hand");
    let expected = raw.find_one(doc! {}).await.expect("a find");
    assert_eq!(by_hand.modified_count, 1, "nothing was changed by {operators}");

    reset(db).await;
    let update = Series::update().filter(|s| s.id().eq(1) & s.points().any().x().eq(1));
    let updated = build(update).one(db).await.expect("an update");
    assert_eq!((updated.matched, updated.modified), (1, 1), "{operators}");
    assert_eq!(raw.find_one(doc! {}).await.expect("a find"), expected, "{operators}");
}

async fn reset(db: &Database) {
    Series::delete().all_documents().many(db).await.expect("an empty collection");
    Series::insert(&series()).run(db).await.expect("an insert");
}

#[tokio::test]
async fn operators_on_values() {
    let db = database("operators_on_values").await;
    same(&db, |u| u.set(|s| s.name(), "b"), doc! { "$set": { "name": "b" } }, vec![]).await;
    same(&db, |u| u.unset(|s| s.title()), doc! { "$unset": { "title": "" } }, vec![]).await;
    same(&db, |u| u.unset(|s| s.labels().key("k")), doc! { "$unset": { "labels.k": "" } }, vec![])
        .await;
    same(&db, |u| u.min(|s| s.count(), 5), doc! { "$min": { "count": 5_i64 } }, vec![]).await;
    same(&db, |u| u.max(|s| s.count(), 50), doc! { "$max": { "count": 50_i64 } }, vec![]).await;
    let rename = |u: Ready| u.rename(|s| s.labels().key("k"), |s| s.labels().key("m"));
    same(&db, rename, doc! { "$rename": { "labels.k": "labels.m" } }, vec![]).await;
    let raw = |u: Ready| u.raw(doc! { "$rename": { "title": "heading" } });
    same(&db, raw, doc! { "$rename": { "title": "heading" } }, vec![]).await;
}

#[derive(Model, Clone, Debug, PartialEq)]
#[model(collection = "notes")]
struct Note {
    #[model(id)]
    id: i64,
    name: String,
    count: i64,
}

#[tokio::test]
async fn set_on_insert_writes_only_what_it_inserts() {
    let db = database("set_on_insert_writes_only").await;
    let raw = db.as_driver().collection::<Document>("notes");
    let operators = doc! { "$setOnInsert": { "name": "new" }, "$set": { "count": 1_i64 } };
    let mut by_hand = Vec::new();
    for _ in 0..2 {
        raw.update_one(doc! { "_id": 7_i64 }, operators.clone()).upsert(true).await.unwrap();
        by_hand.push(raw.find_one(doc! {}).await.unwrap());
        raw.update_one(doc! {}, doc! { "$set": { "name": "changed" } }).await.unwrap();
    }
    raw.delete_many(doc! {}).await.unwrap();
    for expected in by_hand {
        let update = Note::update().filter(|n| n.id().eq(7)).upsert();
        let update = update.set_on_insert(|n| n.name(), "new").set(|n| n.count(), 1);
        update.one(&db).await.unwrap();
        assert_eq!(raw.find_one(doc! {}).await.unwrap(), expected);
        raw.update_one(doc! {}, doc! { "$set": { "name": "changed" } }).await.unwrap();
    }
}

#[tokio::test]
async fn an_id_is_given_by_set_on_insert() {
    let db = database("an_id_is_given_by_set_on_insert").await;
    let update = Note::update().filter(|n| n.name().eq("a")).inc(|n| n.count(), 1).upsert();
    let update = update.set_on_insert(|n| n.id(), 5);
    assert_eq!(update.clone().one(&db).await.unwrap().upserted_id, Some(5));
    update.one(&db).await.unwrap();
    let notes = Note::find().all(&db).await.unwrap();
    assert_eq!(notes, [Note { id: 5, name: "a".to_owned(), count: 2 }]);
}

#[tokio::test]
async fn operators_on_numbers() {
    let db = database("operators_on_numbers").await;
    same(&db, |u| u.inc(|s| s.count(), 5), doc! { "$inc": { "count": 5_i64 } }, vec![]).await;
    same(&db, |u| u.mul(|s| s.ratio(), 1.5), doc! { "$mul": { "ratio": 1.5 } }, vec![]).await;
    for (operation, name) in [(Bit::And(5), "and"), (Bit::Or(5), "or"), (Bit::Xor(5), "xor")] {
        let by_hand = doc! { "$bit": { "flags": { name: 5 } } };
        same(&db, |u| u.bit(|s| s.flags(), operation), by_hand, vec![]).await;
    }
}

#[tokio::test]
async fn operators_on_arrays() {
    let db = database("operators_on_arrays").await;
    same(&db, |u| u.push(|s| s.nums(), 9), doc! { "$push": { "nums": { "$each": [9] } } }, vec![])
        .await;
    same(
        &db,
        |u| u.push_all(|s| s.nums(), each([9, 8]).position(1).sort_ascending().slice(4)),
        doc! { "$push": { "nums": { "$each": [9, 8], "$position": 1, "$sort": 1, "$slice": 4 } } },
        vec![],
    )
    .await;
    same(
        &db,
        |u| u.push_all(|s| s.points(), each([Point { x: 9, y: 9 }]).sort(|p| p.x().desc())),
        doc! { "$push": { "points": { "$each": [{ "x": 9, "y": 9 }], "$sort": { "x": -1 } } } },
        vec![],
    )
    .await;
    same(
        &db,
        |u| u.add_to_set(|s| s.nums(), 9),
        doc! { "$addToSet": { "nums": { "$each": [9] } } },
        vec![],
    )
    .await;
    same(
        &db,
        |u| u.add_to_set_all(|s| s.nums(), [3, 9]),
        doc! { "$addToSet": { "nums": { "$each": [3, 9] } } },
        vec![],
    )
    .await;
    same(&db, |u| u.pop(|s| s.nums(), Pop::First), doc! { "$pop": { "nums": -1 } }, vec![]).await;
    same(&db, |u| u.pop(|s| s.nums(), Pop::Last), doc! { "$pop": { "nums": 1 } }, vec![]).await;
}

#[tokio::test]
async fn pulls_take_conditions_on_documents_and_on_values() {
    let db = database("pulls_take_conditions").await;
    same(
        &db,
        |u| u.pull(|s| s.points(), |p| p.x().gt(0) & p.y().eq(0)),
        doc! { "$pull": { "points": { "x": { "$gt": 0 }, "y": 0 } } },
        vec![],
    )
    .await;
    let by_hand = doc! { "$pull": { "nums": { "$gt": 1 } } };
    same(&db, |u| u.pull(|s| s.nums(), |n| n.gt(1)), by_hand, vec![]).await;
    same(&db, |u| u.pull(|s| s.nums(), |n| n.eq(3)), doc! { "$pull": { "nums": 3 } }, vec![]).await;
    let by_hand = doc! { "$pullAll": { "nums": [3, 1] } };
    same(&db, |u| u.pull_all(|s| s.nums(), [3, 1]), by_hand, vec![]).await;
}

#[tokio::test]
async fn every_step_into_an_array() {
    let db = database("every_step_into_an_array").await;
    let set = |path: &str| doc! { "$set": { path: 5 } };
    same(&db, |u| u.set(path!(points[0].y), 5), set("points.0.y"), vec![]).await;
    same(&db, |u| u.set(path!(points[].y), 5), set("points.$[].y"), vec![]).await;
    same(&db, |u| u.set(path!(points[$].y), 5), set("points.$.y"), vec![]).await;
    same(&db, |u| u.set(path!(grid[1][]), 5), set("grid.1.$[]"), vec![]).await;
    same(&db, |u| u.set(path!(grid[][0]), 5), set("grid.$[].0"), vec![]).await;
    same(
        &db,
        |u| u.set(path!(labels["k"]), "changed"),
        doc! { "$set": { "labels.k": "changed" } },
        vec![],
    )
    .await;
    same(
        &db,
        |u| u.set(|s| s.shape().as_circle().radius(), 5),
        doc! { "$set": { "shape.Circle.radius": 5.0 } },
        vec![],
    )
    .await;
}

#[tokio::test]
async fn array_filters_of_every_form() {
    let db = database("array_filters_of_every_form").await;
    let i = Point::array_filter("i", |p| p.x().gt(0));
    let (set, filters) =
        (doc! { "$set": { "points.$[i].y": 5 } }, vec![doc! { "i.x": { "$gt": 0 } }]);
    same(&db, |u| u.set(path!(points[$i].y), 5), set.clone(), filters.clone()).await;
    same(&db, |u| u.set(|s| s.points().filtered(|p| p.x().gt(0)).y(), 5), set, filters).await;
    same(
        &db,
        |u| u.inc(|s| s.nums().filtered(|n| n.gt(1) & n.lt(3)), 10),
        doc! { "$inc": { "nums.$[i]": 10 } },
        vec![doc! { "i": { "$gt": 1, "$lt": 3 } }],
    )
    .await;
    same(
        &db,
        |u| u.set(|s| s.points().filtered(|p| p.x().eq(0) | p.x().eq(2)).y(), 5),
        doc! { "$set": { "points.$[i].y": 5 } },
        vec![doc! { "$or": [{ "i.x": 0 }, { "i.x": 2 }] }],
    )
    .await;
    same(
        &db,
        |u| u.mul(|s| s.grid().each().filtered(|n| n.gte(3)), 2),
        doc! { "$mul": { "grid.$[].$[n]": 2 } },
        vec![doc! { "n": { "$gte": 3 } }],
    )
    .await;
    same(
        &db,
        |u| {
            u.set(|s| s.points().filtered(|p| p.x().eq(0)).y(), 5)
                .set(|s| s.points().filtered(|p| p.x().eq(2)).y(), 6)
        },
        doc! { "$set": { "points.$[a].y": 5, "points.$[b].y": 6 } },
        vec![doc! { "a.x": 0 }, doc! { "b.x": 2 }],
    )
    .await;
}

#[tokio::test]
async fn the_release_notes_example_gives_0_5_5() {
    let db = database("the_release_notes_example").await;
    reset(&db).await;
    let i = Point::array_filter("i", |p| p.x().gt(0));
    let update = || Series::update().filter(|s| s.id().eq(1)).set(path!(points[$i].y), 5);
    let first = update().one(&db).await.unwrap();
    assert_eq!((first.matched, first.modified), (1, 1));
    let again = update().one(&db).await.unwrap();
    assert_eq!((again.matched, again.modified), (1, 0));
    let y = |series: Series| series.points.iter().map(|p| p.y).collect::<Vec<_>>();
    assert_eq!(y(Series::find().get(&db).await.unwrap()), [0, 5, 5]);

    reset(&db).await;
    let before = update().fetch_before(&db).await.unwrap().unwrap();
    assert_eq!(y(before), [0, 0, 0]);
    let after = update().fetch_after(&db).await.unwrap().unwrap();
    assert_eq!(y(after), [0, 5, 5]);
}

#[tokio::test]
async fn current_date_writes_the_servers_time() {
    let db = database("current_date_writes_the_servers_time").await;
    reset(&db).await;
    let update = Series::update().all_documents().current_date(|s| s.at());
    let after = update.current_date(|s| s.stamp()).fetch_after(&db).await.unwrap().unwrap();
    assert!(after.at > DateTime::from_millis(1_600_000_000_000), "{:?}", after.at);
    assert!(after.stamp.time > 1_600_000_000, "{:?}", after.stamp);
}

#[tokio::test]
async fn rename_moves_the_value() {
    let db = database("rename_moves_the_value").await;
    reset(&db).await;
    let update = Series::update()
        .all_documents()
        .rename(|s| s.labels().key("k"), |s| s.labels().key("moved"));
    let after = update.fetch_after(&db).await.unwrap().unwrap();
    assert_eq!(after.labels.get("moved").map(String::as_str), Some("v"));
    assert!(!after.labels.contains_key("k"));
}

#[tokio::test]
async fn a_pipeline_update_computes_from_the_document() {
    let db = database("a_pipeline_update_computes").await;
    reset(&db).await;
    let stages = [doc! { "$set": { "count": { "$add": ["$count", { "$sum": "$nums" }] } } }];
    let update = Series::update_pipeline(stages).filter(|s| s.id().eq(1));
    let after = update.fetch_after(&db).await.unwrap().unwrap();
    assert_eq!(after.count, 16);

    let stages = Series::stages()
        .compute(|s| s.name(), |s| s.title().if_null("none"))
        .compute(|s| s.count(), |s| s.count() * 2 + s.flags())
        .unset(|s| s.title());
    let update = Series::update_pipeline(stages).filter(|s| s.id().eq(1));
    let after = update.fetch_after(&db).await.unwrap().unwrap();
    assert_eq!((after.name.as_str(), after.count, after.title), ("t", 44, None));
}
