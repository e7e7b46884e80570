//! Models that are enums: the commands that are sent.

use odm::{Id, bson::Document, prelude::*};

#[derive(Model, Clone, Debug, PartialEq)]
#[model(collection = "shapes", tag = "kind")]
enum Shape {
    Circle(Circle),
    Square {
        #[model(id)]
        id: i64,
        side: f64,
    },
    #[model(rename = "poly")]
    Polygon(Box<Polygon>),
}

#[derive(Embedded, Clone, Debug, PartialEq)]
#[model(deny_unknown_fields)]
struct Circle {
    #[model(id)]
    id: i64,
    radius: f64,
}

#[derive(Model, Clone, Debug, PartialEq)]
struct Polygon {
    #[model(id)]
    id: i64,
    points: Vec<i32>,
}

fn circle() -> Shape {
    Shape::Circle(Circle { id: 1, radius: 2.0 })
}

fn square() -> Shape {
    Shape::Square { id: 2, side: 3.0 }
}

fn read<T: odm::path::Field>(document: &Document) -> Result<T, odm::codec::DecodeError> {
    odm::codec::decode_document(&odm::bson::serialize_to_vec(document).expect("a document"))
}

#[test]
fn a_document_has_the_tag_and_the_data_beside_it() {
    let polygon = Shape::Polygon(Box::new(Polygon { id: 3, points: vec![1] }));
    for (shape, document) in [
        (circle(), doc! { "kind": "Circle", "_id": 1_i64, "radius": 2.0 }),
        (square(), doc! { "kind": "Square", "_id": 2_i64, "side": 3.0 }),
        (polygon, doc! { "kind": "poly", "_id": 3_i64, "points": [1] }),
    ] {
        assert_eq!(Shape::insert(&shape).as_document().unwrap(), document);
        assert_eq!(read(&document), Ok(shape));
    }
}

#[test]
fn the_id_of_every_variant_is_that_of_the_model() {
    assert_eq!(circle().document_id(), Some(&1));
    assert_eq!(square().document_id(), Some(&2));
    assert_eq!(Ref::to(&square()), Ref::new(2));
    let find = Shape::find().filter(|s| s.id().in_([1, 2]));
    let filter = doc! { "_id": { "$in": [1_i64, 2_i64] } };
    assert_eq!(find.as_document().unwrap(), doc! { "find": "shapes", "filter": filter });
}

#[test]
fn only_a_newtype_reads_what_it_holds() {
    let find = Shape::find()
        .limit(3)
        .only_circle()
        .filter(|c| c.radius().gt(1.0))
        .sort(|c| c.radius().desc());
    let command = doc! {
        "find": "shapes",
        "filter": { "kind": "Circle", "radius": { "$gt": 1.0 } },
        "sort": { "radius": -1 },
        "limit": 3_i64,
    };
    assert_eq!(find.as_document().unwrap(), command);
    let renamed = Shape::find().only_polygon().by_id(7);
    let filter = doc! { "kind": "poly", "_id": 7_i64 };
    assert_eq!(renamed.as_document().unwrap(), doc! { "find": "shapes", "filter": filter });
}

#[test]
fn only_a_variant_with_fields_reads_the_model() {
    let find: odm::operation::Find<Shape> =
        Shape::find().only_square().filter(|s| s.as_square().side().lt(9.0));
    let filter = doc! { "kind": "Square", "side": { "$lt": 9.0 } };
    assert_eq!(find.as_document().unwrap(), doc! { "find": "shapes", "filter": filter });
}

#[test]
fn a_query_is_as_it_was_after_one_for_a_variant() {
    let all = Shape::find().filter(|s| s.id().gt(1));
    let circles = all.only_circle();
    let later = all.filter(|s| s.id().lt(9));
    let later_circles = later.only_circle();
    let filter =
        |command: odm::Result<Document>| command.unwrap().get_document("filter").unwrap().clone();
    let narrow = doc! { "_id": { "$gt": 1_i64 }, "kind": "Circle" };
    assert_eq!(filter(circles.as_document()), narrow);
    let range = doc! { "$gt": 1_i64, "$lt": 9_i64 };
    assert_eq!(filter(later.as_document()), doc! { "_id": range.clone() });
    let narrow = doc! { "_id": range, "kind": "Circle" };
    assert_eq!(filter(later_circles.as_document()), narrow);
}

#[test]
fn rows_of_a_pipeline_are_what_the_variant_holds() {
    let rows =
        Shape::aggregate().only_circle().sort(|c| c.radius().asc()).select(|c| (c.radius(),));
    let stages = [
        doc! { "$match": { "kind": "Circle" } },
        doc! { "$unset": "kind" },
        doc! { "$sort": { "radius": 1 } },
    ];
    assert_eq!(rows.stages().unwrap()[..3], stages);
    let squares = Shape::aggregate().only_square().limit(1).stages().unwrap();
    assert_eq!(squares, [doc! { "$match": { "kind": "Square" } }, doc! { "$limit": 1 }]);
}

