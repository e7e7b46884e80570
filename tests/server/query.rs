//! Every query operator finds what the same query finds that is written by hand.

use std::collections::BTreeMap;

use futures::TryStreamExt;
use odm::{
    bson::{Bson, Document},
    codec::ElementType,
    filter::{Area, Condition, Near, TextSearch},
    geo::{Geometry, Point, Polygon},
    path::{Fields, Filtering},
    prelude::*,
};
use tests::database;

#[derive(Model, Clone, Debug, PartialEq)]
#[model(collection = "items")]
struct Item {
    #[model(id)]
    id: i32,
    name: String,
    qty: i32,
    budget: i64,
    nums: Vec<i32>,
    grid: Vec<Vec<i32>>,
    points: Vec<Mark>,
    labels: BTreeMap<String, String>,
    #[model(null)]
    note: Option<String>,
    place: Point,
    pair: [f64; 2],
    area: Option<Geometry>,
}

#[derive(Embedded, Clone, Debug, PartialEq)]
struct Mark {
    x: i32,
    y: i32,
}

fn item(id: i32) -> Item {
    let n = f64::from(id);
    Item {
        id,
        name: ["a.b", "a+b", "Abc", "$qty", "coffee bar", "CAFÉ"][id as usize].to_owned(),
        qty: id,
        budget: i64::from(id % 3) * 2,
        nums: (0..id).collect(),
        grid: vec![vec![id], vec![id, id + 1]],
        points: vec![Mark { x: id, y: 0 }, Mark { x: 0, y: id }],
        labels: BTreeMap::from([("k".to_owned(), format!("v{id}"))]),
        note: (id % 2 == 0).then(|| "even".to_owned()),
        place: Point::new(n, n),
        pair: [n, n],
        area: (id > 2).then(|| square(n).into()),
    }
}

fn square(at: f64) -> Polygon {
    let end = at + 1.0;
    Polygon::new([[at, at], [end, at], [end, end], [at, end], [at, at]])
}

async fn filled(name: &str) -> odm::Database {
    let db = database(name).await;
    let items: Vec<_> = (0..6).map(item).collect();
    Item::insert_many(&items).run(&db).await.expect("an insert");
    let indexes = doc! { "createIndexes": "items", "indexes": [
        { "key": { "name": "text" }, "name": "text" },
        { "key": { "place": "2dsphere" }, "name": "place" },
        { "key": { "pair": "2d" }, "name": "pair" },
    ] };
    db.as_driver().run_command(indexes).await.expect("indexes");
    db
}

/// The ids that the typed filter and the one written by hand find, which are the same, as they come.
async fn found<C: Condition<Item>>(
    db: &odm::Database,
    typed: impl FnOnce(Fields<Item, Filtering>) -> C,
    by_hand: Document,
) -> Vec<i32> {
    let filter = typed(Item::fields()).into_filter();
    assert_eq!(filter.as_document().expect("a valid filter"), by_hand);
    let items =
        Item::find().filter(|_| filter).all(db).await.expect("a query that the server takes");
    let ids: Vec<_> = items.iter().map(|item| item.id).collect();
    let stored: mongodb::Collection<Document> = db.as_driver().collection("items");
    let documents: Vec<_> = stored.find(by_hand).await.unwrap().try_collect().await.unwrap();
    let expected: Vec<_> = documents.iter().map(|item| item.get_i32("_id").unwrap()).collect();
    assert_eq!(ids, expected);
    ids
}

#[tokio::test]
async fn a_field_that_is_none_does_not_exist_unless_it_is_stored_as_null() {
    let db = &filled("query_none").await;
    let exists = doc! { "$exists": true };
    assert_eq!(found(db, |i| i.area().exists(), doc! { "area": &exists }).await, [3, 4, 5]);
    assert_eq!(found(db, |i| i.area().is_null(), doc! { "area": null }).await, [0, 1, 2]);
    assert_eq!(found(db, |i| i.note().is_null(), doc! { "note": null }).await, [1, 3, 5]);
    let all = [0, 1, 2, 3, 4, 5];
    assert_eq!(found(db, |i| i.note().exists(), doc! { "note": &exists }).await, all);
}

