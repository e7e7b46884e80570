//! What a bulk tells of what it did.

use odm::{
    ErrorKind, Outcome,
    bson::{Bson, oid::ObjectId},
    error::BulkCounts,
    options::{Acknowledgment, Collation, CollationStrength, Hint, WriteConcern},
    prelude::*,
};
use tests::{database, recorded};

use super::{Item, failure, fill, item, named, names, refused, rename};

#[tokio::test]
async fn every_kind_of_write_counts_for_itself() {
    let (db, commands) = recorded("every_kind_of_write_counts").await;
    fill(&db, 5).await;
    commands.clear();
    let written = Item::bulk()
        .insert(&item(6))
        .insert_many(&[item(7), item(8)])
        .update_one(rename(1, "a"))
        .update_one(rename(1, "a"))
        .update_one(rename(20, "b").upsert())
        .update_many(Item::update().filter(|i| i.id().lte(3)).push(|i| i.nums(), 9))
        .replace(&Item { name: "c".into(), ..item(4) })
        .replace(Item::replace(&item(21)).upsert())
        .delete_one(Item::delete().filter(|i| i.name().eq("item 5")))
        .delete_many(Item::delete().filter(|i| i.id().gte(7) & i.id().lte(8)))
        .run(&db)
        .await
        .unwrap();
    assert_eq!((written.inserted, written.matched, written.modified), (3, 6, 5));
    assert_eq!((written.upserted, written.deleted), (2, 3));
    assert_eq!(written.inserted_ids, [(0, 6), (1, 7), (2, 8)].into());
    assert_eq!(written.upserted_ids, [(5, 20), (8, 21)].into());
    let expected = [
        (1, "a"),
        (2, "item 2"),
        (3, "item 3"),
        (4, "c"),
        (6, "item 6"),
        (20, "b"),
        (21, "item 21"),
    ];
    let left = db.as_driver().collection::<odm::bson::Document>("items");
    let mut found = Vec::new();
    for (id, _) in &expected {
        let document = left.find_one(doc! { "_id": id }).await.unwrap().expect("an item");
        found.push((*id, document.get_str("name").unwrap().to_owned()));
    }
    assert_eq!(found, named(&expected));
    assert_eq!(left.count_documents(doc! {}).await.unwrap(), 7);
    // One on many documents goes alone, so that the others can be repeated.
    let names = commands.names();
    let writes: Vec<_> = names.iter().map(String::as_str).filter(|name| *name != "find").collect();
    assert_eq!(writes[..6], ["insert", "update", "update", "update", "delete", "delete"]);
}

#[tokio::test]
async fn made_ids_are_told_by_index() {
    #[derive(Model)]
    #[model(collection = "notes")]
    struct Note {
        #[model(id)]
        id: Option<ObjectId>,
        text: String,
    }
    let db = database("made_ids_are_told_by_index").await;
    let note = |text: &str| Note { id: None, text: text.into() };
    let upsert = Note::update().filter(|n| n.text().eq("b")).set(|n| n.text(), "b").upsert();
    let bulk = Note::bulk().insert(&note("a")).update_one(upsert).insert(&note("c"));
    let written = bulk.ordered(false).run(&db).await.unwrap();
    for (index, text) in [(0, "a"), (2, "c")] {
        let id = written.inserted_ids[&index];
        assert_eq!(Note::find().filter(|n| n.id().eq(id)).get(&db).await.unwrap().text, text);
    }
    let id = written.upserted_ids[&1];
    assert_eq!(Note::find().filter(|n| n.id().eq(id)).get(&db).await.unwrap().text, "b");
}

#[tokio::test]
async fn all_results_and_failures_count_in_one_type() {
    let db = database("all_results_and_failures_count").await;
    fill(&db, 3).await;
    let bulk = || Item::bulk().update_one(rename(1, "a")).insert(&item(7));
    let written = bulk().run(&db).await.unwrap();
    let inserted = BulkCounts { inserted: 1, matched: 1, modified: 1, ..BulkCounts::default() };
    assert_eq!(written.counts(), inserted);
    let error = bulk().run(&db).await.unwrap_err();
    let matched = BulkCounts { matched: 1, ..BulkCounts::default() };
    assert_eq!(failure(&error).counts(), matched);
    let mixed = odm::bulk().delete_many(Item::delete().filter(|i| i.id().gte(2)));
    let deleted = BulkCounts { deleted: 3, ..BulkCounts::default() };
    assert_eq!(mixed.run(&db).await.unwrap().counts(), deleted);
    let total: BulkCounts = [inserted, matched, deleted].into_iter().sum();
    let expected = BulkCounts { matched: 2, deleted: 3, ..inserted };
    assert_eq!(total, expected);
}

