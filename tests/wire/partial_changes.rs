//! The changes between two states of a document are the smallest update, with what it relies on.

use std::collections::{BTreeMap, HashSet};

use odm::{bson::Document, prelude::*, update::Race};

#[derive(Model, Clone, Debug, PartialEq)]
#[model(collection = "orders")]
struct Order {
    #[model(id)]
    id: i64,
    #[model(rename = "st")]
    state: State,
    note: Option<String>,
    #[model(null)]
    seen: Option<bool>,
    items: Vec<Item>,
    marks: Vec<i32>,
    tags: HashSet<String>,
    ship: Option<Ship>,
    labels: BTreeMap<String, i32>,
    shape: Shape,
    number: Number,
    #[model(flatten)]
    pay: Pay,
    #[model(flatten)]
    extra: Option<Extra>,
}

#[derive(Embedded, Clone, Debug, PartialEq)]
enum State {
    Open,
    Closed,
}

#[derive(Embedded, Clone, Debug, PartialEq)]
struct Item {
    sku: String,
    qty: i32,
    note: Option<String>,
    labels: BTreeMap<String, i32>,
}

#[derive(Embedded, Clone, Debug, PartialEq)]
struct Ship {
    city: String,
    zip: Option<String>,
    state: State,
}

#[derive(Embedded, Clone, Debug, PartialEq)]
#[model(tag = "t")]
enum Shape {
    Circle {
        r: i32,
        name: String,
    },
    Square {
        side: i32,
    },
    #[model(other)]
    Other,
}

#[derive(Embedded, Clone, Debug, PartialEq)]
enum Number {
    Whole(i32),
    Text(String),
}

#[derive(Embedded, Clone, Debug, PartialEq)]
#[model(tag = "by", content = "data")]
enum Pay {
    Card { last: i32 },
    Cash { coins: i32 },
}

#[derive(Embedded, Clone, Debug, PartialEq)]
struct Extra {
    left: i32,
    right: i32,
}

fn item(sku: &str) -> Item {
    Item { sku: sku.into(), qty: 1, note: None, labels: BTreeMap::new() }
}

fn order() -> Order {
    Order {
        id: 7,
        state: State::Open,
        note: Some("n".into()),
        seen: Some(true),
        items: vec![item("a"), item("b"), item("c")],
        marks: vec![1, 2, 3],
        tags: ["x".to_owned(), "y".to_owned()].into(),
        ship: Some(Ship { city: "Rome".into(), zip: None, state: State::Open }),
        labels: [("one".to_owned(), 1), ("two".to_owned(), 2)].into(),
        shape: Shape::Circle { r: 1, name: "c".into() },
        number: Number::Whole(1),
        pay: Pay::Card { last: 1 },
        extra: Some(Extra { left: 1, right: 1 }),
    }
}

/// Operators, conditions besides the `_id`, and races.
fn changes(change: impl FnOnce(&mut Order)) -> (Document, Document, Vec<Race>) {
    let mut new = order();
    change(&mut new);
    let changes = new.changes_from(&order());
    assert!(!changes.is_empty());
    assert_eq!(changes.may_race(), !changes.races().is_empty());
    let statement = changes.as_document().expect("changes");
    let mut filter = statement.get_document("q").expect("a filter").clone();
    assert_eq!(filter.remove("_id"), Some(7_i64.into()));
    let update = statement.get_document("u").expect("operators").clone();
    (update, filter, changes.races().to_vec())
}

/// Operators of changes that rely on nothing.
fn free(change: impl FnOnce(&mut Order)) -> Document {
    let (update, filter, races) = changes(change);
    assert_eq!((filter, races), (doc! {}, vec![]), "{update}");
    update
}

#[test]
fn nothing_changed() {
    let changes = order().changes_from(&order());
    assert!(changes.is_empty() && !changes.may_race());
    assert_eq!(changes.as_document().unwrap(), doc! { "q": { "_id": 7_i64 }, "u": { "$set": {} } },);
}

#[test]
fn fields_are_set_and_unset_under_their_stored_names() {
    let update = free(|order| {
        order.state = State::Closed;
        order.note = None;
        order.seen = None;
    });
    assert_eq!(update, doc! { "$set": { "st": "Closed", "seen": null }, "$unset": { "note": "" } });
    assert_eq!(
        free(|order| order.ship = None),
        doc! { "$unset": { "ship": "" } },
        "a document that is left out relies on nothing",
    );
}

