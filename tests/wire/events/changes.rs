//! What an update changed, asked by the paths of the model.

use odm::{bson::Document, change_stream::Changes, prelude::*};
use proptest::prelude::*;

use super::{Point, Series, Shape, decoded, event};

fn changes(description: Document) -> Changes<Series> {
    match decoded(&event("update", doc! { "updateDescription": description })) {
        ChangeEvent::Update(e) => e.changes,
        other => panic!("{other:?}"),
    }
}

fn set(fields: Document) -> Changes<Series> {
    changes(doc! { "updatedFields": fields, "removedFields": [], "truncatedArrays": [] })
}

#[test]
fn a_value_is_found_at_its_own_path() {
    let changes = set(doc! { "title": "b", "points.2.Y": 5, "labels.k": 1, "grid.0.1": 9 });
    assert_eq!(changes.get(|s| s.name()).unwrap().as_deref(), Some("b"));
    assert_eq!(changes.get(|s| s.points().at(2).y()).unwrap(), Some(5));
    assert_eq!(changes.get(|s| s.labels().key("k")).unwrap(), Some(1));
    assert_eq!(changes.get(|s| s.grid().at(0).at(1)).unwrap(), Some(9));

    assert_eq!(changes.get(|s| s.points().at(1).y()).unwrap(), None);
    assert_eq!(changes.get(|s| s.points().at(2).x()).unwrap(), None);
    assert_eq!(changes.get(|s| s.labels().key("l")).unwrap(), None);
    assert_eq!(changes.get(|s| s.note()).unwrap(), None);
    // Only a part of it is known.
    assert_eq!(changes.get(|s| s.points()).unwrap(), None);
}

#[test]
fn a_value_is_found_inside_one_that_holds_it() {
    let points = vec![doc! { "X": 1, "Y": 2 }, doc! { "X": 3, "Y": 4 }];
    let changes = set(doc! { "points": points, "grid.1": [7, 8], "origin": { "X": 0, "Y": 1 } });
    assert_eq!(changes.get(|s| s.points().at(1).y()).unwrap(), Some(4));
    assert_eq!(changes.get(|s| s.points().at(1)).unwrap(), Some(Point { x: 3, y: 4 }));
    assert_eq!(changes.get(|s| s.points()).unwrap().map(|points| points.len()), Some(2));
    assert_eq!(changes.get(|s| s.points().at(2).y()).unwrap(), None);
    assert_eq!(changes.get(|s| s.grid().at(1).at(0)).unwrap(), Some(7));
    assert_eq!(changes.get(|s| s.grid().at(0).at(0)).unwrap(), None);
    assert_eq!(changes.get(|s| s.origin().y()).unwrap(), Some(1));

    let gone = set(doc! { "origin": null, "note": null });
    assert_eq!(gone.get(|s| s.origin().y()).unwrap(), None);
    assert_eq!(gone.get(|s| s.origin()).unwrap(), Some(None));
    assert_eq!(gone.get(|s| s.note()).unwrap(), Some(None));
}

#[test]
fn the_fields_own_encoding_reads_the_value() {
    #[derive(Model, Clone, Debug, PartialEq)]
    struct Account {
        #[model(id)]
        id: i64,
        #[model(with = "cents")]
        balance: f64,
    }
    mod cents {
        use serde::{Deserialize, Deserializer, Serializer};

        pub(super) fn serialize<S: Serializer>(value: &f64, to: S) -> Result<S::Ok, S::Error> {
            to.serialize_i64((value * 100.0) as i64)
        }
        pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<f64, D::Error> {
            i64::deserialize(from).map(|cents| cents as f64 / 100.0)
        }
    }
    let description = doc! { "updatedFields": { "balance": 150_i64 } };
    let event = super::raw(&event("update", doc! { "updateDescription": description }));
    let ChangeEvent::<Account>::Update(e) = ChangeEvent::decode(&event).unwrap() else {
        panic!("no update")
    };
    assert_eq!(e.changes.get(|a| a.balance()).unwrap(), Some(1.5));
}

