//! What other mappers refuse, or get silently wrong, and what the server takes: stored and read
//! back.

use std::collections::{BTreeMap, HashMap};

use odm::{
    Database,
    bson::{DateTime, Decimal128, Document, Uuid},
    prelude::*,
};
use tests::database;

#[derive(Embedded, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Cents(i64);

#[derive(Embedded, Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Sku(String);

#[derive(Embedded, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Size {
    Large,
    Medium,
    Small,
}

#[derive(Embedded, Clone, Debug, PartialEq)]
struct Point {
    x: i32,
    y: i32,
}

#[derive(Model, Clone, Debug, PartialEq)]
#[model(collection = "products")]
struct Product {
    #[model(id)]
    id: Sku,
    stock: u32,
    sold: u64,
    price: Cents,
    size: Size,
    weight: Decimal128,
    nums: Vec<i32>,
    sizes: Vec<Size>,
    at: Point,
    route: Vec<Point>,
    key: Uuid,
    since: DateTime,
}

fn product(id: &str, n: u32) -> Product {
    let small = i32::try_from(n).expect("a small number");
    Product {
        id: Sku(id.into()),
        stock: n,
        sold: u64::from(n) * 10,
        price: Cents(i64::from(n) * 100),
        size: [Size::Large, Size::Medium, Size::Small][n as usize % 3],
        weight: format!("{n}.50").parse().expect("a decimal"),
        nums: vec![small, small + 1],
        sizes: vec![Size::Small, Size::Large],
        at: Point { x: small, y: 0 },
        route: vec![Point { x: small, y: 1 }, Point { x: small, y: 2 }],
        key: Uuid::from_bytes([u8::try_from(n).expect("a small number"); 16]),
        since: DateTime::from_millis(i64::from(n) * 1000),
    }
}

async fn products(name: &str) -> Database {
    let db = database(name).await;
    let all = [product("a", 1), product("b", 2), product("c", 3)];
    Product::insert_many(&all).run(&db).await.expect("an insert");
    db
}

async fn ids<C: odm::filter::Condition<Product>>(
    db: &Database,
    filter: impl FnOnce(odm::path::Fields<Product, odm::path::Filtering>) -> C,
) -> String {
    let found = Product::find().filter(filter).sort(|p| p.id().asc()).all(db).await;
    found.expect("a find").into_iter().map(|product| product.id.0).collect()
}

async fn stored(db: &Database, collection: &str) -> Document {
    let raw = db.as_driver().collection::<Document>(collection);
    raw.find_one(doc! {}).await.expect("a find").expect("a document")
}

#[tokio::test]
async fn every_ordered_type_has_ranges() {
    let db = products("every_ordered_type_has_ranges").await;
    assert_eq!(ids(&db, |p| p.id().gt(Sku("a".into())) & p.id().lte(Sku("b".into()))).await, "b");
    assert_eq!(ids(&db, |p| p.stock().gte(2)).await, "bc");
    assert_eq!(ids(&db, |p| p.sold().lt(30) & p.sold().gt(5)).await, "ab");
    assert_eq!(ids(&db, |p| p.price().gt(Cents(100))).await, "bc");
    assert_eq!(ids(&db, |p| p.size().gt(Size::Large)).await, "ab");
    assert_eq!(ids(&db, |p| p.weight().lt("2.5".parse::<Decimal128>().expect("2.5"))).await, "a");
    assert_eq!(ids(&db, |p| p.key().gt(Uuid::from_bytes([2; 16]))).await, "c");
    assert_eq!(ids(&db, |p| p.since().lt(DateTime::from_millis(2000))).await, "a");
    assert_eq!(ids(&db, |p| p.at().gt(Point { x: 1, y: 9 })).await, "bc");
}

