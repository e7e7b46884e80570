//! What other mappers refuse although the server takes it: it compiles, and the document is the
//! one that would be written by hand.

use std::{borrow::Cow, collections::BTreeMap};

use odm::{
    bson::{Decimal128, Document},
    filter::Filter,
    prelude::*,
    update::Update,
};

#[derive(Embedded, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Cents(i64);

#[derive(Embedded, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Size {
    Small,
    Large,
}

#[derive(Embedded, Clone, Debug, PartialEq)]
struct Point {
    x: i32,
    y: i32,
}

#[derive(Model, Clone, Debug, PartialEq)]
struct Product {
    #[model(id)]
    id: Cents,
    stock: u32,
    sold: u64,
    price: Option<Cents>,
    size: Size,
    weight: Decimal128,
    nums: Vec<i32>,
    sizes: Vec<Size>,
    at: Point,
    route: Vec<Point>,
}

fn filter(
    build: impl FnOnce(odm::path::Fields<Product, odm::path::Filtering>) -> Filter<Product>,
) -> Document {
    build(Product::fields()).as_document().expect("a valid filter")
}

fn changes(build: impl FnOnce(Update<Product>) -> Update<Product>) -> Document {
    let statement = build(Product::update()).as_document().expect("a valid update");
    statement.get_document("u").expect("operators").clone()
}

#[test]
fn an_array_contains_a_value_of_its_type() {
    assert_eq!(filter(|p| p.nums().contains(5)), doc! { "nums": 5 });
    assert_eq!(filter(|p| p.sizes().contains(Size::Large)), doc! { "sizes": "Large" });
    let point = Point { x: 1, y: 2 };
    let expected = doc! { "route": { "x": 1, "y": 2 } };
    assert_eq!(filter(|p| p.route().contains(&point)), expected);
    assert_eq!(filter(|p| p.nums().any().gt(5)), doc! { "nums": { "$gt": 5 } });
}

#[test]
fn every_ordered_type_has_ranges() {
    assert_eq!(filter(|p| p.id().gt(Cents(5))), doc! { "_id": { "$gt": 5_i64 } });
    assert_eq!(filter(|p| p.stock().lte(5)), doc! { "stock": { "$lte": 5_i64 } });
    assert_eq!(filter(|p| p.sold().gte(5)), doc! { "sold": { "$gte": 5_i64 } });
    assert_eq!(filter(|p| p.price().lt(Cents(5))), doc! { "price": { "$lt": 5_i64 } });
    assert_eq!(filter(|p| p.size().gt(Size::Large)), doc! { "size": { "$gt": "Large" } });
    let weight: Decimal128 = "1.50".parse().expect("a decimal");
    assert_eq!(filter(|p| p.weight().gt(weight)), doc! { "weight": { "$gt": weight } });
    let range = filter(|p| p.id().gt(Cents(5)) & p.id().lt(Cents(9)));
    assert_eq!(range, doc! { "_id": { "$gt": 5_i64, "$lt": 9_i64 } });
}

#[test]
fn every_ordered_type_can_be_sorted_by() {
    let p = Product::fields();
    let sort = p.id().asc().then(p.stock().desc()).then(p.price().asc()).then(p.size().desc());
    let sort = sort.then(p.weight().asc()).then(p.at().desc());
    assert_eq!(
        sort.as_document().expect("a sort order"),
        doc! { "_id": 1, "stock": -1, "price": 1, "size": -1, "weight": 1, "at": -1 },
    );
}

#[test]
fn whole_documents_are_values() {
    let point = Point { x: 1, y: 2 };
    let document = doc! { "x": 1, "y": 2 };
    assert_eq!(filter(|p| p.at().eq(&point)), doc! { "at": &document });
    assert_eq!(filter(|p| p.at().in_([&point])), doc! { "at": { "$in": [&document] } });
    assert_eq!(changes(|u| u.set(|p| p.at(), &point)), doc! { "$set": { "at": &document } });
    assert_eq!(
        changes(|u| u.push(|p| p.route(), &point)),
        doc! { "$push": { "route": { "$each": [&document] } } }
    );
    assert_eq!(
        changes(|u| u.set(|p| p.route(), [point.clone()])),
        doc! { "$set": { "route": [&document] } },
    );
    assert_eq!(
        changes(|u| u.add_to_set(|p| p.route(), &point)),
        doc! { "$addToSet": { "route": { "$each": [&document] } } },
    );
}

