//! Writes of a model with a version say which one they are for, and make the next one.

use odm::{
    bson::{Bson, Document},
    prelude::*,
};

#[derive(Model, Clone, Debug, PartialEq)]
#[model(collection = "pages")]
struct Page {
    #[model(id)]
    id: i64,
    title: String,
    #[model(version, rename = "v")]
    version: i64,
}

#[derive(Model, Clone, Debug, PartialEq)]
struct Old {
    #[model(id)]
    id: i64,
    n: i32,
    #[model(version, default)]
    version: i32,
}

fn page() -> Page {
    Page { id: 7, title: "Tea".into(), version: 3 }
}

fn updates(bulk: odm::operation::Bulk<Page>) -> Vec<Document> {
    let commands = bulk.as_documents().expect("a valid bulk");
    let updates = commands.iter().flat_map(|command| command.get_array("updates").unwrap());
    updates.map(|update| update.as_document().unwrap().clone()).collect()
}

#[test]
fn by_asks_for_the_version_that_was_loaded() {
    let update = Page::update().by(&page()).set(|p| p.title(), "tea");
    assert_eq!(
        update.as_document().unwrap(),
        doc! {
            "q": { "_id": 7_i64, "v": 3_i64 },
            "u": { "$set": { "title": "tea" }, "$inc": { "v": 1_i64 } },
        },
    );
    let both = Page::update().by_id(7).by(&page()).set(|p| p.title(), "tea");
    assert_eq!(both.as_document().unwrap(), update.as_document().unwrap());
    let delete = Page::delete().by(&page());
    assert_eq!(delete.as_document().unwrap(), doc! { "q": { "_id": 7_i64, "v": 3_i64 } });
}

#[test]
fn every_update_makes_the_next_version() {
    let plain = Page::update().by_id(7).set(|p| p.title(), "tea");
    let next = doc! { "$set": { "title": "tea" }, "$inc": { "v": 1_i64 } };
    assert_eq!(plain.as_document().unwrap().get_document("u").unwrap(), &next);
    let updates = updates(Page::bulk().update_one(plain.clone()).update_many(plain));
    assert!(updates.iter().all(|update| update.get_document("u").unwrap() == &next));
    assert_eq!(updates.len(), 2);
}

#[test]
fn a_pipeline_ends_with_the_stage_of_the_version() {
    let stages = Page::stages().set(|p| p.title(), "tea");
    let update = Page::update_pipeline(stages).by(&page());
    assert_eq!(
        update.as_document().unwrap(),
        doc! {
            "q": { "_id": 7_i64, "v": 3_i64 },
            "u": [
                { "$set": { "title": "tea" } },
                { "$set": { "v": { "$ifNull": [{ "$add": ["$v", 1_i64] }, 1_i64] } } },
            ],
        },
    );
}

#[test]
fn an_update_that_changes_nothing_makes_no_version() {
    let update = Page::update().by(&page()).set_some(|p| p.title(), None::<String>);
    assert_eq!(
        update.as_document().unwrap(),
        doc! { "q": { "_id": 7_i64, "v": 3_i64 }, "u": { "$set": {} } },
    );
    let stages = Page::stages().set_some(|p| p.title(), None::<String>);
    let update = Page::update_pipeline(stages).by_id(7).as_document().unwrap();
    assert_eq!(update.get_array("u").unwrap(), &vec![Bson::from(doc! { "$set": {} })]);
}

#[test]
fn a_replacement_takes_the_version_from_what_is_stored() {
    let by_hand = |document: Document| {
        doc! { "$replaceWith": { "$mergeObjects": [
            { "$literal": document },
            { "v": { "$ifNull": [{ "$add": ["$v", 1_i64] }, 3_i64] } },
        ] } }
    };
    let replace = Page::replace(&page()).by(&page()).as_document().unwrap();
    let stage = by_hand(doc! { "title": "Tea", "v": 3_i64 });
    assert_eq!(replace, doc! { "q": { "_id": 7_i64, "v": 3_i64 }, "u": [stage] });
    let [update] = updates(Page::bulk().replace(&page())).try_into().expect("one update");
    let stage = by_hand(doc! { "_id": 7_i64, "title": "Tea", "v": 3_i64 });
    assert_eq!(update, doc! { "q": { "_id": 7_i64 }, "u": [stage] });
}

#[test]
fn an_insert_keeps_the_version_of_the_value() {
    let insert = Page::insert(&page()).as_document().unwrap();
    assert_eq!(insert, doc! { "_id": 7_i64, "title": "Tea", "v": 3_i64 });
}

#[test]
fn an_absent_version_is_version_0() {
    let by = |version| Old::update().by(&Old { id: 1, n: 1, version }).set(|o| o.n(), 2);
    let update = by(0).as_document().unwrap();
    assert_eq!(
        update,
        doc! {
            "q": { "_id": 1_i64, "version": { "$in": [0, null] } },
            "u": { "$set": { "n": 2 }, "$inc": { "version": 1 } },
        },
    );
    let update = by(1).as_document().unwrap();
    assert_eq!(update.get_document("q").unwrap(), &doc! { "_id": 1_i64, "version": 1 });
}

#[test]
fn a_version_written_by_hand_stays() {
    let update = Page::update().by_id(7).raw(doc! { "$set": { "v": 9_i64 } });
    let written = update.as_document().unwrap();
    assert_eq!(written.get_document("u").unwrap(), &doc! { "$set": { "v": 9_i64 } });
}

#[test]
fn an_upsert_and_a_bulk_refuse_it() {
    let update = Page::update().by(&page()).set(|p| p.title(), "tea");
    let replace = Page::replace(&page()).by(&page());
    let mistakes = [
        update.clone().upsert().as_document().unwrap_err(),
        replace.clone().upsert().as_document().unwrap_err(),
    ];
    for mistake in mistakes {
        assert!(mistake.to_string().contains("upsert"), "{mistake}");
    }
    let bulks = [
        Page::bulk().update_one(update.clone()),
        Page::bulk().update_many(update),
        Page::bulk().replace(replace),
        Page::bulk().delete_one(Page::delete().by(&page())),
    ];
    for bulk in bulks {
        let mistake = bulk.as_documents().unwrap_err();
        assert!(mistake.to_string().contains("`.by(…)`"), "{mistake}");
    }
}

#[test]
fn an_upsert_inserts_the_first_version() {
    let upsert = Page::update().by_id(7).set(|p| p.title(), "tea").upsert();
    assert_eq!(
        upsert.as_document().unwrap().get_document("u").unwrap(),
        &doc! { "$set": { "title": "tea" }, "$inc": { "v": 1_i64 } },
    );
}

#[test]
fn versions_are_read_like_other_fields() {
    let find = Page::find()
        .filter(|p| p.version().gt(2) & Page::expr(|p| p.version().lt(9)))
        .sort(|p| p.version().desc());
    let find = find.as_document().unwrap();
    assert_eq!(
        find.get_document("filter").unwrap(),
        &doc! { "v": { "$gt": 2_i64 }, "$expr": { "$lt": ["$v", 9] } },
    );
    assert_eq!(find.get_document("sort").unwrap(), &doc! { "v": -1 });
}