#[tokio::test]
async fn every_ordered_type_can_be_sorted_by() {
    let db = products("every_ordered_type_can_be_sorted_by").await;
    let first = async |order: Sort<Product>| {
        let found = Product::find().sort(|_| order).first(&db).await;
        found.expect("a find").expect("a product").id.0
    };
    let p = Product::fields();
    for order in [p.id().desc(), p.stock().desc(), p.sold().desc(), p.price().desc()] {
        assert_eq!(first(order).await, "c");
    }
    for order in [p.weight().desc(), p.at().desc(), p.key().desc(), p.since().desc()] {
        assert_eq!(first(order).await, "c");
    }
    assert_eq!(first(p.size().asc().then(p.id().asc())).await, "c");
    assert_eq!(first(p.route().desc()).await, "c");
}

#[tokio::test]
async fn an_array_contains_values_of_its_type() {
    let db = products("an_array_contains_values_of_its_type").await;
    assert_eq!(ids(&db, |p| p.nums().contains(2)).await, "ab");
    assert_eq!(ids(&db, |p| p.nums().any().eq(3)).await, "bc");
    assert_eq!(ids(&db, |p| p.nums().eq([3, 4])).await, "c");
    assert_eq!(ids(&db, |p| p.sizes().contains(Size::Small)).await, "abc");
    assert_eq!(ids(&db, |p| p.sizes().all([Size::Small, Size::Large])).await, "abc");
    assert_eq!(ids(&db, |p| p.sizes().contains(Size::Medium)).await, "");
    assert_eq!(ids(&db, |p| p.route().contains(Point { x: 2, y: 2 })).await, "b");
}

#[tokio::test]
async fn whole_documents_are_values() {
    let db = products("whole_documents_are_values").await;
    let point = Point { x: 3, y: 0 };
    assert_eq!(ids(&db, |p| p.at().eq(&point)).await, "c");
    assert_eq!(ids(&db, |p| p.at().in_([&point, &Point { x: 1, y: 0 }])).await, "ac");
    let updated = Product::update()
        .filter(|p| p.at().eq(&point))
        .set(|p| p.at(), Point { x: 8, y: 9 })
        .push(|p| p.route(), &point)
        .add_to_set(|p| p.sizes(), Size::Medium)
        .fetch_after(&db)
        .await
        .expect("an update")
        .expect("a product");
    assert_eq!(updated.at, Point { x: 8, y: 9 });
    assert_eq!(updated.route.last(), Some(&point));
    assert_eq!(updated.sizes, [Size::Small, Size::Large, Size::Medium]);
    let pulled = Product::update()
        .filter(|p| p.id().eq(Sku("c".into())))
        .pull_all(|p| p.route(), [&point])
        .pull(|p| p.sizes(), |size| size.in_([Size::Small, Size::Medium]))
        .fetch_after(&db)
        .await
        .expect("an update")
        .expect("a product");
    assert_eq!((pulled.route.len(), pulled.sizes), (2, vec![Size::Large]));
}

#[derive(Embedded, Clone, Debug, PartialEq)]
enum Shape {
    Empty,
    Circle { radius: f64, tags: Vec<String> },
    Square(f64),
    Route(Vec<Point>),
}

#[derive(Embedded, Clone, Debug, PartialEq)]
#[model(tag = "type", rename_all = "snake_case")]
enum Event {
    Started,
    Moved { to: Point, times: Vec<i32> },
    Named { name: String },
}

#[derive(Embedded, Clone, Debug, PartialEq)]
struct Audit {
    #[model(rename = "createdBy")]
    author: String,
    revision: i32,
}

#[derive(Model, Clone, Debug, PartialEq)]
#[model(collection = "drawings", rename_all = "camelCase")]
struct Drawing {
    #[model(id)]
    id: i64,
    shapes: Vec<Shape>,
    events: Vec<Event>,
    #[model(flatten)]
    audit: Audit,
    by_layer: BTreeMap<String, Vec<Point>>,
    legends: Vec<HashMap<String, i32>>,
    maybe_points: Option<Vec<Point>>,
    holes: Vec<Option<Point>>,
    grid: Vec<Vec<Point>>,
}