#[derive(Model, Clone, Debug, PartialEq)]
#[model(collection = "envelopes")]
struct Envelope<T: Clone> {
    #[model(id)]
    id: i64,
    body: T,
    more: Vec<T>,
}

#[derive(Model, Clone, Debug, PartialEq)]
#[model(collection = "notes")]
struct Note<'a> {
    #[model(id)]
    id: i64,
    text: Cow<'a, str>,
    tags: Vec<Cow<'a, str>>,
}

#[test]
fn models_may_be_generic() {
    let update = Envelope::<Point>::update()
        .filter(|e| e.body().x().gt(0))
        .set(|e| e.more().filtered(|p| p.x().eq(1)).y(), 5);
    assert_eq!(
        update.as_document().expect("a valid update"),
        doc! {
            "q": { "body.x": { "$gt": 0 } },
            "u": { "$set": { "more.$[e0].y": 5 } },
            "arrayFilters": [{ "e0.x": 1 }],
        },
    );
    let find = Envelope::<String>::find().filter(|e| e.body().eq("a") & e.more().contains("b"));
    let command = find.as_document().expect("a valid query");
    assert_eq!(
        command.get_document("filter").expect("a filter"),
        &doc! { "body": "a", "more": "b" }
    );
}

#[test]
fn models_may_borrow() {
    let text = String::from("hello");
    let note = Note { id: 1, text: Cow::Borrowed(&text), tags: vec![Cow::Borrowed("a")] };
    assert_eq!(
        Note::insert(&note).as_document().expect("a valid insert"),
        doc! { "_id": 1_i64, "text": "hello", "tags": ["a"] },
    );
    let find = Note::find().filter(|n| n.text().eq("x") & n.tags().contains("y"));
    let command = find.as_document().expect("a valid query");
    assert_eq!(
        command.get_document("filter").expect("a filter"),
        &doc! { "text": "x", "tags": "y" }
    );
}

/// Names of fields that are also names of methods, keywords or operations.
#[derive(Model, Clone, Debug, Default, PartialEq)]
#[model(collection = "names")]
struct Names {
    #[model(id)]
    _id: i64,
    id: i32,
    eq: i32,
    gt: i32,
    filter: i32,
    set: i32,
    r#type: String,
    r#match: Option<String>,
    find: Vec<i32>,
    key: BTreeMap<String, i32>,
    any: i32,
    exists: bool,
    asc: i32,
    path: i32,
    fields: i32,
    update: i32,
    insert: i32,
    clone: i32,
    default: i32,
}

impl Names {
    fn eq(&self) -> i32 {
        self.eq
    }
    fn set(&self) -> i32 {
        self.set
    }
    fn filter(&self) -> i32 {
        self.filter
    }
}

#[test]
fn names_of_fields_clash_with_nothing() {
    let names = Names { eq: 1, set: 2, filter: 3, ..Names::default() };
    assert_eq!((Names::eq(&names), names.set(), names.filter()), (1, 2, 3));
    let update = Names::update()
        .filter(|n| {
            n.eq().eq(1) & n.gt().gt(2) & n.filter().lt(3) & n.r#type().eq("t") & n.id().eq(4)
        })
        .filter(|n| {
            n.exists().exists() & n.any().eq(1) & n.asc().in_([1]) & n.key().key("key").eq(1)
        })
        .set(|n| n.set(), 5)
        .set(path!(r#type), "u")
        .inc(|n| n.update(), 1)
        .unset(|n| n.r#match())
        .push(|n| n.find(), 1);
    assert_eq!(
        update.as_document().expect("a valid update"),
        doc! {
            "q": {
                "eq": 1, "gt": { "$gt": 2 }, "filter": { "$lt": 3 }, "type": "t", "id": 4,
                "exists": { "$exists": true }, "any": 1, "asc": { "$in": [1] }, "key.key": 1,
            },
            "u": {
                "$set": { "set": 5, "type": "u" },
                "$inc": { "update": 1 },
                "$unset": { "match": "" },
                "$push": { "find": { "$each": [1] } },
            },
        },
    );
    let n = Names::fields();
    let sort = n.asc().asc().then(n.fields().desc()).then(n.clone().asc());
    assert!(sort.as_document().is_ok());
}
