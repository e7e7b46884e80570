//! Create, read, update, delete: every verb, with one command each.

use odm::{
    Outcome,
    bson::{Document, oid::ObjectId},
    prelude::*,
};
use tests::{database, number, recorded};

#[derive(Model, Clone, Debug, PartialEq)]
#[model(collection = "items")]
struct Item {
    #[model(id)]
    id: i64,
    name: String,
    qty: i32,
}

#[derive(Model, Clone, Debug, PartialEq)]
#[model(collection = "notes")]
struct Note {
    #[model(id)]
    id: Option<ObjectId>,
    text: String,
}

fn item(id: i64) -> Item {
    Item { id, name: format!("item {id}"), qty: i32::try_from(id).expect("a small id") * 10 }
}

async fn filled(name: &str) -> odm::Database {
    let db = database(name).await;
    let items: Vec<_> = (1..=5).map(item).collect();
    Item::insert_many(&items).run(&db).await.expect("an insert");
    db
}

#[tokio::test]
async fn what_is_inserted_is_found() {
    let db = database("what_is_inserted_is_found").await;
    let inserted = Item::insert(&item(7)).run(&db).await.unwrap();
    assert_eq!(inserted.id, 7);
    assert_eq!(Item::find().all(&db).await.unwrap(), [item(7)]);
    let stored: mongodb::Collection<Document> = db.as_driver().collection("items");
    let stored = stored.find_one(doc! {}).await.unwrap();
    assert_eq!(stored, Some(doc! { "_id": 7_i64, "name": "item 7", "qty": 70 }));
}

#[tokio::test]
async fn a_missing_object_id_is_made_before_the_insert() {
    let db = database("a_missing_object_id_is_made").await;
    let note = Note { id: None, text: "a".into() };
    let insert = Note::insert(&note);
    let announced = insert.as_document().unwrap().get_object_id("_id").unwrap();
    let inserted = insert.run(&db).await.unwrap();
    assert_eq!(inserted.id, announced);
    let found = Note::find().filter(|n| n.id().eq(inserted.id)).get(&db).await.unwrap();
    assert_eq!(found, Note { id: Some(announced), text: "a".into() });
}

#[tokio::test]
async fn find_sorts_skips_and_limits() {
    let db = filled("find_sorts_skips_and_limits").await;
    let found = Item::find()
        .filter(|i| i.qty().gt(10))
        .sort(|i| i.qty().desc())
        .skip(1)
        .limit(2)
        .all(&db)
        .await
        .unwrap();
    assert_eq!(found, [item(4), item(3)]);
}

#[tokio::test]
async fn each_reading_verb_sends_one_command() {
    let (db, commands) = recorded("each_reading_verb_sends_one_command").await;
    Item::insert_many(&[item(1), item(2)]).run(&db).await.unwrap();
    let query = || Item::find().filter(|i| i.qty().gte(10)).sort(|i| i.id().asc());
    commands.clear();
    assert_eq!(query().all(&db).await.unwrap().len(), 2);
    assert_eq!(query().first(&db).await.unwrap(), Some(item(1)));
    assert_eq!(query().get(&db).await.unwrap(), item(1));
    assert_eq!(query().count(&db).await.unwrap(), 2);
    assert_eq!(query().limit(1).count(&db).await.unwrap(), 1);
    assert!(query().exists(&db).await.unwrap());
    assert!(!Item::find().filter(|i| i.id().eq(9)).exists(&db).await.unwrap());
    assert_eq!(
        commands.names(),
        ["find", "find", "find", "aggregate", "aggregate", "find", "find"]
    );
}

#[tokio::test]
async fn each_writing_verb_sends_one_command() {
    let (db, commands) = recorded("each_writing_verb_sends_one_command").await;
    let all = || Item::update().all_documents().inc(|i| i.qty(), 1);
    Item::insert(&item(1)).run(&db).await.unwrap();
    Item::insert_many(&[item(2), item(3)]).run(&db).await.unwrap();
    assert_eq!(all().one(&db).await.unwrap().modified, 1);
    assert_eq!(all().many(&db).await.unwrap().modified, 3);
    let sorted = || all().sort(|i| i.id().desc());
    assert_eq!(sorted().fetch_before(&db).await.unwrap().map(|i| i.qty), Some(31));
    assert_eq!(sorted().fetch_after(&db).await.unwrap().map(|i| i.qty), Some(33));
    Item::replace(&item(3)).run(&db).await.unwrap();
    Item::delete().filter(|i| i.id().eq(3)).one(&db).await.unwrap();
    assert_eq!(
        Item::delete()
            .all_documents()
            .sort(|i| i.id().desc())
            .fetch(&db)
            .await
            .unwrap()
            .map(|i| i.id),
        Some(2)
    );
    assert_eq!(Item::delete().all_documents().many(&db).await.unwrap().deleted, 1);
    assert_eq!(
        commands.names(),
        [
            "insert",
            "insert",
            "update",
            "update",
            "findAndModify",
            "findAndModify",
            "update",
            "delete",
            "findAndModify",
            "delete",
        ]
    );
}