fn drawing() -> Drawing {
    let point = |x| Point { x, y: 0 };
    Drawing {
        id: 1,
        shapes: vec![
            Shape::Circle { radius: 1.0, tags: vec!["a".into()] },
            Shape::Square(2.0),
            Shape::Circle { radius: 3.0, tags: vec![] },
            Shape::Empty,
            Shape::Route(vec![point(1), point(2)]),
        ],
        events: vec![
            Event::Started,
            Event::Moved { to: point(1), times: vec![1, 2] },
            Event::Named { name: "n".into() },
            Event::Moved { to: point(2), times: vec![3] },
        ],
        audit: Audit { author: "me".into(), revision: 1 },
        by_layer: [("k".into(), vec![point(1), point(2)]), ("l".into(), vec![])].into(),
        legends: vec![[("a".into(), 1)].into(), [("a".into(), 5), ("b".into(), 2)].into()],
        maybe_points: Some(vec![point(1), point(2)]),
        holes: vec![None, Some(point(1)), None, Some(point(2))],
        grid: vec![vec![point(1), point(2)], vec![point(3)]],
    }
}

type Ready = odm::update::Update<Drawing, odm::update::Filtered>;

/// Runs an update and applies the same change to a value in memory.
async fn changes(
    db: &Database,
    build: impl FnOnce(Ready) -> Ready,
    by_hand: impl FnOnce(&mut Drawing),
) {
    Drawing::delete().all_documents().many(db).await.expect("an empty collection");
    Drawing::insert(&drawing()).run(db).await.expect("an insert");
    let update = build(Drawing::update().filter(|d| d.id().eq(1)));
    let sent = update.as_document().expect("a valid update");
    let changed = update.fetch_after(db).await.unwrap_or_else(|error| panic!("{sent}: {error}"));
    let mut expected = drawing();
    by_hand(&mut expected);
    assert_ne!(expected, drawing(), "nothing is expected of {sent}");
    assert_eq!(changed, Some(expected), "{sent}");
}

async fn is_found<C: odm::filter::Condition<Drawing>>(
    db: &Database,
    filter: impl FnOnce(odm::path::Fields<Drawing, odm::path::Filtering>) -> C,
) -> bool {
    Drawing::find().filter(filter).exists(db).await.expect("a find")
}

#[tokio::test]
async fn variants_in_arrays_are_updated_one_by_one() {
    let db = database("variants_in_arrays_are_updated").await;
    changes(
        &db,
        |u| {
            u.inc(|d| d.shapes().filtered(|s| s.as_circle().radius().gt(2)).as_circle().radius(), 1)
        },
        |d| d.shapes[2] = Shape::Circle { radius: 4.0, tags: vec![] },
    )
    .await;
    changes(
        &db,
        |u| {
            u.push(
                |d| d.shapes().filtered(|s| s.as_circle().radius().exists()).as_circle().tags(),
                "new",
            )
        },
        |d| {
            d.shapes[0] = Shape::Circle { radius: 1.0, tags: vec!["a".into(), "new".into()] };
            d.shapes[2] = Shape::Circle { radius: 3.0, tags: vec!["new".into()] };
        },
    )
    .await;
    changes(
        &db,
        |u| {
            u.set(
                |d| d.shapes().filtered(|s| s.is_route()).as_route().filtered(|p| p.x().gt(1)).y(),
                7,
            )
        },
        |d| d.shapes[4] = Shape::Route(vec![Point { x: 1, y: 0 }, Point { x: 2, y: 7 }]),
    )
    .await;
}

#[tokio::test]
async fn whole_variants_and_tagged_ones_in_arrays_are_updated() {
    let db = database("whole_variants_and_tagged_ones").await;
    changes(
        &db,
        |u| u.set(|d| d.shapes().filtered(|s| s.eq(Shape::Empty)), Shape::Square(9.0)),
        |d| d.shapes[3] = Shape::Square(9.0),
    )
    .await;
    changes(
        &db,
        |u| u.set(|d| d.events().filtered(|e| e.as_moved().to().x().eq(2)).as_moved().to().y(), 7),
        |d| d.events[3] = Event::Moved { to: Point { x: 2, y: 7 }, times: vec![3] },
    )
    .await;
    changes(
        &db,
        |u| {
            u.inc(
                |d| {
                    d.events()
                        .filtered(|e| e.as_moved().times().contains(2))
                        .as_moved()
                        .times()
                        .each()
                },
                1,
            )
        },
        |d| d.events[1] = Event::Moved { to: Point { x: 1, y: 0 }, times: vec![2, 3] },
    )
    .await;
}