#[tokio::test]
async fn comparison_and_presence() {
    let db = &filled("query_comparison_and_presence").await;
    assert_eq!(found(db, |i| i.qty().eq(2), doc! { "qty": 2 }).await, [2]);
    assert_eq!(found(db, |i| i.qty().ne(2), doc! { "qty": { "$ne": 2 } }).await, [0, 1, 3, 4, 5]);
    assert_eq!(
        found(db, |i| i.qty().gt(1) & i.qty().lte(3), doc! { "qty": { "$gt": 1, "$lte": 3 } })
            .await,
        [2, 3],
    );
    assert_eq!(
        found(
            db,
            |i| i.budget().gte(2) & i.qty().lt(2),
            doc! { "budget": { "$gte": 2_i64 }, "qty": { "$lt": 2 } }
        )
        .await,
        [1],
    );
    assert_eq!(
        found(db, |i| i.name().in_(["a.b", "?"]), doc! { "name": { "$in": ["a.b", "?"] } }).await,
        [0]
    );
    assert_eq!(
        found(db, |i| i.qty().nin([0, 1, 2, 3]), doc! { "qty": { "$nin": [0, 1, 2, 3] } }).await,
        [4, 5]
    );
    assert_eq!(found(db, |i| i.note().eq(None), doc! { "note": null }).await, [1, 3, 5]);
    assert_eq!(
        found(db, |i| i.note().is_some(), doc! { "note": { "$ne": null } }).await,
        [0, 2, 4]
    );
    assert_eq!(
        found(db, |i| i.note().exists(), doc! { "note": { "$exists": true } }).await,
        [0, 1, 2, 3, 4, 5]
    );
    assert_eq!(
        found(db, |i| i.labels().key("j").is_absent(), doc! { "labels.j": { "$exists": false } })
            .await
            .len(),
        6
    );
    assert_eq!(found(db, |i| i.labels().key("k").eq("v3"), doc! { "labels.k": "v3" }).await, [3]);
    assert_eq!(
        found(db, |i| i.note().is_type(ElementType::Null), doc! { "note": { "$type": 10 } }).await,
        [1, 3, 5]
    );
    assert_eq!(
        found(
            db,
            |i| i.note().is_any_type([ElementType::String, ElementType::MinKey]),
            doc! { "note": { "$type": [2, -1] } },
        )
        .await,
        [0, 2, 4],
    );
    assert_eq!(
        found(db, |i| i.qty().is_number(), doc! { "qty": { "$type": "number" } }).await.len(),
        6
    );
}

#[tokio::test]
async fn logic() {
    let db = &filled("query_logic").await;
    assert_eq!(
        found(
            db,
            |i| i.qty().eq(1) | i.name().eq("Abc"),
            doc! { "$or": [{ "qty": 1 }, { "name": "Abc" }] }
        )
        .await,
        [1, 2],
    );
    assert_eq!(
        found(
            db,
            |i| !(i.qty().gt(1) | i.qty().eq(0)),
            doc! { "$nor": [{ "qty": { "$gt": 1 } }, { "qty": 0 }] }
        )
        .await,
        [1],
    );
    assert_eq!(
        found(
            db,
            |i| i.qty().gt(1) & i.qty().gt(4),
            doc! { "$and": [{ "qty": { "$gt": 1 } }, { "qty": { "$gt": 4 } }] }
        )
        .await,
        [5],
    );
    assert_eq!(
        found(db, |i| i.qty().not(|q| q.gt(1)), doc! { "qty": { "$not": { "$gt": 1 } } }).await,
        [0, 1]
    );
    assert_eq!(
        found(
            db,
            |i| i.qty().not(|q| q.lt(2) | q.gt(3)),
            doc! { "$nor": [{ "qty": { "$lt": 2 } }, { "qty": { "$gt": 3 } }] }
        )
        .await,
        [2, 3],
    );
    assert_eq!(
        found(
            db,
            |i| i.name().not(|n| n.regex("^a")),
            doc! { "name": { "$not": { "$regex": "^a" } } }
        )
        .await,
        [2, 3, 4, 5],
    );
}

