//! Bulks: the commands that would be sent, equal to those written by hand.

use odm::{
    bson::Document,
    options::{Acknowledgment, WriteConcern},
    prelude::*,
};

#[derive(Model, Clone)]
#[model(collection = "series")]
struct Series {
    #[model(id)]
    id: i64,
    name: String,
    points: Vec<Point>,
}

#[derive(Embedded, Clone)]
struct Point {
    x: i32,
    y: i32,
}

#[derive(Model)]
#[model(collection = "others")]
struct Other {
    #[model(id)]
    id: i64,
}

fn series(id: i64) -> Series {
    Series { id, name: "a".into(), points: vec![] }
}

fn rename(id: i64) -> odm::update::Update<Series, odm::update::Filtered> {
    Series::update().filter(|s| s.id().eq(id)).set(|s| s.name(), "b")
}

fn remove(id: i64) -> odm::operation::Delete<Series, odm::update::Filtered> {
    Series::delete().filter(|s| s.id().eq(id))
}

/// The kind of each command, and how many statements it has.
fn shape(commands: &[Document]) -> Vec<(String, usize)> {
    let lists = ["documents", "updates", "deletes"];
    let shape = |command: &Document| {
        let name = command.keys().next().expect("a command").clone();
        let list = lists.iter().find_map(|list| command.get_array(list).ok());
        (name, list.expect("statements").len())
    };
    commands.iter().map(shape).collect()
}

fn shaped(commands: &[(&str, usize)]) -> Vec<(String, usize)> {
    commands.iter().map(|(name, size)| ((*name).to_owned(), *size)).collect()
}

#[test]
fn each_kind_of_write_is_what_one_would_write_by_hand() {
    let i = Point::array_filter("i", |p| p.x().gt(0) & p.y().lt(3));
    let bulk = Series::bulk()
        .insert(&series(1))
        .update_one(rename(1).set(path!(points[$i].y), 5).upsert())
        .update_many(Series::update().all_documents().inc(|s| s.points().each().x(), 1))
        .replace(&series(2))
        .replace(
            Series::replace(&series(3)).by_id(3).filter(|s| s.name().eq("c")).upsert().hint("_id_"),
        )
        .delete_one(remove(4))
        .delete_many(Series::delete().all_documents());
    let array_filter = doc! { "i.x": { "$gt": 0 }, "i.y": { "$lt": 3 } };
    let nothing: Vec<Document> = vec![];
    let replaced = |id: i64| doc! { "_id": id, "name": "a", "points": nothing.clone() };
    let expected = [
        doc! { "insert": "series", "documents": [replaced(1)], "ordered": true },
        doc! { "update": "series", "updates": [{
            "q": { "_id": 1_i64 },
            "u": { "$set": { "name": "b", "points.$[i].y": 5 } },
            "arrayFilters": [array_filter],
            "upsert": true,
        }], "ordered": true },
        doc! { "update": "series", "updates": [{
            "q": {}, "u": { "$inc": { "points.$[].x": 1 } }, "multi": true,
        }], "ordered": true },
        doc! { "update": "series", "updates": [
            { "q": { "_id": 2_i64 }, "u": replaced(2) },
            {
                "q": { "_id": 3_i64, "name": "c" }, "u": replaced(3),
                "upsert": true, "hint": "_id_",
            },
        ], "ordered": true },
        doc! {
            "delete": "series", "deletes": [{ "q": { "_id": 4_i64 }, "limit": 1 }], "ordered": true,
        },
        doc! { "delete": "series", "deletes": [{ "q": {}, "limit": 0 }], "ordered": true },
    ];
    assert_eq!(bulk.as_documents().unwrap(), expected);
    assert_eq!(bulk.len(), 7);
}

#[test]
fn an_update_in_a_bulk_is_the_same_as_alone() {
    let raw = doc! { "$inc": { "count": 1 } };
    let filter = |s: odm::path::Fields<Series, odm::path::Filtering>| s.id().eq(1);
    for (update, by_hand) in [
        (rename(1).raw(raw.clone()), rename(1).raw(raw).as_document()),
        (rename(1).sort(|s| s.name().desc()), rename(1).sort(|s| s.name().desc()).as_document()),
    ] {
        let commands = Series::bulk().update_one(update).as_documents().unwrap();
        assert_eq!(commands[0].get_array("updates").unwrap(), &[by_hand.unwrap().into()]);
    }
    let pipeline =
        || Series::update_pipeline(vec![doc! { "$set": { "name": "x" } }]).filter(filter);
    let commands = Series::bulk().update_many(pipeline()).as_documents().unwrap();
    let mut by_hand = pipeline().as_document().unwrap();
    by_hand.insert("multi", true);
    assert_eq!(commands[0].get_array("updates").unwrap(), &[by_hand.into()]);
}