#[test]
fn a_value_of_another_type_names_its_place() {
    let changes = set(doc! { "points.2.Y": "high", "origin": { "X": 1, "Y": "low" } });
    let text = |error: odm::Error| error.to_string();
    assert_eq!(
        changes.get(|s| s.points().at(2).y()).map_err(text),
        Err("cannot decode document: points.2.Y: expected int32, found string".into()),
    );
    assert_eq!(
        changes.get(|s| s.origin()).map_err(text),
        Err("cannot decode document: origin.Y: expected int32, found string".into()),
    );
    // What is beside it can be read.
    assert_eq!(changes.get(|s| s.origin().x()).unwrap(), Some(1));
}

#[test]
fn a_path_that_names_no_value_is_a_mistake() {
    let changes = set(doc! { "points.2.Y": 5, "labels.a.b": 1 });
    let error = changes.get(|s| s.points().any().y()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "`points.Y`: `.any()` names no element whose value could be read: use `.at(n)`",
    );
    let error = changes.get(|s| s.labels().key("a.b")).unwrap_err();
    assert!(error.to_string().contains("contains a dot"), "{error}");
    // It is known to have changed, though.
    assert!(changes.touches(|s| s.labels().key("a.b")));
}

#[test]
fn above_below_and_at_the_path_is_touched() {
    let changes = set(doc! { "points.2.Y": 5 });
    assert!(changes.touches(|s| s.points()));
    assert!(changes.touches(|s| s.points().at(2)));
    assert!(changes.touches(|s| s.points().at(2).y()));
    assert!(changes.touches(|s| s.points().any()));
    assert!(changes.touches(|s| s.points().any().y()));
    assert!(changes.touches(|s| s.clone()));
    assert!(!changes.touches(|s| s.points().at(1)));
    assert!(!changes.touches(|s| s.points().at(2).x()));
    assert!(!changes.touches(|s| s.points().any().x()));
    assert!(!changes.touches(|s| s.name()));

    let whole = set(doc! { "points": [] });
    assert!(whole.touches(|s| s.points().at(2).y()));
    assert!(whole.touches(|s| s.points().any().y()));

    let similar = set(doc! { "pointsOfView": 1, "titles": 1 });
    assert!(!similar.touches(|s| s.points()));
    assert!(!similar.touches(|s| s.name()));
}

#[test]
fn a_removed_field_is_touched_and_removed() {
    let changes = changes(doc! { "updatedFields": {}, "removedFields": ["note", "origin"] });
    assert!(changes.removed(|s| s.note()));
    assert!(changes.removed(|s| s.origin().x()));
    assert!(changes.touches(|s| s.origin().x()));
    assert!(!changes.removed(|s| s.name()));
    assert_eq!(changes.get(|s| s.note()).unwrap(), None);

    let part = self::changes(doc! { "removedFields": ["labels.k"] });
    assert!(part.removed(|s| s.labels().key("k")));
    assert!(part.touches(|s| s.labels()));
    assert!(!part.removed(|s| s.labels()));
    assert!(!part.removed(|s| s.labels().key("l")));
}

#[test]
fn an_array_that_was_cut_has_its_new_length() {
    let cut = doc! { "truncatedArrays": [
        { "field": "points", "newSize": 2 },
        { "field": "grid.1", "newSize": 0 },
    ] };
    let changes = changes(cut);
    assert_eq!(changes.truncated(|s| s.points()), Some(2));
    assert_eq!(changes.truncated(|s| s.grid()), None);
    assert_eq!(changes.truncated(|s| s.grid().at(0)), None);
    assert_eq!(changes.truncated(|s| s.grid().at(1)), Some(0));
    assert_eq!(changes.truncated(|s| s.points().at(2)), None);

    assert!(changes.touches(|s| s.points()));
    assert!(changes.touches(|s| s.points().any().y()));
    assert!(changes.touches(|s| s.points().at(2).y()));
    assert!(!changes.touches(|s| s.points().at(1).y()));
    assert!(changes.touches(|s| s.grid()));
    assert!(changes.removed(|s| s.points().at(2)));
    assert!(!changes.removed(|s| s.points().at(1)));
    assert!(!changes.removed(|s| s.points()));
}