#[tokio::test]
async fn variants_are_pulled_from_arrays() {
    let db = database("variants_are_pulled_from_arrays").await;
    changes(
        &db,
        |u| u.pull(|d| d.shapes(), |s| s.eq(Shape::Empty)),
        |d| {
            d.shapes.remove(3);
        },
    )
    .await;
    changes(
        &db,
        |u| u.pull(|d| d.shapes(), |s| s.eq(Shape::Square(2.0))),
        |d| {
            d.shapes.remove(1);
        },
    )
    .await;
    changes(
        &db,
        |u| u.pull(|d| d.shapes(), |s| s.as_circle().radius().gt(2)),
        |d| {
            d.shapes.remove(2);
        },
    )
    .await;
    changes(
        &db,
        |u| u.pull(|d| d.shapes(), |s| s.as_square().gt(1)),
        |d| {
            d.shapes.remove(1);
        },
    )
    .await;
    changes(
        &db,
        |u| u.pull(|d| d.events(), |e| e.as_named().name().eq("n")),
        |d| {
            d.events.remove(2);
        },
    )
    .await;
    changes(
        &db,
        |u| u.pull(|d| d.events(), |e| e.eq(Event::Started)),
        |d| {
            d.events.remove(0);
        },
    )
    .await;
    changes(
        &db,
        |u| u.pull_all(|d| d.shapes(), [Shape::Empty, Shape::Square(2.0)]),
        |d| {
            d.shapes.remove(3);
            d.shapes.remove(1);
        },
    )
    .await;
}

#[tokio::test]
async fn variants_in_arrays_are_found() {
    let db = database("variants_in_arrays_are_found").await;
    Drawing::insert(&drawing()).run(&db).await.expect("an insert");
    assert!(is_found(&db, |d| d.shapes().any().as_circle().radius().gt(2)).await);
    assert!(!is_found(&db, |d| d.shapes().any().as_circle().radius().gt(3)).await);
    assert!(
        is_found(&db, |d| d
            .shapes()
            .elem_match(|s| s.as_circle().radius().eq(1.0) & s.as_circle().tags().contains("a")))
        .await
    );
    assert!(
        !is_found(&db, |d| d
            .shapes()
            .elem_match(|s| s.as_circle().radius().eq(3.0) & s.as_circle().tags().contains("a")))
        .await
    );
    assert!(is_found(&db, |d| d.shapes().contains(Shape::Empty)).await);
    assert!(is_found(&db, |d| d.shapes().contains(Shape::Square(2.0))).await);
    assert!(!is_found(&db, |d| d.shapes().contains(Shape::Square(3.0))).await);
    assert!(is_found(&db, |d| d.shapes().at(1).eq(Shape::Square(2.0))).await);
    assert!(
        is_found(&db, |d| d
            .events()
            .elem_match(|e| e.as_moved().to().x().eq(2) & e.as_moved().times().contains(3)))
        .await
    );
    assert!(
        !is_found(&db, |d| d
            .events()
            .elem_match(|e| e.as_moved().to().x().eq(2) & e.as_moved().times().contains(1)))
        .await
    );
    assert!(is_found(&db, |d| d.events().contains(Event::Named { name: "n".into() })).await);
}

#[tokio::test]
async fn arrays_and_maps_inside_each_other() {
    let db = database("arrays_and_maps_inside_each_other").await;
    changes(
        &db,
        |u| u.set(|d| d.by_layer().key("k").filtered(|p| p.x().gt(1)).y(), 5),
        |d| d.by_layer.get_mut("k").expect("a layer")[1].y = 5,
    )
    .await;
    changes(
        &db,
        |u| u.push(|d| d.by_layer().key("new"), Point { x: 9, y: 9 }),
        |d| {
            d.by_layer.insert("new".into(), vec![Point { x: 9, y: 9 }]);
        },
    )
    .await;
    changes(
        &db,
        |u| u.set(|d| d.legends().filtered(|l| l.key("a").gt(2)).key("b"), 7),
        |d| {
            d.legends[1].insert("b".into(), 7);
        },
    )
    .await;
    changes(
        &db,
        |u| u.unset(|d| d.legends().each().key("a")),
        |d| {
            d.legends.iter_mut().for_each(|l| {
                l.remove("a");
            })
        },
    )
    .await;
    changes(
        &db,
        |u| u.pull(|d| d.legends(), |l| l.key("b").exists()),
        |d| {
            d.legends.pop();
        },
    )
    .await;
}

