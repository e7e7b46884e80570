//! Changes of a document with a flattened map, an `_id` that may not be set, and fields that odm
//! keeps.

use std::collections::BTreeMap;

use odm::{prelude::*, update::Race};

#[derive(Model, Clone, Debug)]
struct Open {
    #[model(id)]
    id: Option<ObjectId>,
    n: f64,
    #[model(flatten)]
    rest: BTreeMap<String, i32>,
    #[model(version)]
    version: i32,
    #[model(updated_at)]
    updated_at: odm::bson::DateTime,
}

fn open(rest: &[(&str, i32)]) -> Open {
    Open {
        id: Some(ObjectId::from_bytes([7; 12])),
        n: f64::NAN,
        rest: rest.iter().map(|(key, value)| ((*key).to_owned(), *value)).collect(),
        version: 3,
        updated_at: odm::bson::DateTime::from_millis(1),
    }
}

#[test]
fn a_key_of_a_flattened_map_is_a_field_and_one_that_no_path_can_name_a_mistake() {
    let changes = open(&[("a", 2)]).changes_from(&open(&[("a", 1), ("b", 1)]));
    let statement = changes.update().as_document().unwrap();
    let operators = statement.get_document("u").unwrap();
    assert_eq!(operators.get_document("$set").unwrap().get_i32("a").unwrap(), 2);
    assert_eq!(operators.get_document("$unset").unwrap(), &doc! { "b": "" });
    let mistake = open(&[("a.b", 2)]).changes_from(&open(&[])).as_document().unwrap_err();
    assert!(mistake.to_string().contains("\"a.b\""), "{mistake}");
    assert!(open(&[("a.b", 2)]).changes_from(&open(&[("a.b", 2)])).is_empty());
}

#[test]
fn what_odm_keeps_is_no_change() {
    let mut new = open(&[]);
    new.version = 9;
    new.updated_at = odm::bson::DateTime::from_millis(2);
    assert!(new.changes_from(&open(&[])).is_empty());
    new.n = 1.0;
    let loaded = open(&[]);
    let update = new.changes_from(&loaded).update().by(&loaded).as_document().unwrap();
    let id = ObjectId::from_bytes([7; 12]);
    assert_eq!(update.get_document("q").unwrap(), &doc! { "_id": id, "version": 3 });
    let operators = update.get_document("u").unwrap();
    assert_eq!(operators.get_document("$inc").unwrap(), &doc! { "version": 1 });
    let mut set = operators.get_document("$set").unwrap().clone();
    assert!(set.remove("updated_at").is_some());
    assert_eq!(set, doc! { "n": 1.0 });
}

#[test]
fn a_document_without_an_id_has_no_changes() {
    let (mut new, old) = (open(&[]), open(&[]));
    new.id = None;
    let mistake = new.changes_from(&old).as_document().unwrap_err();
    assert!(mistake.to_string().contains("`_id`"), "{mistake}");
}

/// Documents were stored before these fields were there.
#[derive(Model, Clone, Debug)]
struct Grown {
    #[model(id)]
    id: i64,
    items: Vec<Part>,
    #[model(default)]
    place: Place,
    part: Part,
}

#[derive(Embedded, Clone, Debug)]
struct Part {
    sku: String,
    #[model(default)]
    rank: i32,
}

#[derive(Embedded, Clone, Debug, Default)]
#[model(default)]
struct Place {
    city: String,
}

fn grown() -> Grown {
    let part = |rank| Part { sku: "a".into(), rank };
    Grown { id: 1, items: vec![part(0), part(2)], place: Place::default(), part: part(0) }
}

#[test]
fn nothing_relies_on_a_field_that_may_not_be_stored_yet() {
    let mut new = grown();
    new.items.iter_mut().for_each(|item| item.sku = "b".into());
    new.place.city = "Rome".into();
    new.part.rank = 5;
    let changes = new.changes_from(&grown());
    assert_eq!(
        changes.as_document().unwrap(),
        doc! {
            "q": {
                "_id": 1_i64,
                "items.0": { "$type": "object" }, "items.0.sku": "a",
                "items.1": { "$type": "object" }, "items.1.sku": "a", "items.1.rank": 2,
                "part": { "$type": "object" },
            },
            "u": { "$set": {
                "items.0.sku": "b", "items.1.sku": "b",
                "place": { "city": "Rome" },
                "part.rank": 5,
            } },
        },
    );
    assert!(changes.races().contains(&Race::Whole { path: "place".into() }));
    let mut old = grown();
    old.place.city = "Oslo".into();
    let update = new.changes_from(&old).as_document().unwrap();
    let set = update.get_document("u").unwrap().get_document("$set").unwrap();
    assert_eq!(set.get_str("place.city").unwrap(), "Rome");
}

#[test]
fn what_was_not_loaded_has_no_version() {
    let mut loaded = open(&[]);
    loaded.id = None;
    let mistake = Open::delete().by(&loaded).as_document().unwrap_err();
    assert!(mistake.to_string().contains("`_id`"), "{mistake}");
}