#[tokio::test]
async fn an_upsert_tells_the_typed_id() {
    let db = database("an_upsert_tells_the_typed_id").await;
    let upsert = || Item::update().filter(|i| i.id().eq(8)).set(|i| i.name(), "new").upsert();
    let updated = upsert().set_on_insert(|i| i.qty(), 1).one(&db).await.unwrap();
    assert_eq!((updated.matched, updated.upserted_id), (0, Some(8)));
    let updated = upsert().set_on_insert(|i| i.qty(), 2).one(&db).await.unwrap();
    assert_eq!((updated.matched, updated.modified, updated.upserted_id), (1, 0, None));
    let found = Item::find().get(&db).await.unwrap();
    assert_eq!(found, Item { id: 8, name: "new".into(), qty: 1 });
}

#[tokio::test]
async fn a_replacement_can_demand_what_is_stored() {
    let db = filled("a_replacement_can_demand_what_is_stored").await;
    let changed = Item { qty: 99, ..item(2) };
    let replace = |qty| Item::replace(&changed).by_id(2).filter(move |i| i.qty().eq(qty));
    assert_eq!(replace(5).run(&db).await.unwrap().matched, 0);
    assert_eq!(replace(20).run(&db).await.unwrap().modified, 1);
    assert_eq!(replace(99).fetch_before(&db).await.unwrap(), Some(changed.clone()));
    let upserted = Item::replace(&item(9)).upsert().run(&db).await.unwrap();
    assert_eq!(upserted.upserted_id, Some(9));
    assert_eq!(Item::replace(&item(9)).fetch_after(&db).await.unwrap(), Some(item(9)));
}

#[tokio::test]
async fn a_replacement_by_a_filter_keeps_the_id_of_what_it_replaces() {
    let db = filled("a_replacement_by_a_filter").await;
    let other = Item { id: 77, name: "item 3".into(), qty: 5 };
    let replace = || Item::replace(&other).filter(|i| i.name().eq("item 3"));
    let updated = replace().run(&db).await.unwrap();
    assert_eq!((updated.matched, updated.modified), (1, 1));
    let expected = Item { id: 3, ..other.clone() };
    assert_eq!(Item::find_by_id(3).first(&db).await.unwrap(), Some(expected.clone()));
    assert_eq!(replace().fetch_before(&db).await.unwrap(), Some(expected.clone()));
    assert_eq!(replace().fetch_after(&db).await.unwrap(), Some(expected.clone()));
    let limit = std::time::Duration::from_secs(20);
    assert_eq!(replace().timeout(limit).run(&db).await.unwrap().matched, 1);
    assert_eq!(Item::bulk().replace(replace()).run(&db).await.unwrap().matched, 1);
    assert_eq!(Item::find().filter(|i| i.name().eq("item 3")).all(&db).await.unwrap(), [expected]);
    let nobody = Item::replace(&other).filter(|i| i.name().eq("nobody")).run(&db).await.unwrap();
    assert_eq!((nobody.matched, Item::find().count(&db).await.unwrap()), (0, 5));
}

#[tokio::test]
async fn an_upsert_by_a_filter_inserts_the_id_of_the_replacement() {
    let db = filled("an_upsert_by_a_filter").await;
    let new = Item { id: 77, name: "new".into(), qty: 5 };
    let upsert = || Item::replace(&new).filter(|i| i.name().eq("new")).upsert();
    assert_eq!(upsert().run(&db).await.unwrap().upserted_id, Some(77));
    assert_eq!(Item::find_by_id(77).get(&db).await.unwrap(), new);
    assert_eq!(upsert().run(&db).await.unwrap().matched, 1);
    let upsert = Item::replace(&new).filter(|i| i.name().eq("item 2")).upsert();
    let error = upsert.run(&db).await.unwrap_err();
    assert_eq!((error.code(), error.outcome()), (Some(66), Outcome::NotApplied), "{error}");
    assert_eq!(Item::find_by_id(2).get(&db).await.unwrap(), item(2));
}

#[tokio::test]
async fn an_upsert_without_an_object_id_lets_the_server_make_it() {
    let db = database("an_upsert_without_an_object_id").await;
    let note = |text: &str| Note { id: None, text: text.into() };
    let upsert = || Note::replace(&note("a")).filter(|n| n.text().eq("a")).upsert();
    let made = upsert().run(&db).await.unwrap().upserted_id.expect("an insert");
    assert_eq!(upsert().run(&db).await.unwrap().matched, 1);
    let stored = Note::find().all(&db).await.unwrap();
    assert_eq!(stored, [Note { id: Some(made), ..note("a") }]);
}