#[tokio::test]
async fn ordered_the_first_refusal_ends_the_bulk() {
    let (db, commands) = recorded("ordered_the_first_refusal_ends").await;
    fill(&db, 5).await;
    commands.clear();
    let bulk = Item::bulk()
        .update_one(rename(1, "a"))
        .update_one(rename(9, "new").upsert())
        .update_one(refused(2))
        .update_one(rename(3, "b"))
        .delete_one(Item::delete().filter(|i| i.id().eq(4)))
        .insert(&item(6));
    let error = bulk.run(&db).await.unwrap_err();
    let failure = failure(&error);
    assert_eq!((failure.matched, failure.modified, failure.upserted), (1, 1, 1));
    assert_eq!(failure.upserted_ids, [(1, Bson::Int64(9))].into());
    assert_eq!(failure.upserted_id::<Item>(1).unwrap(), Some(9));
    assert_eq!(failure.not_applied, [3..6]);
    assert!(failure.unknown.is_empty() && failure.cause.is_none());
    let [failed] = failure.failures.as_slice() else { panic!("{failure:?}") };
    let ErrorKind::Server(server) = &failed.kind else { panic!("{failed:?}") };
    assert_eq!((failed.index, server.code, server.name.as_str()), (2, 14, "TypeMismatch"));
    assert_eq!((error.outcome(), error.code()), (Outcome::Partial, Some(14)));
    assert_eq!(
        error.to_string(),
        "cannot write in bulk to ordered_the_first_refusal_ends.items: write 2 was refused: \
         TypeMismatch (14); not applied: writes 3 to 5"
    );
    assert_eq!(commands.names(), ["update"]);
    let expected = [(1, "a"), (2, "item 2"), (3, "item 3"), (4, "item 4"), (5, "item 5")];
    let found: Vec<_> = stored(&db).await.into_iter().filter(|(id, _)| *id < 6).collect();
    assert_eq!(found, named(&expected));
}

async fn stored(db: &odm::Database) -> Vec<(i64, String)> {
    let raw = db.as_driver().collection::<odm::bson::Document>("items");
    let found = raw.find(doc! {}).sort(doc! { "_id": 1 }).await.unwrap();
    let found: Vec<_> = futures::TryStreamExt::try_collect(found).await.unwrap();
    let name = |item: &odm::bson::Document| {
        (item.get_i64("_id").unwrap(), item.get_str("name").unwrap().to_owned())
    };
    found.iter().map(name).collect()
}

#[tokio::test]
async fn unordered_all_others_are_executed() {
    let (db, commands) = recorded("unordered_all_others_are_executed").await;
    fill(&db, 3).await;
    commands.clear();
    let bulk = Item::bulk()
        .update_one(refused(1))
        .insert(&item(3))
        .update_one(rename(2, "b"))
        .insert(&item(4))
        .update_one(refused(3))
        .delete_one(Item::delete().filter(|i| i.id().eq(1)));
    let error = bulk.ordered(false).run(&db).await.unwrap_err();
    let failure = failure(&error);
    let indexes: Vec<_> = failure.failures.iter().map(|failed| failed.index).collect();
    assert_eq!(indexes, [0, 1, 4]);
    let ErrorKind::DuplicateKey(duplicate) = &failure.failures[1].kind else {
        panic!("{failure:?}")
    };
    assert_eq!((duplicate.index.as_str(), duplicate.key.as_str()), ("_id_", "{ _id: 3 }"));
    assert!(failure.not_applied.is_empty() && failure.unknown.is_empty());
    assert_eq!((failure.inserted, failure.modified, failure.deleted), (1, 1, 1));
    assert_eq!(commands.names(), ["update", "insert", "delete"]);
    assert_eq!(names(&db).await, named(&[(2, "b"), (3, "item 3"), (4, "item 4")]));
}

#[tokio::test]
async fn a_duplicate_key_of_an_update_has_the_key_as_a_document() {
    let db = database("a_duplicate_key_in_a_bulk").await;
    let index = doc! { "key": { "name": 1 }, "name": "name_1", "unique": true };
    let command = doc! { "createIndexes": "items", "indexes": [index] };
    db.as_driver().run_command(command).await.unwrap();
    fill(&db, 2).await;
    let error = Item::bulk().update_one(rename(1, "item 2")).run(&db).await.unwrap_err();
    let [failed] = failure(&error).failures.as_slice() else { panic!("{error:?}") };
    let ErrorKind::DuplicateKey(duplicate) = &failed.kind else { panic!("{failed:?}") };
    assert_eq!(duplicate.index, "name_1");
    assert_eq!(duplicate.key_value, Some(doc! { "name": "item 2" }));
    assert_eq!(error.outcome(), Outcome::NotApplied);
}

