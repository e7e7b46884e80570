//! Partial updates write what is given, and nothing else.

use odm::{bson::Document, prelude::*, update::Update};

#[derive(Model, Clone, Debug, PartialEq)]
#[model(collection = "pages")]
struct Page {
    #[model(id)]
    id: i64,
    title: String,
    note: Option<String>,
    #[model(null)]
    seen: Option<bool>,
    place: Option<Place>,
    points: Vec<i32>,
}

#[derive(Embedded, Clone, Debug, PartialEq)]
struct Place {
    city: String,
}

fn statement<F, K>(update: Update<Page, F, K>) -> Document {
    update.as_document().expect("a valid update")
}

#[test]
fn some_is_set_and_none_is_nothing() {
    let update = Page::update()
        .by_id(7)
        .set_some(|p| p.title(), Some("Tea"))
        .set_some(|p| p.points().at(1), None::<i32>);
    assert_eq!(
        statement(update),
        doc! { "q": { "_id": 7_i64 }, "u": { "$set": { "title": "Tea" } } },
    );
}

#[test]
fn some_of_none_is_stored_as_set_stores_none() {
    let update = Page::update()
        .by_id(7)
        .set_some(|p| p.note(), Some(None::<String>))
        .set_some(|p| p.seen(), Some(None::<bool>));
    let by_hand = doc! { "$unset": { "note": "" }, "$set": { "seen": null } };
    assert_eq!(statement(update).get_document("u").unwrap(), &by_hand);
}

#[test]
fn a_value_that_is_given_relies_on_its_parent_and_one_that_is_not_does_not() {
    let update = |city: Option<&str>| {
        statement(Page::update().by_id(7).set_some(|p| p.place().city(), city))
    };
    let guard = doc! { "_id": 7_i64, "place": { "$type": "object" } };
    assert_eq!(update(Some("Rome")).get_document("q").unwrap(), &guard);
    assert_eq!(update(None).get_document("q").unwrap(), &doc! { "_id": 7_i64 });
}

#[test]
fn nothing_at_all_is_an_update_that_changes_nothing() {
    let update = Page::update().by_id(7).set_some(|p| p.title(), None::<String>);
    assert_eq!(statement(update.clone()), doc! { "q": { "_id": 7_i64 }, "u": { "$set": {} } });
    let both = update.set(|p| p.title(), "Tea");
    assert_eq!(statement(both).get_document("u").unwrap(), &doc! { "$set": { "title": "Tea" } });
    let stages = Page::stages().set_some(|p| p.title(), None::<String>);
    let pipeline = Page::update_pipeline(stages).by_id(7);
    assert_eq!(statement(pipeline), doc! { "q": { "_id": 7_i64 }, "u": [{ "$set": {} }] });
}

#[test]
fn an_update_without_any_operator_is_still_a_mistake() {
    let empty = Page::update().by_id(7).as_document().unwrap_err();
    assert!(empty.to_string().contains("no operator"), "{empty}");
    let stages = Page::update_pipeline(Page::stages()).by_id(7).as_document().unwrap_err();
    assert!(stages.to_string().contains("no stage"), "{stages}");
}

#[test]
fn stages_take_some_too() {
    let stages = Page::stages()
        .set_some(|p| p.title(), Some("$x"))
        .set_some(|p| p.note(), Some(None::<String>))
        .set_some(|p| p.seen(), None::<Option<bool>>);
    assert_eq!(
        statement(Page::update_pipeline(stages).by_id(7)).get_array("u").unwrap(),
        &vec![
            doc! { "$set": { "title": { "$literal": "$x" } } }.into(),
            doc! { "$set": { "note": "$$REMOVE" } }.into(),
        ],
    );
}

#[test]
fn bulks_and_upserts_take_them() {
    let nothing = || Page::update().by_id(7).set_some(|p| p.title(), None::<String>);
    let commands = Page::bulk().update_one(nothing()).update_many(nothing()).as_documents();
    let commands = commands.unwrap();
    let updates = commands.iter().flat_map(|command| command.get_array("updates").unwrap());
    let changes: Vec<_> = updates
        .map(|update| update.as_document().unwrap().get_document("u").unwrap().clone())
        .collect();
    assert_eq!(changes, [doc! { "$set": {} }, doc! { "$set": {} }]);
    // It would insert a page without a title.
    let upsert = nothing().upsert().as_document().unwrap_err();
    assert!(upsert.to_string().contains("title"), "{upsert}");
}