#[tokio::test]
async fn arrays_inside_arrays() {
    let db = database("arrays_inside_arrays").await;
    changes(
        &db,
        |u| u.set(|d| d.maybe_points().filtered(|p| p.x().eq(2)).y(), 5),
        |d| d.maybe_points.as_mut().expect("points")[1].y = 5,
    )
    .await;
    changes(
        &db,
        |u| u.set(|d| d.grid().each().filtered(|p| p.x().gte(2)).y(), 5),
        |d| {
            d.grid[0][1].y = 5;
            d.grid[1][0].y = 5;
        },
    )
    .await;
    changes(
        &db,
        |u| u.set(|d| d.grid().filtered(|row| row.elem_match(|p| p.x().eq(3))).each().y(), 5),
        |d| d.grid[1][0].y = 5,
    )
    .await;
    changes(
        &db,
        |u| {
            u.push_all(
                |d| d.grid().at(0),
                each([Point { x: 0, y: 3 }]).sort(|p| p.x().asc()).slice(2),
            )
        },
        |d| d.grid[0] = vec![Point { x: 0, y: 3 }, Point { x: 1, y: 0 }],
    )
    .await;
    changes(
        &db,
        |u| u.push_all(|d| d.grid().each(), each([Point { x: 0, y: 3 }]).position(0)),
        |d| d.grid.iter_mut().for_each(|row| row.insert(0, Point { x: 0, y: 3 })),
    )
    .await;
}

#[tokio::test]
async fn elements_may_be_null() {
    let db = database("elements_may_be_null").await;
    changes(
        &db,
        |u| u.set(|d| d.holes().filtered(|p| p.x().eq(1)).y(), 5),
        |d| d.holes[1] = Some(Point { x: 1, y: 5 }),
    )
    .await;
    changes(
        &db,
        |u| u.set(|d| d.holes().filtered(|p| p.is_null()), Point { x: 0, y: 0 }),
        |d| {
            d.holes[0] = Some(Point { x: 0, y: 0 });
            d.holes[2] = Some(Point { x: 0, y: 0 });
        },
    )
    .await;
    changes(&db, |u| u.pull(|d| d.holes(), |p| p.is_null()), |d| d.holes.retain(Option::is_some))
        .await;
    changes(&db, |u| u.pull(|d| d.holes(), |p| p.eq(None)), |d| d.holes.retain(Option::is_some))
        .await;
    changes(&db, |u| u.push(|d| d.holes(), None), |d| d.holes.push(None)).await;
    changes(&db, |u| u.unset(|d| d.holes().at(1)), |d| d.holes[1] = None).await;
    changes(&db, |u| u.unset(|d| d.maybe_points()), |d| d.maybe_points = None).await;
    changes(&db, |u| u.set(|d| d.maybe_points(), None), |d| d.maybe_points = None).await;
}

#[tokio::test]
async fn flattened_and_renamed_fields_are_where_they_are_stored() {
    let db = database("flattened_and_renamed_fields").await;
    changes(
        &db,
        |u| u.set(|d| d.audit().author(), "you").inc(|d| d.audit().revision(), 1),
        |d| d.audit = Audit { author: "you".into(), revision: 2 },
    )
    .await;
    assert!(
        is_found(&db, |d| d.audit().author().eq("you") & d.by_layer().key("k").any().x().gt(0))
            .await
    );
    let stored = stored(&db, "drawings").await;
    assert_eq!(stored.get_str("createdBy").expect("an author"), "you");
    assert!(stored.get_document("byLayer").is_ok() && stored.get_array("maybePoints").is_ok());
}
