//! What a write relies on stands in the filter, or in an array filter.

use std::collections::BTreeMap;

use odm::{bson::Document, prelude::*, update::Update};

#[derive(Model, Clone, Debug, PartialEq)]
#[model(collection = "orders")]
struct Order {
    #[model(id)]
    id: i64,
    ship: Option<Address>,
    prefs: Option<Prefs>,
    #[model(default)]
    bill: Address,
    shape: Shape,
    figure: Figure,
    shapes: Vec<Shape>,
    lines: Vec<Line>,
    gaps: Vec<Option<Line>>,
    tags: Option<Vec<String>>,
    places: BTreeMap<String, Address>,
    pair: [i32; 2],
    qty: u8,
    level: i8,
    left: Option<u8>,
    #[serde(flatten)]
    size: Option<Size>,
}

#[derive(Embedded, Clone, Debug, PartialEq)]
struct Size {
    width: i32,
    height: i32,
}

#[derive(Embedded, Clone, Debug, Default, PartialEq)]
struct Address {
    city: String,
    zip: Option<String>,
    lines: Vec<String>,
}

#[derive(Embedded, Clone, Debug, PartialEq)]
struct Prefs {
    theme: Option<String>,
}

#[derive(Embedded, Clone, Debug, PartialEq)]
struct Line {
    x: i32,
    seen: Option<i32>,
    gift: Option<Address>,
    points: Vec<Point>,
}

#[derive(Embedded, Clone, Debug, PartialEq)]
struct Point {
    x: i32,
    y: i32,
}

#[derive(Embedded, Clone, Debug, PartialEq)]
#[serde(tag = "type", rename_all = "lowercase")]
enum Shape {
    Circle { r: i32 },
    Square { side: i32 },
}

#[derive(Embedded, Clone, Debug, PartialEq)]
enum Figure {
    Circle { r: i32 },
    Dot,
}

type Builder = Update<Order, odm::update::Filtered>;

fn statement(build: impl FnOnce(Builder) -> Builder) -> Document {
    let update = build(Order::update().filter(|o| o.id().eq(1)));
    update.as_document().expect("a valid update")
}

fn filter(build: impl FnOnce(Builder) -> Builder) -> Document {
    let mut filter = statement(build).get_document("q").expect("a filter").clone();
    filter.remove("_id");
    filter
}

fn mistake(build: impl FnOnce(Builder) -> Builder) -> String {
    let update = build(Order::update().filter(|o| o.id().eq(1)));
    update.as_document().expect_err("a mistake").to_string()
}

#[test]
fn a_write_below_an_option_asks_that_it_is_there() {
    let there = doc! { "ship": { "$type": "object" } };
    assert_eq!(filter(|u| u.set(|o| o.ship().city(), "a")), there);
    assert_eq!(filter(|u| u.push(|o| o.ship().lines(), "a")), there);
    assert_eq!(filter(|u| u.set(|o| o.ship().city(), "a").set(|o| o.ship().zip(), "b")), there);
    assert_eq!(filter(|u| u.set(|o| o.bill().city(), "a")), doc! { "bill": { "$type": "object" } });
}

#[test]
fn what_creates_nothing_asks_for_nothing() {
    assert_eq!(filter(|u| u.unset(|o| o.ship().zip())), doc! {});
    assert_eq!(filter(|u| u.pull_all(|o| o.ship().lines(), ["a"])), doc! {});
    let address = Address { city: "a".to_owned(), zip: None, lines: vec![] };
    assert_eq!(filter(|u| u.set(|o| o.ship(), &address)), doc! {});
    assert_eq!(filter(|u| u.set(|o| o.places().key("k"), &address)), doc! {});
}

#[test]
fn a_document_of_options_is_created() {
    assert_eq!(filter(|u| u.set(|o| o.prefs().theme(), "dark")), doc! {});
}

#[test]
fn a_write_below_the_entry_of_a_map_asks_that_it_is_there() {
    let there = doc! { "places.home": { "$type": "object" } };
    assert_eq!(filter(|u| u.set(|o| o.places().key("home").city(), "a")), there);
}

#[test]
fn a_write_to_one_field_of_an_optional_flattened_document_asks_that_it_is_there() {
    assert_eq!(filter(|u| u.set(|o| o.size().width(), 1)), doc! { "width": { "$exists": true } });
}

#[test]
fn a_position_must_be_there() {
    assert_eq!(
        filter(|u| u.set(|o| o.lines().at(2).x(), 1)),
        doc! { "lines.2": { "$type": "object" } },
    );
    assert_eq!(filter(|u| u.set(|o| o.tags().at(2), "a")), doc! { "tags.2": { "$exists": true } },);
    let text = mistake(|u| u.set(|o| o.pair().at(2), 1));
    assert_eq!(text, "`pair` has 2 elements, and `.at(2)` is past its end");
}

#[test]
fn a_write_to_a_variant_asks_for_it() {
    assert_eq!(
        filter(|u| u.set(|o| o.shape().as_circle().r(), 5)),
        doc! { "shape.type": "circle" },
    );
    assert_eq!(
        filter(|u| u.set(|o| o.figure().as_circle().r(), 5)),
        doc! { "figure.Circle": { "$exists": true } },
    );
    assert_eq!(
        filter(|u| u.set(|o| o.shapes().at(0).as_square().side(), 5)),
        doc! { "shapes.0": { "$exists": true }, "shapes.0.type": "square" },
    );
}