#[tokio::test]
async fn hints_and_collations_reach_the_server() {
    let (db, commands) = recorded("hints_and_collations_of_a_bulk").await;
    fill(&db, 2).await;
    let loose = || Collation::builder().locale("en").strength(CollationStrength::Primary).build();
    let update = Item::update().filter(|i| i.name().eq("ITEM 1")).collation(loose());
    let delete = Item::delete().filter(|i| i.name().eq("ITEM 2")).collation(loose());
    let written = Item::bulk()
        .update_one(update.hint("_id_").set(|i| i.name(), "a"))
        .delete_one(delete.hint(Hint::Keys(doc! { "_id": 1 })))
        .replace(Item::replace(&item(1)).hint("_id_").collation(loose()))
        .run(&db)
        .await
        .unwrap();
    assert_eq!((written.modified, written.deleted), (2, 1));
    let sent = commands.named("update");
    let update = &sent[0].get_array("updates").unwrap()[0];
    assert_eq!(update.as_document().unwrap().get_str("hint").unwrap(), "_id_");
    let wrong = Item::bulk().delete_one(Item::delete().filter(|i| i.id().eq(1)).hint("nothing"));
    let error = wrong.run(&db).await.unwrap_err();
    assert_eq!(failure(&error).failures[0].index, 0);
}

#[tokio::test]
async fn options_of_the_bulk_are_on_each_command() {
    let (db, commands) = recorded("options_of_the_bulk").await;
    let validator = doc! { "create": "items", "validator": { "name": { "$ne": "bad" } } };
    db.as_driver().run_command(validator).await.unwrap();
    commands.clear();
    let matches = odm::filter::Filter::raw(doc! { "$expr": { "$eq": ["$name", "$$old"] } });
    let bulk = || {
        let update = Item::update().filter(|_| matches.clone()).set(|i| i.name(), "bad");
        Item::bulk()
            .insert(&item(1))
            .update_one(update)
            .delete_one(Item::delete().filter(|i| i.id().eq(7)))
            .let_vars(doc! { "old": "item 1" })
            .comment("why")
            .write_concern(WriteConcern::from(Acknowledgment::Nodes(1)))
    };
    let error = bulk().run(&db).await.unwrap_err();
    assert!(matches!(failure(&error).failures[0].kind, ErrorKind::Validation(_)), "{error:?}");
    Item::delete().all_documents().many(&db).await.unwrap();
    commands.clear();
    let written = bulk().bypass_document_validation().run(&db).await.unwrap();
    assert_eq!((written.inserted, written.modified), (1, 1));
    assert_eq!(commands.names(), ["insert", "update", "delete"]);
    for command in commands.all() {
        assert_eq!(command.get_str("comment").unwrap(), "why");
        assert_eq!(command.get_document("writeConcern").unwrap(), &doc! { "w": 1 });
    }
}

#[tokio::test]
async fn an_unmet_write_concern_says_that_all_was_applied() {
    let db = database("an_unmet_write_concern_of_a_bulk").await;
    fill(&db, 1).await;
    let mut concern = WriteConcern::from(Acknowledgment::Nodes(7));
    concern.w_timeout = Some(std::time::Duration::from_millis(50));
    let bulk = Item::bulk().update_one(rename(1, "a")).insert(&item(2)).write_concern(concern);
    let error = bulk.run(&db).await.unwrap_err();
    let failure = failure(&error);
    assert_eq!((failure.modified, failure.inserted), (1, 1));
    assert!(matches!(failure.cause.as_deref(), Some(ErrorKind::Server(_))), "{failure:?}");
    assert_eq!(error.outcome(), Outcome::Applied);
    assert_eq!(names(&db).await, named(&[(1, "a"), (2, "item 2")]));
}

#[tokio::test]
async fn a_write_concern_of_zero_is_refused() {
    let (db, commands) = recorded("a_write_concern_of_zero").await;
    let bulk = Item::bulk().insert(&item(1));
    let concern = WriteConcern::from(Acknowledgment::Nodes(0));
    let error = bulk.write_concern(concern).run(&db).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Invalid(_)), "{error:?}");
    assert!(commands.names().is_empty());
}

#[tokio::test]
async fn no_writes_send_no_command() {
    let (db, commands) = recorded("no_writes_send_no_command").await;
    let written = Item::bulk().run(&db).await.unwrap();
    assert_eq!(written.inserted + written.matched + written.deleted, 0);
    assert_eq!(odm::bulk().run(&db).await.unwrap().inserted, 0);
    assert!(Item::bulk().atomic().run(&db).await.is_ok());
    assert!(commands.names().is_empty());
}

#[tokio::test]
async fn a_mistake_in_a_chain_is_found_before_anything_is_sent() {
    let (db, commands) = recorded("a_mistake_in_a_chain_of_a_bulk").await;
    let twice = rename(1, "a").set(|i| i.name(), "b");
    let bulk = Item::bulk().insert(&item(1)).update_one(twice).insert(&item(2));
    let error = bulk.run(&db).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::ConflictingUpdate { .. }), "{error:?}");
    assert!(error.to_string().starts_with("cannot take write 1 into the bulk: "), "{error}");
    assert_eq!(error.outcome(), Outcome::NotSent);
    assert!(commands.names().is_empty());
}