#[tokio::test]
#[allow(clippy::too_many_lines, reason = "one operator after the other")]
async fn arrays() {
    let db = &filled("query_arrays").await;
    let gt = |n: i32| doc! { "$gt": n };
    assert_eq!(found(db, |i| i.nums().contains(3), doc! { "nums": 3 }).await, [4, 5]);
    assert_eq!(found(db, |i| i.nums().eq([0, 1]), doc! { "nums": [0, 1] }).await, [2]);
    assert_eq!(found(db, |i| i.nums().all([1, 4]), doc! { "nums": { "$all": [1, 4] } }).await, [5]);
    assert_eq!(found(db, |i| i.nums().size(3), doc! { "nums": { "$size": 3 } }).await, [3]);
    assert_eq!(found(db, |i| i.nums().at(0).eq(0), doc! { "nums.0": 0 }).await, [1, 2, 3, 4, 5]);
    assert_eq!(found(db, |i| i.points().any().x().eq(4), doc! { "points.x": 4 }).await, [4]);
    assert_eq!(
        found(
            db,
            |i| i.points().elem_match(|p| p.x().eq(0) & p.y().gt(3)),
            doc! { "points": { "$elemMatch": { "x": 0, "y": gt(3) } } }
        )
        .await,
        [4, 5],
    );
    assert_eq!(
        found(
            db,
            |i| i.points().all_match(|p| [p.x().gt(3), p.y().gt(4)]),
            doc! { "points": { "$all": [{ "$elemMatch": { "x": gt(3) } }, { "$elemMatch": { "y": gt(4) } }] } },
        ).await,
        [5],
    );
    assert_eq!(
        found(
            db,
            |i| i.nums().elem_match(|n| n.gt(2) & n.ne(3)),
            doc! { "nums": { "$elemMatch": { "$gt": 2, "$ne": 3 } } }
        )
        .await,
        [5],
    );
    assert_eq!(
        found(
            db,
            |i| i.nums().elem_match(|n| n.ne(0) & n.ne(1)),
            doc! { "nums": { "$elemMatch": { "$ne": 0, "$not": { "$not": { "$ne": 1 } } } } }
        )
        .await,
        [3, 4, 5],
    );
    assert_eq!(
        found(
            db,
            |i| i.nums().elem_match(|n| n.gt(3) | n.lt(0)),
            doc! { "$or": [{ "nums": { "$elemMatch": gt(3) } }, { "nums": { "$elemMatch": { "$lt": 0 } } }] },
        ).await,
        [5],
    );
    assert_eq!(
        found(
            db,
            |i| i.grid().elem_match(|row| row.elem_match(|n| n.gt(5))),
            doc! { "grid": { "$elemMatch": { "$elemMatch": gt(5) } } }
        )
        .await,
        [5],
    );
    assert_eq!(
        found(db, |i| i.grid().contains([3]), doc! { "grid": { "$elemMatch": { "$eq": [3] } } })
            .await,
        [3],
    );
}

#[tokio::test]
async fn evaluation_and_bits() {
    let db = &filled("query_evaluation_and_bits").await;
    assert_eq!(
        found(db, |i| i.name().regex("b$"), doc! { "name": { "$regex": "b$" } }).await,
        [0, 1]
    );
    assert_eq!(
        found(
            db,
            |i| i.name().regex_with("^ab", "i"),
            doc! { "name": { "$regex": "^ab", "$options": "i" } }
        )
        .await,
        [2],
    );
    assert_eq!(
        found(db, |i| i.name().starts_with("a+b"), doc! { "name": { "$regex": r"^a\+b" } }).await,
        [1]
    );
    assert_eq!(
        found(db, |i| i.name().starts_with("$q"), doc! { "name": { "$regex": r"^\$q" } }).await,
        [3]
    );
    assert_eq!(
        found(db, |i| i.qty().modulo(4, 1), doc! { "qty": { "$mod": [4, 1] } }).await,
        [1, 5]
    );
    assert_eq!(
        found(db, |i| i.qty().bits_all_set(5), doc! { "qty": { "$bitsAllSet": 5 } }).await,
        [5]
    );
    assert_eq!(
        found(db, |i| i.qty().bits_all_clear([0, 1]), doc! { "qty": { "$bitsAllClear": [0, 1] } })
            .await,
        [0, 4]
    );
    assert_eq!(
        found(db, |i| i.qty().bits_any_set(6), doc! { "qty": { "$bitsAnySet": 6 } }).await,
        [2, 3, 4, 5]
    );
    assert_eq!(
        found(db, |i| i.qty().bits_any_clear(1_u32), doc! { "qty": { "$bitsAnyClear": 1_i64 } })
            .await,
        [0, 2, 4]
    );
}

