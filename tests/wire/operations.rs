//! Finds, replacements and deletes: what would be sent, and what is refused before that.

use std::time::Duration;

use odm::{bson::oid::ObjectId, filter::Filter, prelude::*};

#[derive(Model, Clone)]
#[model(collection = "pages")]
struct Page {
    #[model(id)]
    id: i64,
    path: String,
    text: String,
}

#[derive(Model, Clone)]
#[model(collection = "notes")]
struct Note {
    #[model(id)]
    id: Option<ObjectId>,
    text: String,
}

#[derive(Model, Clone)]
#[model(collection = "labels")]
struct Label {
    #[model(id)]
    id: Option<String>,
    text: String,
}

fn page() -> Page {
    Page { id: 7, path: "/".into(), text: "a".into() }
}

fn none() -> Option<Filter<Page>> {
    None
}

#[test]
fn by_id_is_a_filter_on_every_builder() {
    let q = doc! { "_id": 7_i64 };
    let find = Page::find_by_id(7).as_document().unwrap();
    assert_eq!(find, doc! { "find": "pages", "filter": q.clone() });
    assert_eq!(find, Page::find().by_id(7).as_document().unwrap());
    let update = Page::update().by_id(7).set(|p| p.text(), "b");
    assert_eq!(update.as_document().unwrap().get_document("q").unwrap(), &q);
    assert_eq!(Page::delete().by_id(7).as_document().unwrap(), doc! { "q": q.clone() });
    let replace = Page::replace(&page()).by_id(7).as_document().unwrap();
    assert_eq!(replace.get_document("q").unwrap(), &q);
    let bulk = Page::bulk().delete_one(Page::delete().by_id(7)).as_documents().unwrap();
    let deletes = bulk[0].get_array("deletes").unwrap();
    assert_eq!(deletes, &[doc! { "q": q, "limit": 1 }.into()]);
}

#[test]
fn a_value_that_becomes_the_id_is_taken_by_id() {
    let find = Label::find_by_id("a").as_document().unwrap();
    assert_eq!(find.get_document("filter").unwrap(), &doc! { "_id": "a" });
    let id = ObjectId::new();
    let find = Note::find_by_id(id).as_document().unwrap();
    assert_eq!(find.get_document("filter").unwrap(), &doc! { "_id": id });
}

#[test]
fn a_replacement_by_filter_leaves_the_id_to_what_is_stored() {
    let whole = doc! { "_id": 7_i64, "path": "/", "text": "a" };
    let rest = doc! { "path": "/", "text": "a" };
    let replace = || Page::replace(&page());
    let by_id = replace().as_document().unwrap();
    assert_eq!(by_id, doc! { "q": { "_id": 7_i64 }, "u": whole.clone() });
    let filtered = replace().filter(|p| p.path().eq("/")).as_document().unwrap();
    assert_eq!(filtered, doc! { "q": { "path": "/" }, "u": rest.clone() });
    let raw = replace().raw(doc! { "path": "/" }).as_document().unwrap();
    assert_eq!(raw, filtered);
    let upsert = replace().upsert().filter(|p| p.path().eq("/")).as_document().unwrap();
    assert_eq!(upsert, doc! { "q": { "path": "/" }, "u": whole, "upsert": true });
    let bulk = Page::bulk().replace(replace().filter(|p| p.path().eq("/")));
    let [command] = bulk.as_documents().unwrap().try_into().unwrap();
    let updates = command.get_array("updates").unwrap();
    assert_eq!(updates, &[doc! { "q": { "path": "/" }, "u": rest }.into()]);
}

#[test]
fn a_replacement_without_an_id_needs_a_filter() {
    let note = Note { id: None, text: "a".into() };
    let error = Note::replace(&note).as_document().unwrap_err();
    let text = "a replacement needs the `_id` of what it replaces, or a `.filter(…)`";
    assert_eq!(error.to_string(), text);
    let replace = Note::replace(&note).filter(|n| n.text().eq("b"));
    let expected = doc! { "q": { "text": "b" }, "u": { "text": "a" } };
    assert_eq!(replace.as_document().unwrap(), expected);
    assert!(replace.upsert().as_document().is_ok());
}

#[test]
fn an_upsert_of_an_id_that_nobody_makes_is_refused() {
    let label = Label { id: None, text: "a".into() };
    let replace = Label::replace(&label).filter(|l| l.text().eq("b"));
    assert!(replace.as_document().is_ok());
    let error = replace.upsert().as_document().unwrap_err();
    assert_eq!(
        error.to_string(),
        "an upsert needs the `_id` of what it inserts, and only an `ObjectId` is made when it is \
         missing"
    );
}

#[test]
fn a_delete_whose_filter_has_no_condition_names_all_documents() {
    let text = "the filter has no condition, so the operation would be on every document of the \
                collection: add a condition, or `.all_documents()` if every document is meant";
    let conditionless = [
        Page::delete().filter(|_| none()),
        Page::delete().filter(|_| Filter::and(none())),
        Page::delete().filter(|_| Filter::nor(none())),
        Page::delete().filter(|_| Filter::all().comment("why")),
        Page::delete().filter(|p| p.path().eq("/") | Filter::all()),
        Page::delete().raw(doc! {}),
    ];
    for delete in conditionless {
        assert_eq!(delete.as_document().unwrap_err().to_string(), text);
        let all = delete.clone().all_documents().as_document().unwrap();
        assert!(all.get_document("q").unwrap().keys().all(|key| key == "$comment"), "{all}");
        for bulk in
            [Page::bulk().delete_one(delete.clone()), Page::bulk().delete_many(delete.clone())]
        {
            let error = bulk.as_documents().unwrap_err().to_string();
            assert_eq!(error, format!("cannot take write 0 into the bulk: {text}"));
        }
        let mixed = odm::bulk().delete_many(delete);
        assert!(mixed.as_documents().unwrap_err().to_string().ends_with(text));
    }
}