#[tokio::test]
async fn a_bulk_runs_in_collection_session_and_transaction() {
    let db = database("a_bulk_runs_everywhere").await;
    let archive: Collection<Item> = db.collection_named("archive");
    let bulk = || Item::bulk().insert(&item(1)).update_one(rename(1, "a"));
    bulk().run(&archive).await.unwrap();
    assert_eq!(Item::find().get(&archive).await.unwrap().name, "a");
    assert_eq!(Item::find().count(&db).await.unwrap(), 0);

    let session = db.start_session().await.unwrap();
    bulk().run(&session).await.unwrap();
    let secondary = Item::find().read_preference(ReadPreference::secondary());
    assert_eq!(secondary.get(&session).await.unwrap().name, "a");

    let undone = session.start_transaction().await.unwrap();
    let written = Item::bulk().insert(&item(2)).update_many(rename(1, "b")).run(&undone).await;
    assert_eq!(written.unwrap().modified, 1);
    undone.abort().await.unwrap();
    assert_eq!(names(&db).await, named(&[(1, "a")]));
}

#[tokio::test]
async fn in_a_causal_session_commands_wait_for_what_it_has_seen() {
    let (db, commands) = recorded("commands_wait_for_what_was_seen").await;
    let session = db.start_session().await.unwrap();
    Item::insert(&item(1)).run(&session).await.unwrap();
    commands.clear();
    Item::bulk().update_one(rename(1, "a")).run(&session).await.unwrap();
    let update = &commands.named("update")[0];
    assert!(update.get_document("readConcern").unwrap().get_timestamp("afterClusterTime").is_ok());
    commands.clear();
    Item::bulk().update_one(rename(1, "b")).run(&db).await.unwrap();
    assert!(!commands.named("update")[0].contains_key("readConcern"));
}

#[tokio::test]
async fn only_commands_that_can_be_repeated_have_a_number() {
    let (db, commands) = recorded("commands_that_can_be_repeated").await;
    fill(&db, 3).await;
    commands.clear();
    let all = || Item::update().all_documents().set(|i| i.name(), "x");
    let bulk = || Item::bulk().update_one(rename(1, "a")).update_many(all());
    let bulk = || bulk().delete_one(Item::delete().filter(|i| i.id().eq(3)));
    bulk().run(&db).await.unwrap();
    let numbers = |commands: &tests::Commands| -> Vec<_> {
        commands.all().iter().map(|command| command.get_i64("txnNumber").ok()).collect()
    };
    let [Some(first), None, Some(second)] = numbers(&commands)[..] else {
        panic!("{:?}", commands.all())
    };
    assert_eq!(second, first + 1);
    let transaction = db.start_session().await.unwrap().start_transaction().await.unwrap();
    commands.clear();
    bulk().run(&transaction).await.unwrap();
    // One number, the transaction's, and no reason to keep anything apart.
    assert_eq!(commands.names(), ["update", "delete"]);
    let of_transaction = numbers(&commands);
    assert_eq!(of_transaction[0], of_transaction[1]);
}

#[tokio::test]
async fn a_time_limit_is_on_each_command_and_what_was_done_is_told() {
    let (db, commands) = recorded("a_time_limit_of_a_bulk").await;
    fill(&db, 3).await;
    commands.clear();
    let bulk = Item::bulk().insert(&item(4)).update_one(rename(1, "a"));
    bulk.timeout(std::time::Duration::from_secs(9)).run(&db).await.unwrap();
    for command in commands.all() {
        let limit = command.get_i64("maxTimeMS").unwrap();
        assert!((8_000..9_000).contains(&limit), "{limit}");
    }
    let slow = odm::filter::Filter::raw(doc! { "$where": "sleep(400) || true" });
    let slow = Item::update().filter(|_| slow).set(|i| i.name(), "slow");
    let bulk = Item::bulk()
        .insert(&item(5))
        .update_one(slow)
        .delete_one(Item::delete().filter(|i| i.id().eq(5)));
    let error = bulk.timeout(std::time::Duration::from_millis(300)).run(&db).await.unwrap_err();
    let failure = failure(&error);
    assert!(matches!(failure.cause.as_deref(), Some(ErrorKind::Timeout)), "{failure:?}");
    assert_eq!((failure.inserted, failure.not_applied.clone()), (1, vec![2..3]));
    assert_eq!(failure.unknown, [1..2]);
    assert_eq!(failure.upserted_id::<Item>(0).unwrap(), None);
    assert_eq!(error.outcome(), Outcome::Partial);
}