#[test]
fn an_update_of_a_variant_asks_for_it() {
    let update = Shape::update().by_id(1).inc(|s| s.as_circle().radius(), 1.0);
    let statement =
        doc! { "q": { "_id": 1_i64, "kind": "Circle" }, "u": { "$inc": { "radius": 1.0 } } };
    assert_eq!(update.as_document().unwrap(), statement);
    let update = Shape::update().by_id(2).set(|s| s.as_square().side(), 1.0);
    let statement =
        doc! { "q": { "_id": 2_i64, "kind": "Square" }, "u": { "$set": { "side": 1.0 } } };
    assert_eq!(update.as_document().unwrap(), statement);
}

#[test]
fn a_replacement_is_by_the_id_whatever_the_variant_was() {
    let replaced = Shape::replace(&square()).as_document().unwrap();
    let square = doc! { "kind": "Square", "_id": 2_i64, "side": 3.0 };
    assert_eq!(replaced, doc! { "q": { "_id": 2_i64 }, "u": square });
}

#[test]
fn changes_are_guarded_by_the_variant() {
    let changed = Shape::Circle(Circle { id: 1, radius: 5.0 });
    let statement = doc! {
        "q": { "_id": 1_i64, "kind": "Circle", "radius": { "$exists": true } },
        "u": { "$set": { "radius": 5.0 } },
    };
    assert_eq!(changed.changes_from(&circle()).as_document().unwrap(), statement);
    let other = Shape::Square { id: 1, side: 5.0 };
    let changes = other.changes_from(&circle()).as_document().unwrap();
    let statement = doc! {
        "q": {
            "_id": 1_i64, "kind": "Circle",
            "side": { "$exists": false }, "radius": { "$exists": true },
        },
        "u": { "$set": { "kind": "Square", "side": 5.0 }, "$unset": { "radius": "" } },
    };
    assert_eq!(changes, statement);
}

#[test]
fn an_unknown_variant_is_named_with_the_id_of_its_document() {
    let error = read::<Shape>(&doc! { "_id": 7_i64, "kind": "Hexagon" }).unwrap_err();
    assert_eq!(
        error.to_string(),
        r#"kind: expected one of "Circle", "Square", "poly", found "Hexagon""#
    );
    assert_eq!(error.id(), Some(&odm::bson::Bson::Int64(7)));
    let error = read::<Shape>(&doc! { "_id": 7_i64 }).unwrap_err();
    assert_eq!(error.to_string(), "kind: the field is missing");
    let long = "é".repeat(300);
    let error = read::<Shape>(&doc! { "_id": 7_i64, "kind": &long }).unwrap_err();
    assert!(error.to_string().ends_with("é…\""), "{error}");
}

#[derive(Model, Clone, Debug, PartialEq)]
#[model(tag = "type", deny_unknown_fields)]
enum Known {
    One {
        #[model(id)]
        key: Option<ObjectId>,
        name: String,
    },
    Two {
        #[model(id)]
        key: Option<ObjectId>,
        name: String,
        more: i32,
    },
    #[model(other)]
    Unknown {
        #[model(id)]
        key: Option<ObjectId>,
    },
}

#[test]
fn what_all_variants_have_is_reached_without_naming_one() {
    let update = Known::update().filter(|k| k.name().eq("a")).set(|k| k.name(), "b");
    let statement = doc! { "q": { "name": "a" }, "u": { "$set": { "name": "b" } } };
    assert_eq!(update.as_document().unwrap(), statement);
    let id = ObjectId::new();
    let find = Known::find().filter(|k| k.key().eq(id)).as_document().unwrap();
    assert_eq!(find, doc! { "find": "known", "filter": { "_id": id } });
}

#[test]
fn an_id_that_is_not_set_is_made_for_every_variant() {
    for one in [
        Known::One { key: None, name: "a".into() },
        Known::Two { key: None, name: "a".into(), more: 1 },
    ] {
        assert!(one.document_id().is_none());
        let document = Known::insert(&one).as_document().unwrap();
        assert!(document.get_object_id("_id").is_ok(), "{document}");
    }
}

#[test]
fn an_unknown_variant_keeps_its_id_and_is_never_written() {
    let id = ObjectId::new();
    let found = read::<Known>(&doc! { "_id": id, "type": "Three", "x": 1 });
    assert_eq!(found, Ok(Known::Unknown { key: Some(id) }));
    let unknown = found.unwrap();
    for error in [
        Known::insert(&unknown).as_document().unwrap_err(),
        Known::replace(&unknown).as_document().unwrap_err(),
    ] {
        assert!(error.to_string().contains("`Unknown` stands for variants"), "{error}");
    }
    let condition = doc! { "type": { "$type": "string", "$nin": ["One", "Two"] } };
    let find = Known::find().only_unknown().as_document().unwrap();
    assert_eq!(find, doc! { "find": "known", "filter": condition });
}

#[derive(Model, Clone, Debug, PartialEq)]
#[model(tag = "type")]
enum Bare {
    One {
        #[model(id)]
        id: Id<Bare>,
    },
    #[model(other)]
    Unknown,
}

#[test]
fn an_unknown_variant_without_fields_has_no_id() {
    let found = read::<Bare>(&doc! { "_id": 1, "type": "Two" });
    assert_eq!(found, Ok(Bare::Unknown));
    assert_eq!(Bare::Unknown.document_id(), None);
    assert_eq!(Ref::try_to(&Bare::Unknown), None);
    assert!(Bare::insert(&Bare::Unknown).as_document().is_err());
}