#[test]
fn a_document_inside_is_changed_field_by_field_while_it_is_there() {
    let (update, filter, races) = changes(|order| {
        let ship = order.ship.as_mut().unwrap();
        ship.city = "Oslo".into();
        ship.zip = Some("1".into());
    });
    assert_eq!(update, doc! { "$set": { "ship.city": "Oslo", "ship.zip": "1" } });
    // The name of a variant cannot be told from a tag.
    assert_eq!(filter, doc! { "ship": { "$type": "object" }, "ship.state": "Open" });
    assert_eq!(races, []);
}

#[test]
fn entries_of_maps_are_set_and_unset() {
    let (update, filter, races) = changes(|order| {
        order.labels.insert("two".into(), 5);
        order.labels.insert("three".into(), 3);
        order.labels.remove("one");
    });
    assert_eq!(
        update,
        doc! { "$set": { "labels.three": 3, "labels.two": 5 }, "$unset": { "labels.one": "" } },
    );
    assert_eq!((filter, races), (doc! { "labels": { "$type": "object" } }, vec![]));
}

#[test]
fn a_map_with_a_key_that_no_path_can_name_is_written_as_a_whole() {
    for key in ["a.b", "$a", ""] {
        let (update, filter, races) = changes(|order| order.labels.extend([(key.to_owned(), 5)]));
        let whole = doc! { key: 5, "one": 1, "two": 2 };
        assert_eq!(update, doc! { "$set": { "labels": whole } });
        assert_eq!(filter, doc! {});
        assert!(
            matches!(races.as_slice(), [Race::Whole { path }] if path == "labels"),
            "{races:?}"
        );
    }
}

#[test]
fn such_a_key_that_did_not_change_is_no_hindrance() {
    let mut old = order();
    old.labels.insert("a.b".into(), 5);
    let mut new = old.clone();
    new.labels.insert("one".into(), 9);
    let update = new.changes_from(&old).as_document().unwrap();
    assert_eq!(update.get_document("u").unwrap(), &doc! { "$set": { "labels.one": 9 } });
}

#[test]
fn elements_in_their_places_are_written_by_position_while_they_are_the_same() {
    let (update, filter, races) = changes(|order| {
        order.items[1].qty = 5;
        order.items[1].note = Some("n".into());
        order.marks[2] = 9;
    });
    let set = doc! { "items.1.qty": 5, "items.1.note": "n", "marks.2": 9 };
    let sorted = |document: &Document| {
        document.iter().map(|(key, value)| (key.clone(), value.clone())).collect::<BTreeMap<_, _>>()
    };
    assert_eq!(sorted(update.get_document("$set").unwrap()), sorted(&set));
    assert_eq!(
        filter,
        doc! {
            "items.1": { "$type": "object" },
            "items.1.sku": "b",
            "items.1.qty": 1,
            "items.1.labels": { "$type": "object" },
            "marks.2": 3,
        },
    );
    let paths: Vec<_> = races.iter().map(Race::path).collect();
    assert_eq!(paths, ["items.1", "marks.2"]);
    assert!(races.iter().all(|race| matches!(race, Race::Element { .. })));
    assert_eq!(races[0].to_string(), "`items.1` is written by its position");
}

#[test]
fn an_array_whose_elements_moved_or_whose_length_changed_is_written_as_a_whole() {
    let swapped = |order: &mut Order| order.marks.swap(0, 2);
    let (update, filter, races) = changes(swapped);
    assert_eq!((update, filter), (doc! { "$set": { "marks": [3, 2, 1] } }, doc! {}));
    assert_eq!(races[0].to_string(), "`marks` is written as a whole");
    let (update, _, races) = changes(|order| order.marks.push(4));
    assert_eq!(update, doc! { "$set": { "marks": [1, 2, 3, 4] } });
    assert!(matches!(races.as_slice(), [Race::Whole { .. }]));
    let (update, ..) = changes(|order| order.marks.retain(|mark| *mark > 1));
    assert_eq!(update, doc! { "$set": { "marks": [2, 3] } });
}

