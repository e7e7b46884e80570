//! Maps and sets without an order are equal to what the server has stored of them.

use std::collections::{HashMap, HashSet};

use odm::prelude::*;
use tests::database;

#[derive(Embedded, Clone, Debug, PartialEq, Eq)]
struct Place {
    labels: HashMap<String, i32>,
    tags: HashSet<String>,
}

#[derive(Model, Clone, Debug, PartialEq)]
#[model(collection = "shelves")]
struct Shelf {
    #[model(id)]
    id: Place,
    labels: HashMap<String, i32>,
    tags: HashSet<String>,
    history: Vec<HashMap<String, i32>>,
    note: String,
}

/// A new map or set each time, with a hasher of its own.
fn labels() -> HashMap<String, i32> {
    (0..20).map(|n| (format!("label {n}"), n)).collect()
}

fn tags() -> HashSet<String> {
    (0..20).map(|n| format!("tag {n}")).collect()
}

fn shelf() -> Shelf {
    Shelf {
        id: Place { labels: labels(), tags: tags() },
        labels: labels(),
        tags: tags(),
        history: vec![labels()],
        note: "old".into(),
    }
}

#[tokio::test]
async fn a_whole_map_or_set_is_found() {
    let db = database("a_whole_map_or_set_is_found").await;
    Shelf::insert(&shelf()).run(&db).await.expect("an insert");
    for _ in 0..5 {
        let by_map = Shelf::find().filter(|s| s.labels().eq(labels()));
        assert_eq!(by_map.count(&db).await.expect("a count"), 1);
        let by_set = Shelf::find().filter(|s| s.tags().eq(tags()));
        assert_eq!(by_set.count(&db).await.expect("a count"), 1);
        let by_item = Shelf::find().filter(|s| s.history().contains(labels()));
        assert_eq!(by_item.count(&db).await.expect("a count"), 1);
    }
}

#[tokio::test]
async fn an_equal_map_is_not_added_to_a_set_again() {
    let db = database("an_equal_map_is_not_added_to_a_set_again").await;
    Shelf::insert(&shelf()).run(&db).await.expect("an insert");
    for _ in 0..5 {
        let added = Shelf::update()
            .filter(|s| s.note().eq("old"))
            .add_to_set(|s| s.history(), labels())
            .one(&db)
            .await
            .expect("an update");
        assert_eq!((added.matched, added.modified), (1, 0));
    }
}

#[tokio::test]
async fn an_identifier_with_a_map_is_found_again() {
    let db = database("an_identifier_with_a_map_is_found_again").await;
    Shelf::insert(&shelf()).run(&db).await.expect("an insert");
    for note in ["one", "two", "three"] {
        let mut read = Shelf::find().first(&db).await.expect("a find").expect("a shelf");
        read.note = note.into();
        let replaced = Shelf::replace(&read).run(&db).await.expect("a replace");
        assert_eq!((replaced.matched, replaced.modified), (1, 1));
    }
}