#[test]
fn a_replacement_whose_filter_has_no_condition_is_refused() {
    let text = "the filter of the replacement has no condition, so any document could be replaced: \
                add a condition, or leave out `.filter(…)` to replace by `_id`";
    let replace = || Page::replace(&page()).filter(|_| none());
    assert_eq!(replace().as_document().unwrap_err().to_string(), text);
    let error = Page::bulk().replace(replace()).as_documents().unwrap_err();
    assert_eq!(error.to_string(), format!("cannot take write 0 into the bulk: {text}"));
    assert!(replace().filter(|p| p.path().eq("/")).as_document().is_ok());
}

#[test]
fn every_builder_is_cloned_as_it_is() {
    let find = Page::find().filter(|p| p.path().eq("/")).sort(|p| p.id().asc()).skip(1).limit(2);
    assert_eq!(find.clone().as_document().unwrap(), find.as_document().unwrap());
    let insert = Page::insert(&page()).comment("why");
    assert_eq!(insert.clone().as_document().unwrap(), insert.as_document().unwrap());
    let many = Page::insert_many(&[page(), page()]).ordered(false);
    assert_eq!(many.clone().as_document().unwrap(), many.as_document().unwrap());
    let replace = Page::replace(&page()).filter(|p| p.path().eq("/")).upsert();
    assert_eq!(replace.clone().as_document().unwrap(), replace.as_document().unwrap());
    let delete = Page::delete().all_documents().hint("path_1");
    assert_eq!(delete.clone().as_document().unwrap(), delete.as_document().unwrap());
    let bulk = Page::bulk().insert(&page()).replace(replace);
    assert_eq!(bulk.clone().as_documents().unwrap(), bulk.as_documents().unwrap());
    let watch =
        Page::watch().filter(|e| e.touches(|p| p.path())).full_document(FullDocument::Required);
    assert_eq!(watch.clone().as_pipeline().unwrap(), watch.as_pipeline().unwrap());
}

#[test]
fn a_find_without_a_condition_reads_everything() {
    let find = Page::find().filter(|_| none()).as_document().unwrap();
    assert_eq!(find, doc! { "find": "pages", "filter": {} });
}

fn refusal(find: &odm::operation::Find<Page>) -> String {
    find.as_document().unwrap_err().to_string()
}

#[test]
fn numbers_that_the_server_cannot_take_are_refused() {
    let find = Page::find;
    let most = i64::MAX.unsigned_abs();
    let text = "`skip` and `limit` are more than 9223372036854775807 documents together: the \
                server counts no further";
    assert_eq!(refusal(&find().skip(u64::MAX)), text);
    assert_eq!(refusal(&find().skip(most).limit(1)), text);
    assert!(find().skip(most - 1).limit(1).as_document().is_ok());
    assert_eq!(refusal(&find().batch_size(u32::MAX)), "`batch_size` is at most 2147483647");
    let text = "`max_time` is at most 2147483647 milliseconds, which is 24 days";
    assert_eq!(refusal(&find().max_time(Duration::MAX)), text);
    assert!(find().max_time(Duration::from_millis(2_147_483_647)).as_document().is_ok());
}

#[test]
fn an_order_by_text_score_needs_a_text_search() {
    let text = "`Sort::text_score()` needs a text search in the filter, as by `Filter::text(…)`";
    let find = || Page::find().sort(|_| Sort::text_score());
    assert_eq!(refusal(&find()), text);
    assert_eq!(refusal(&find().filter(|p| p.path().eq("$text"))), text);
    assert!(find().filter(|_| Filter::text("a")).as_document().is_ok());
    assert!(
        find().filter(|_| Filter::text("a")).filter(|p| p.path().eq("/")).as_document().is_ok()
    );
    assert!(find().raw(doc! { "$and": [{ "$text": { "$search": "a" } }] }).as_document().is_ok());
    let delete = Page::delete().by_id(1).sort(|_| Sort::text_score());
    assert_eq!(delete.as_document().unwrap_err().to_string(), text);
}

#[derive(Model, Clone, Debug, PartialEq)]
#[model(collection = "loose")]
struct Loose {
    #[model(id)]
    id: i64,
    #[model(flatten)]
    rest: std::collections::BTreeMap<String, i32>,
}

/// The server would take the whole for an update, or refuse it.
#[test]
fn a_replacement_with_a_key_that_is_an_operator_is_refused() {
    let loose = |key: &str| Loose { id: 1, rest: [(key.to_owned(), 1)].into() };
    let error = Loose::replace(&loose("$set")).as_document().unwrap_err();
    assert_eq!(
        error.to_string(),
        "the replacement has the key `$set`, which would be an update operator"
    );
    assert!(Loose::bulk().replace(&loose("$inc")).as_documents().is_err());
    assert!(Loose::replace(&loose("a$")).as_document().is_ok());
}