#[test]
fn a_variant_behind_every_element_is_an_array_filter() {
    assert_eq!(
        statement(|u| u.set(|o| o.shapes().each().as_circle().r(), 5)),
        doc! {
            "q": { "_id": 1_i64 },
            "u": { "$set": { "shapes.$[e0].r": 5 } },
            "arrayFilters": [{ "e0.type": "circle" }],
        },
    );
    let i = Shape::array_filter("i", |s| s.is_circle());
    assert_eq!(
        statement(|u| u.set(path!(shapes[$i].as_circle.r), 5)),
        doc! {
            "q": { "_id": 1_i64 },
            "u": { "$set": { "shapes.$[i].r": 5 } },
            "arrayFilters": [{ "i.type": "circle" }],
        },
    );
}

#[test]
fn what_may_be_absent_in_an_element_is_asked_for_in_the_array_filter() {
    assert_eq!(
        statement(|u| u.set(|o| o.lines().filtered(|l| l.x().gt(1)).gift().city(), "a")),
        doc! {
            "q": { "_id": 1_i64 },
            "u": { "$set": { "lines.$[e0].gift.city": "a" } },
            "arrayFilters": [{ "e0.x": { "$gt": 1 }, "e0.gift": { "$type": "object" } }],
        },
    );
    assert_eq!(
        statement(|u| u.set(|o| o.gaps().each().x(), 1)),
        doc! {
            "q": { "_id": 1_i64 },
            "u": { "$set": { "gaps.$[e0].x": 1 } },
            "arrayFilters": [{ "e0": { "$type": "object" } }],
        },
    );
    assert_eq!(filter(|u| u.set(|o| o.tags().each(), "a")), doc! { "tags": { "$type": "array" } });
}

#[test]
fn nothing_is_asked_below_a_matched_element() {
    let update = Order::update()
        .filter(|o| o.lines().any().x().eq(1))
        .set(|o| o.lines().matched().gift().city(), "a");
    let text = update.as_document().expect_err("a mistake").to_string();
    assert_eq!(
        text,
        "`lines.$.gift.city`: no condition can make sure of what is below `.matched()`: use \
         `.filtered(…)`",
    );
}

#[test]
fn checked_numbers_carry_their_bounds() {
    assert_eq!(
        statement(|u| u.checked_dec(|o| o.qty(), 5)),
        doc! {
            "q": { "_id": 1_i64, "$nor": [{ "qty": { "$lt": 5_i64 } }], "qty": { "$type": "number" } },
            "u": { "$inc": { "qty": -5 } },
        },
    );
    assert_eq!(
        filter(|u| u.checked_mul(|o| o.level(), -2)),
        doc! { "$nor": [{ "level": { "$lt": -63_i64 } }, { "level": { "$gt": 64_i64 } }] },
    );
    assert_eq!(
        statement(|u| u.checked_inc(|o| o.lines().each().seen(), 5)),
        doc! {
            "q": { "_id": 1_i64 },
            "u": { "$inc": { "lines.$[e0].seen": 5 } },
            "arrayFilters": [{ "$nor": [{ "e0.seen": { "$gt": 2_147_483_642_i64 } }] }],
        },
    );
    assert_eq!(
        statement(|u| u.dec(|o| o.qty(), 5)),
        doc! { "q": { "_id": 1_i64 }, "u": { "$inc": { "qty": -5 } } },
    );
}

#[test]
fn each_array_filter_keeps_to_its_array() {
    let update = Order::update()
        .filter(|o| o.id().eq(1))
        .set(|o| o.lines().filtered(|l| l.x().gt(0)).x(), 5)
        .set(|o| o.lines().filtered(|l| l.x().eq(7)).seen(), 1)
        .set(|o| o.lines().filtered(|l| l.x().eq(7)).points().filtered(|p| p.x().eq(1)).y(), 6);
    assert_eq!(
        update.as_document().unwrap(),
        doc! {
            "q": { "_id": 1_i64 },
            "u": { "$set": {
                "lines.$[e0].x": 5,
                "lines.$[e1].seen": 1,
                "lines.$[e1].points.$[e2].y": 6,
            } },
            "arrayFilters": [{ "e0.x": { "$gt": 0 } }, { "e1.x": 7 }, { "e2.x": 1 }],
        },
    );
}

#[test]
fn generated_identifiers_give_way_to_named_ones_in_any_order() {
    let named = Line::array_filter("e0", |l| l.x().eq(1));
    let first = statement(|u| {
        u.set(|o| o.lines().filtered(|l| l.x().gt(5)).seen(), 1).set(path!(lines[$named].x), 2)
    });
    let last = statement(|u| {
        u.set(path!(lines[$named].x), 2).set(|o| o.lines().filtered(|l| l.x().gt(5)).seen(), 1)
    });
    let filters = doc! { "a": [{ "e0.x": 1 }, { "e1.x": { "$gt": 5 } }] };
    for statement in [first, last] {
        assert_eq!(statement.get("arrayFilters"), filters.get("a"));
    }
    let inner = Point::array_filter("p", |p| p.x().eq(1));
    let e1 = Line::array_filter("e1", |l| l.x().eq(1));
    assert_eq!(
        statement(
            |u| u.set(|o| o.lines().filtered_by(&e1).points().filtered(|p| p.y().eq(2)).x(), 1)
        ),
        doc! {
            "q": { "_id": 1_i64 },
            "u": { "$set": { "lines.$[e1].points.$[e0].x": 1 } },
            "arrayFilters": [{ "e1.x": 1 }, { "e0.y": 2 }],
        },
    );
    assert!(inner.as_document().is_ok());
}