#[test]
fn order_decides_which_writes_share_a_command() {
    let mixed = || {
        Series::bulk()
            .insert(&series(1))
            .update_one(rename(1))
            .update_one(rename(2))
            .insert(&series(2))
            .delete_one(remove(1))
            .update_one(rename(3))
    };
    let ordered = mixed().as_documents().unwrap();
    let expected = [("insert", 1), ("update", 2), ("insert", 1), ("delete", 1), ("update", 1)];
    assert_eq!(shape(&ordered), shaped(&expected));
    let unordered = mixed().ordered(false).as_documents().unwrap();
    assert_eq!(shape(&unordered), shaped(&[("insert", 2), ("update", 3), ("delete", 1)]));
    assert!(unordered.iter().all(|command| !command.get_bool("ordered").unwrap()));
}

#[test]
fn each_collection_has_commands_of_its_own() {
    let bulk = odm::bulk()
        .insert(&series(1))
        .insert(&Other { id: 1 })
        .insert(&series(2))
        .delete_one(Other::delete().filter(|o| o.id().eq(1)));
    let collections = |commands: Vec<Document>| -> Vec<_> {
        let name = |command: &Document| {
            let (name, collection) = command.iter().next().expect("a command");
            format!("{name} {}", collection.as_str().expect("a name"))
        };
        commands.iter().map(name).collect()
    };
    assert_eq!(
        collections(bulk.as_documents().unwrap()),
        ["insert series", "insert others", "insert series", "delete others"]
    );
    let unordered = bulk.ordered(false).as_documents().unwrap();
    assert_eq!(collections(unordered), ["insert series", "insert others", "delete others"]);
}

#[test]
fn options_of_the_bulk_are_where_the_server_takes_them() {
    let bulk = Series::bulk().insert(&series(1)).update_one(rename(1)).delete_one(remove(1));
    let bulk = bulk
        .let_vars(doc! { "a": 1 })
        .comment("why")
        .bypass_document_validation()
        .write_concern(WriteConcern::from(Acknowledgment::Majority));
    let commands = bulk.as_documents().unwrap();
    let has = |key: &str| commands.iter().map(|it| it.contains_key(key)).collect::<Vec<_>>();
    assert_eq!(has("let"), [false, true, true]);
    assert_eq!(has("comment"), [true, true, true]);
    assert_eq!(has("bypassDocumentValidation"), [true, true, false]);
    assert_eq!(has("writeConcern"), [true, true, true]);
}

#[test]
fn an_option_of_whole_commands_is_refused_on_one_write() {
    let limit = std::time::Duration::from_secs(1);
    let concern = || WriteConcern::from(Acknowledgment::Majority);
    let replace = || Series::replace(&series(1));
    for (bulk, name) in [
        (Series::bulk().update_one(rename(1).comment("a")), "comment"),
        (Series::bulk().update_one(rename(1).let_vars(doc! {})), "let_vars"),
        (Series::bulk().update_one(rename(1).write_concern(concern())), "write_concern"),
        (Series::bulk().update_one(rename(1).timeout(limit)), "timeout"),
        (
            Series::bulk().update_many(rename(1).bypass_document_validation()),
            "bypass_document_validation",
        ),
        (Series::bulk().delete_one(remove(1).comment("a")), "comment"),
        (Series::bulk().delete_many(remove(1).write_concern(concern())), "write_concern"),
        (Series::bulk().delete_one(remove(1).timeout(limit)), "timeout"),
        (Series::bulk().replace(replace().let_vars(doc! {})), "let_vars"),
        (Series::bulk().replace(replace().timeout(limit)), "timeout"),
    ] {
        let error = bulk.as_documents().unwrap_err();
        let expected = format!(
            "cannot take write 0 into the bulk: `{name}` holds for all writes of a bulk: set it on \
             the bulk, not on one of its writes"
        );
        assert_eq!(error.to_string(), expected);
    }
}

#[test]
fn the_first_mistake_is_named_by_its_index() {
    let mistakes = [
        Series::bulk().insert(&series(1)).update_one(Series::update().all_documents()),
        Series::bulk().insert(&series(1)).update_many(rename(1).sort(|s| s.id().asc())),
        Series::bulk().insert(&series(1)).delete_one(remove(1).sort(|s| s.id().asc())),
    ];
    for bulk in mistakes {
        let bulk = bulk.insert(&series(2)).update_one(Series::update().all_documents());
        let text = bulk.as_documents().unwrap_err().to_string();
        assert!(text.starts_with("cannot take write 1 into the bulk: "), "{text}");
        assert!(format!("{bulk:?}").contains(&text));
    }
    assert_eq!(format!("{:?}", Series::bulk().insert(&series(1))), "Bulk(1 writes)");
}

/// What the builders take alone they take in a bulk; what is deeper is refused in both.
#[test]
fn nesting_that_is_too_deep_is_refused() {
    let nested = |depth: usize| (0..depth).fold(doc! { "a": 1 }, |inner, _| doc! { "a": inner });
    let update = |depth| Series::update().filter(|_| odm::filter::Filter::raw(nested(depth)));
    let update = |depth| update(depth).set(|s| s.name(), "b");
    for depth in [50, 90, 98] {
        assert!(update(depth).as_document().is_ok(), "{depth}");
        assert!(Series::bulk().update_one(update(depth)).as_documents().is_ok(), "{depth}");
    }
    assert!(update(120).as_document().is_err());
    assert!(Series::bulk().update_one(update(120)).as_documents().is_err());
}