#[test]
fn a_set_is_compared_in_its_stored_order() {
    let (update, filter, _) = changes(|order| {
        order.tags.remove("y");
        order.tags.insert("z".into());
    });
    assert_eq!((update, filter), (doc! { "$set": { "tags.1": "z" } }, doc! { "tags.1": "y" }));
    let mut same = order();
    same.tags = ["y".to_owned(), "x".to_owned()].into();
    assert!(same.changes_from(&order()).is_empty());
}

#[test]
fn below_an_element_arrays_and_maps_are_covered_by_its_condition() {
    let mut old = order();
    old.items[0].labels = [("a.b".to_owned(), 1), ("c".to_owned(), 1)].into();
    let mut new = old.clone();
    new.items[0].labels.insert("a.b".into(), 2);
    let changes = new.changes_from(&old);
    let statement = changes.as_document().unwrap();
    let set = statement.get_document("u").unwrap().get_document("$set").unwrap();
    assert_eq!(set, &doc! { "items.0.labels": { "a.b": 2, "c": 1 } });
    let filter = statement.get_document("q").unwrap();
    let labels = doc! { "$eq": { "a.b": 1, "c": 1 } };
    assert_eq!(filter.get_document("items.0.labels").unwrap(), &labels);
    assert_eq!(changes.races().len(), 1);
}

#[test]
fn the_data_of_a_variant_relies_on_its_tag() {
    let (update, filter, _) =
        changes(|order| order.shape = Shape::Circle { r: 2, name: "c".into() });
    assert_eq!(update, doc! { "$set": { "shape.r": 2 } });
    assert_eq!(filter, doc! { "shape": { "$type": "object" }, "shape.t": "Circle" });
    let (update, filter, _) = changes(|order| order.shape = Shape::Square { side: 1 });
    assert_eq!(
        update,
        doc! {
            "$set": { "shape.t": "Square", "shape.side": 1 },
            "$unset": { "shape.r": "", "shape.name": "" },
        },
    );
    assert_eq!(filter, doc! { "shape": { "$type": "object" }, "shape.t": "Circle" });
}

#[test]
fn the_data_of_a_variant_under_its_name_relies_on_the_name() {
    let (update, filter, _) = changes(|order| order.number = Number::Whole(2));
    assert_eq!(update, doc! { "$set": { "number.Whole": 2 } });
    let there = doc! { "number": { "$type": "object" }, "number.Whole": { "$exists": true } };
    assert_eq!(filter, there);
    let (update, filter, races) = changes(|order| order.number = Number::Text("t".into()));
    assert_eq!(update, doc! { "$set": { "number": { "Text": "t" } } });
    assert_eq!(filter, doc! {});
    assert!(matches!(races.as_slice(), [Race::Whole { .. }]));
}

#[test]
fn what_is_flattened_relies_on_its_tag_and_on_its_other_fields() {
    let (update, filter, _) = changes(|order| order.pay = Pay::Card { last: 2 });
    assert_eq!(update, doc! { "$set": { "data.last": 2 } });
    let conditions = doc! {
        "by": "Card",
        "data": { "$exists": true, "$type": "object" },
        "data.last": { "$exists": true },
    };
    assert_eq!(filter, conditions);
    let (update, filter, _) = changes(|order| order.extra.as_mut().unwrap().left = 2);
    assert_eq!(update, doc! { "$set": { "left": 2 } });
    assert_eq!(filter, doc! { "by": "Card", "left": { "$exists": true } });
    let (update, filter, _) = changes(|order| order.extra = None);
    assert_eq!(update, doc! { "$unset": { "left": "", "right": "" } });
    let both = doc! { "by": "Card", "left": { "$exists": true }, "right": { "$exists": true } };
    assert_eq!(filter, both);
}

#[test]
fn another_id_is_a_mistake() {
    let mut new = order();
    new.id = 8;
    let changes = new.changes_from(&order());
    assert!(!changes.is_empty() && changes.races().is_empty());
    let mistake = changes.update().as_document().unwrap_err();
    assert!(matches!(mistake.kind(), ErrorKind::Invalid(_)), "{mistake:?}");
    assert!(mistake.to_string().contains("`_id`"), "{mistake}");
}