#[tokio::test]
async fn whole_documents() {
    let db = &filled("query_whole_documents").await;
    let search = TextSearch::new("café").diacritic_sensitive(true);
    assert_eq!(
        found(db, |_| Filter::text("coffee"), doc! { "$text": { "$search": "coffee" } }).await,
        [4]
    );
    assert_eq!(
        found(
            db,
            |_| Filter::text(search),
            doc! { "$text": { "$search": "café", "$diacriticSensitive": true } }
        )
        .await,
        [5],
    );
    assert_eq!(
        found(
            db,
            |_| Item::expr(|i| i.qty().gt(i.budget())),
            doc! { "$expr": { "$gt": ["$qty", "$budget"] } }
        )
        .await,
        [3, 4, 5],
    );
    assert_eq!(
        found(
            db,
            |_| Item::expr(|i| ((i.qty() - 1) * 2).gte(i.budget() + 4)),
            doc! { "$expr": { "$gte": [{ "$multiply": [{ "$subtract": ["$qty", 1] }, 2] }, { "$add": ["$budget", 4] }] } },
        ).await,
        [3, 4, 5],
    );
    assert_eq!(
        found(
            db,
            |_| Item::expr(|i| i.name().eq("$qty")),
            doc! { "$expr": { "$eq": ["$name", { "$literal": "$qty" }] } }
        )
        .await,
        [3],
    );
    assert_eq!(
        found(
            db,
            |_| Filter::where_js("this.qty > 4").comment("js"),
            doc! { "$where": "this.qty > 4", "$comment": "js" }
        )
        .await,
        [5],
    );
    let schema = doc! { "properties": { "qty": { "maximum": 1 } } };
    assert_eq!(
        found(db, |_| Filter::json_schema(schema.clone()), doc! { "$jsonSchema": &schema }).await,
        [0, 1]
    );
    assert_eq!(found(db, |_| Filter::sample_rate(1.0), doc! { "$sampleRate": 1.0 }).await.len(), 6);
}

#[tokio::test]
#[allow(clippy::too_many_lines, reason = "one operator after the other")]
async fn places() {
    let db = &filled("query_places").await;
    let point = |n: f64| doc! { "type": "Point", "coordinates": [n, n] };
    let ring: Bson = odm::bson::serialize_to_bson(&square(1.5)).unwrap();
    assert_eq!(
        found(
            db,
            |i| i.place().geo_within(square(1.5)),
            doc! { "place": { "$geoWithin": { "$geometry": &ring } } }
        )
        .await,
        [2],
    );
    assert_eq!(
        found(
            db,
            |i| i.place().geo_within(Area::center_sphere([0.0, 0.0], 0.03)),
            doc! { "place": { "$geoWithin": { "$centerSphere": [[0.0, 0.0], 0.03] } } },
        )
        .await,
        [0, 1],
    );
    for (area, shape) in [
        (Area::center([0.0, 0.0], 1.5), doc! { "$center": [[0.0, 0.0], 1.5] }),
        (Area::box_([0.0, 0.0], [1.0, 1.0]), doc! { "$box": [[0.0, 0.0], [1.0, 1.0]] }),
        (
            Area::polygon([[-1.0, -1.0], [2.0, -1.0], [-1.0, 4.0]]),
            doc! { "$polygon": [[-1.0, -1.0], [2.0, -1.0], [-1.0, 4.0]] },
        ),
    ] {
        let mut ids =
            found(db, |i| i.pair().geo_within(area), doc! { "pair": { "$geoWithin": shape } })
                .await;
        ids.sort_unstable();
        assert_eq!(ids[0], 0);
    }
    assert_eq!(
        found(
            db,
            |i| i.area().geo_intersects(Point::new(4.5, 4.5)),
            doc! { "area": { "$geoIntersects": { "$geometry": point(4.5) } } },
        )
        .await,
        [4],
    );
    assert_eq!(
        found(
            db,
            |i| i.place().near(Near::new(Point::new(3.2, 3.2)).max_distance(200_000.0)),
            doc! { "place": { "$near": { "$geometry": point(3.2), "$maxDistance": 200_000.0 } } },
        )
        .await,
        [3, 4, 2],
    );
    assert_eq!(
        found(
            db,
            |i| i.place().near_sphere(Near::new(Point::new(3.2, 3.2)).min_distance(200_000.0)) & i.qty().lt(5),
            doc! { "place": { "$nearSphere": { "$geometry": point(3.2), "$minDistance": 200_000.0 } }, "qty": { "$lt": 5 } },
        ).await,
        [1, 0],
    );
    assert_eq!(
        found(
            db,
            |i| i.pair().near(Near::new([4.9, 4.9]).max_distance(2.0)),
            doc! { "pair": { "$near": [4.9, 4.9], "$maxDistance": 2.0 } },
        )
        .await,
        [5, 4],
    );
}