#[test]
fn names_that_hold_dots_or_numbers_are_told_apart_by_the_servers_list() {
    let ambiguous = |paths: Document| {
        let mut description = doc! {
            "updatedFields": { "labels.a.b": 1, "labels.5": 2, "points.2.Y": 3 },
        };
        if !paths.is_empty() {
            description.insert("disambiguatedPaths", paths);
        }
        changes(description)
    };
    let clear = ambiguous(doc! {
        "labels.a.b": ["labels", "a.b"],
        "labels.5": ["labels", "5"],
        "points.2.Y": ["points", 2, "Y"],
    });
    assert!(!clear.touches(|s| s.labels().key("a")));
    assert!(clear.touches(|s| s.labels().key("a.b")));
    assert_eq!(clear.get(|s| s.labels().key("5")).unwrap(), Some(2));
    assert_eq!(clear.get(|s| s.points().at(2).y()).unwrap(), Some(3));
    assert!(clear.touches(|s| s.points().any().y()));

    let unclear = ambiguous(doc! {});
    assert!(unclear.touches(|s| s.labels().key("a")));
    assert!(unclear.touches(|s| s.labels().key("a.b")));
    assert_eq!(unclear.get(|s| s.labels().key("5")).unwrap(), Some(2));

    // A field with a number for a name is no position.
    let field = self::changes(doc! {
        "updatedFields": { "points.2.Y": 3 },
        "disambiguatedPaths": { "points.2.Y": ["points", "2", "Y"] },
    });
    assert!(!field.touches(|s| s.points().any().y()));
    // A dotted name of one component holds nothing else.
    let dotted = self::changes(doc! {
        "removedFields": ["origin.X"],
        "disambiguatedPaths": { "origin.X": ["origin.X"] },
    });
    assert!(!dotted.touches(|s| s.origin()));
}

#[test]
fn a_variants_field_is_read_as_the_variant_that_was_set() {
    let square = set(doc! { "shape": { "kind": "Square", "size": "large" } });
    assert_eq!(square.get(|s| s.shape().as_circle().size()).unwrap(), None);
    assert_eq!(square.get(|s| s.shape().as_square().size()).unwrap().as_deref(), Some("large"));
    assert_eq!(square.get(|s| s.shape()).unwrap(), Some(Shape::Square { size: "large".into() }));
    let circle = set(doc! { "shape.size": 3 });
    assert_eq!(circle.get(|s| s.shape().as_circle().size()).unwrap(), Some(3));
}

#[test]
fn the_names_come_as_the_server_writes_them() {
    let changes = changes(doc! {
        "updatedFields": { "points.2.Y": 5, "title": "b" },
        "removedFields": ["note"],
        "truncatedArrays": [{ "field": "grid", "newSize": 1 }],
    });
    assert_eq!(changes.paths().collect::<Vec<_>>(), ["points.2.Y", "title", "note"]);
    assert_eq!(changes, changes.clone());
    assert_eq!(changes, self::changes(changes.raw().try_into().unwrap()));
}

#[test]
fn parts_that_are_not_there_are_empty() {
    let changes = changes(doc! {});
    assert_eq!(changes.paths().count(), 0);
    assert!(!changes.touches(|s| s.clone()));
    assert_eq!(changes.truncated(|s| s.points()), None);
}

/// A name that is built of these steps.
fn name() -> impl Strategy<Value = Vec<String>> {
    let step = prop::sample::select(vec!["points", "grid", "X", "Y", "0", "1", "10", "title"]);
    prop::collection::vec(step.prop_map(str::to_owned), 1..4)
}

/// Whether one begins with the other.
fn holds(name: &[String], path: &[&str]) -> bool {
    name.iter().zip(path).all(|(name, step)| {
        name == step || (*step == "*" && name.bytes().all(|byte| byte.is_ascii_digit()))
    })
}

proptest! {
    /// The rule in one line: one path begins with the other.
    #[test]
    fn what_is_touched_begins_alike(name in name()) {
        let changes = set(doc! { name.join("."): 1 });
        let touched = [
            (changes.touches(|s| s.points()), vec!["points"]),
            (changes.touches(|s| s.points().at(1)), vec!["points", "1"]),
            (changes.touches(|s| s.points().at(10).y()), vec!["points", "10", "Y"]),
            (changes.touches(|s| s.points().any().y()), vec!["points", "*", "Y"]),
            (changes.touches(|s| s.grid().at(0).any()), vec!["grid", "0", "*"]),
            (changes.touches(|s| s.name()), vec!["title"]),
        ];
        for (touched, path) in touched {
            prop_assert_eq!(touched, holds(&name, &path), "{:?} {:?}", name, path);
        }
    }
}