#[tokio::test]
async fn one_query_counts_and_pages() {
    let db = filled("one_query_counts_and_pages").await;
    let query = Item::find().filter(|i| i.qty().gt(10)).sort(|i| i.id().asc());
    assert_eq!(query.clone().count(&db).await.unwrap(), 4);
    assert_eq!(query.clone().limit(2).all(&db).await.unwrap(), [item(2), item(3)]);
    assert_eq!(query.skip(2).limit(2).all(&db).await.unwrap(), [item(4), item(5)]);
}

#[tokio::test]
async fn insert_many_of_nothing_sends_nothing() {
    let (db, commands) = recorded("insert_many_of_nothing_sends_nothing").await;
    let inserted = Item::insert_many(&[]).run(&db).await.unwrap();
    assert!(inserted.ids.is_empty());
    assert_eq!(commands.names(), Vec::<String>::new());
}

#[tokio::test]
async fn options_reach_the_server() {
    let (db, commands) = recorded("options_reach_the_server").await;
    let found = Item::find()
        .filter(|i| i.id().eq(1))
        .comment("why")
        .batch_size(7)
        .max_time(std::time::Duration::from_secs(9))
        .hint(odm::options::Hint::Name("_id_".into()))
        .let_vars(doc! { "a": 1 })
        .all(&db)
        .await;
    assert_eq!(found.unwrap(), []);
    let command = &commands.all()[0];
    assert_eq!(command.get_str("comment").unwrap(), "why");
    assert_eq!(command.get_str("hint").unwrap(), "_id_");
    assert_eq!(command.get_document("let").unwrap(), &doc! { "a": 1 });
    assert_eq!(number(command, "batchSize"), Some(7));
    assert_eq!(number(command, "maxTimeMS"), Some(9000));
}

/// What is one more is refused before it is sent, see `wire/operations.rs`.
#[tokio::test]
async fn the_largest_numbers_that_are_taken_work_at_the_server() {
    let db = filled("the_largest_numbers").await;
    let most = i64::MAX.unsigned_abs();
    let far = || Item::find().skip(most - u64::from(u32::MAX)).limit(u32::MAX);
    assert_eq!(far().all(&db).await.unwrap(), []);
    assert_eq!(far().count(&db).await.unwrap(), 0);
    assert_eq!(Item::find().skip(most).all(&db).await.unwrap(), []);
    assert_eq!(Item::find().skip(most).count(&db).await.unwrap(), 0);
    assert_eq!(Item::find().skip(most - 1).first(&db).await.unwrap(), None);
    assert!(!Item::find().skip(most - 1).exists(&db).await.unwrap());
    let longest = std::time::Duration::from_millis(2_147_483_647);
    let find = Item::find().max_time(longest).batch_size(2_147_483_647);
    assert_eq!(find.all(&db).await.unwrap().len(), 5);
}

#[tokio::test]
async fn an_order_by_text_score_without_a_search_is_refused_before_it_is_sent() {
    let (db, commands) = recorded("an_order_by_text_score").await;
    let delete = Item::delete().by_id(1).sort(|_| Sort::text_score());
    let update = Item::update().by_id(1).set(|i| i.qty(), 1).sort(|_| Sort::text_score());
    for result in [
        Item::find().sort(|_| Sort::text_score()).all(&db).await.map(drop),
        Item::find().sort(|_| Sort::text_score()).first(&db).await.map(drop),
        delete.fetch(&db).await.map(drop),
        update.clone().fetch_after(&db).await.map(drop),
        update.one(&db).await.map(drop),
    ] {
        let error = result.unwrap_err();
        assert!(error.to_string().contains("needs a text search in the filter"), "{error}");
        assert_eq!(error.outcome(), Outcome::NotSent);
    }
    assert_eq!(commands.names(), Vec::<String>::new());
}

#[tokio::test]
async fn a_write_whose_filter_has_no_condition_changes_nothing() {
    let (db, commands) = recorded("a_write_whose_filter_has_no_condition").await;
    Item::insert_many(&[item(1), item(2)]).run(&db).await.unwrap();
    commands.clear();
    let none = || Item::delete().filter(|_| None::<odm::filter::Filter<Item>>);
    let limit = std::time::Duration::from_secs(20);
    let replace = || Item::replace(&item(1)).filter(|_| None::<odm::filter::Filter<Item>>);
    for result in [
        none().one(&db).await.map(drop),
        none().many(&db).await.map(drop),
        none().timeout(limit).many(&db).await.map(drop),
        none().fetch(&db).await.map(drop),
        Item::bulk().delete_many(none()).run(&db).await.map(drop),
        replace().run(&db).await.map(drop),
        replace().timeout(limit).run(&db).await.map(drop),
        replace().upsert().fetch_after(&db).await.map(drop),
    ] {
        let error = result.unwrap_err();
        assert!(error.to_string().contains("has no condition"), "{error}");
        assert_eq!(error.outcome(), Outcome::NotSent);
    }
    assert_eq!(commands.names(), Vec::<String>::new());
    let all = none().all_documents().many(&db).await.unwrap();
    assert_eq!(all.deleted, 2);
}
