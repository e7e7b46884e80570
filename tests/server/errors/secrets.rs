//! What an error prints has names, and no values of documents, filters or updates.

use std::error::Error as _;

use odm::{
    Database, Error, ErrorKind, bson::Document, error::TransactionFailure, filter::Filter,
    prelude::*,
};
use tests::{database, recorded};

#[derive(Model, Clone, Debug, PartialEq)]
#[model(collection = "cards")]
struct Card {
    #[model(id)]
    id: i64,
    number: String,
    note: Option<String>,
}

const SECRET: &str = "s3cret-marker";

fn card(id: i64) -> Card {
    Card { id, number: SECRET.into(), note: None }
}

/// All that logs print of an error.
fn printed(error: &Error) -> String {
    let mut text = format!("{error} {error:?} {error:#?} {:?}", error.kind());
    let mut source = error.source();
    while let Some(cause) = source {
        text += &format!(" {cause} {cause:?}");
        source = cause.source();
    }
    text
}

fn assert_silent(error: &Error) {
    let text = printed(error);
    assert!(!text.contains(SECRET), "{text}");
    assert!(error.to_string().starts_with("cannot "), "{error}");
}

/// The secret is not printed, and it is in the server's own text.
#[track_caller]
fn assert_kept(error: &Error) {
    assert_silent(error);
    let message = error.server_message();
    assert!(message.is_some_and(|text| text.contains(SECRET)), "{error:?}: {message:?}");
}

async fn with_card(name: &str) -> Database {
    let db = database(name).await;
    let command = doc! {
        "createIndexes": "cards",
        "indexes": [{ "key": { "number": 1 }, "name": "number_1", "unique": true }],
    };
    db.as_driver().run_command(command).await.unwrap();
    Card::insert(&card(1)).run(&db).await.unwrap();
    Card::insert(&Card { number: "other".into(), ..card(2) }).run(&db).await.unwrap();
    db
}

#[tokio::test]
async fn a_duplicate_key_is_not_printed() {
    let db = with_card("a_duplicate_key_is_not_printed").await;
    let update = || Card::update().filter(|c| c.id().eq(2)).set(|c| c.number(), SECRET);
    let in_transaction =
        db.transaction(|tx| async move { Card::insert(&card(3)).run(&tx).await.map(drop) });
    let swallowed = db.transaction(|tx| async move {
        drop(Card::insert(&card(3)).run(&tx).await);
        Ok(())
    });
    let errors = [
        Card::insert(&card(3)).run(&db).await.unwrap_err(),
        update().one(&db).await.unwrap_err(),
        update().many(&db).await.unwrap_err(),
        update().fetch_after(&db).await.unwrap_err(),
        Card::insert_many([&card(3), &card(4)]).ordered(false).run(&db).await.unwrap_err(),
        Card::bulk().insert(&card(3)).update_one(update()).run(&db).await.unwrap_err(),
        in_transaction.await.unwrap_err(),
        swallowed.await.unwrap_err(),
    ];
    for error in &errors {
        assert_kept(error);
        let text = error.to_string();
        let told = "the unique index number_1 of a_duplicate_key_is_not_printed.cards has the same \
                    number already";
        assert!(text.contains(told), "{text}");
        assert_eq!(error.code().or(Some(11000)), Some(11000));
    }
    let ErrorKind::DuplicateKey(duplicate) = errors[0].kind() else { panic!("{errors:?}") };
    assert!(duplicate.key.contains(SECRET));
    assert_eq!(duplicate.key_value, Some(doc! { "number": SECRET }));
    let failed =
        matches!(errors[7].kind(), ErrorKind::Transaction(TransactionFailure::Failed { .. }));
    assert!(failed, "{:?}", errors[7]);
}

#[tokio::test]
async fn a_document_that_breaks_a_rule_is_not_printed() {
    let db = database("a_document_that_breaks_a_rule").await;
    let rules = doc! { "properties": { "number": { "minLength": 20 } }, "required": ["owner"] };
    let command = doc! { "create": "cards", "validator": { "$jsonSchema": rules } };
    db.as_driver().run_command(command).await.unwrap();
    let bulk = Card::bulk().insert(&card(1)).insert(&card(2)).run(&db).await.unwrap_err();
    let insert = Card::insert(&card(1)).run(&db).await.unwrap_err();
    for error in [&bulk, &insert] {
        assert_silent(error);
        assert!(error.to_string().contains("validation: number, owner"), "{error}");
        assert_eq!(error.server_message(), Some("Document failed validation"));
    }
    let ErrorKind::Validation(failure) = insert.kind() else { panic!("{insert:?}") };
    assert!(failure.details.as_ref().is_some_and(|text| text.to_string().contains(SECRET)));
}

#[tokio::test]
async fn a_filter_that_the_server_refuses_is_not_printed() {
    let db = with_card("a_filter_that_the_server_refuses").await;
    let find = |filter: Document| Card::find().raw(filter);
    let conversion = doc! { "$expr": { "$toInt": "$number" } };
    for (filter, start) in [
        (doc! { "number": { format!("${SECRET}"): 1 } }, "BadValue (2)"),
        (doc! { "$expr": { format!("${SECRET}"): 1 } }, "InvalidPipelineOperator (168)"),
        (conversion, "ConversionFailure (241)"),
        (doc! { "number": { "$type": SECRET } }, "BadValue (2)"),
    ] {
        let errors = [
            find(filter.clone()).all(&db).await.unwrap_err(),
            find(filter.clone()).count(&db).await.unwrap_err(),
            Card::update()
                .filter(|_| Filter::raw(filter.clone()))
                .set(|c| c.note(), SECRET)
                .one(&db)
                .await
                .unwrap_err(),
            Card::delete().raw(filter).one(&db).await.unwrap_err(),
        ];
        for error in errors {
            assert_kept(&error);
            assert!(error.to_string().ends_with(start), "{error}");
        }
    }
    let pattern = doc! { "number": { "$regex": format!("{SECRET}(") } };
    assert_silent(&find(pattern).all(&db).await.unwrap_err());
    assert_silent(&find(doc! {}).hint(SECRET).all(&db).await.unwrap_err());
}

#[tokio::test]
async fn an_update_that_the_server_refuses_is_not_printed() {
    let db = with_card("an_update_that_the_server_refuses").await;
    let update = |change: Document| Card::update().filter(|c| c.id().eq(1)).raw(change);
    for (change, end) in [
        (doc! { "$set": { "number.x": 1 } }, "PathNotViable (28)"),
        (doc! { "$inc": { "note": SECRET } }, "TypeMismatch (14)"),
    ] {
        let bulk = Card::bulk().update_one(update(change.clone()));
        let errors = [
            update(change.clone()).one(&db).await.unwrap_err(),
            update(change.clone()).fetch_after(&db).await.unwrap_err(),
            bulk.run(&db).await.unwrap_err(),
        ];
        for error in errors {
            assert_kept(&error);
            assert!(error.to_string().ends_with(end), "{error}");
        }
    }
    let half = || "x".repeat(9 << 20);
    update(doc! { "$set": { "more": half() } }).one(&db).await.unwrap();
    let large = update(doc! { "$set": { SECRET: half() } }).one(&db).await.unwrap_err();
    assert_silent(&large);
}

#[tokio::test]
async fn a_write_conflict_and_a_command_by_hand_print_no_values() {
    let (db, _) = recorded("a_write_conflict_and_a_command").await;
    Card::insert(&card(1)).run(&db).await.unwrap();
    let (first, second) = (db.start_session().await.unwrap(), db.start_session().await.unwrap());
    let first = first.start_transaction().await.unwrap();
    let second = second.start_transaction().await.unwrap();
    let note = || Card::update().filter(|c| c.number().eq(SECRET)).set(|c| c.note(), SECRET);
    note().one(&first).await.unwrap();
    let conflict = note().one(&second).await.unwrap_err();
    assert!(matches!(conflict.kind(), ErrorKind::WriteConflict), "{conflict:?}");
    assert_silent(&conflict);
    assert_silent(&second.commit().await.unwrap_err());
    first.commit().await.unwrap();

    let session = db.start_session().await.unwrap();
    let command = doc! { "find": "cards", "filter": { format!("${SECRET}"): 1 } };
    assert_kept(&session.run_command(command).await.unwrap_err());
    let typed = session.with_driver(|_| {
        let raw = || bson_error().into();
        Box::pin(async move { Err::<(), _>(raw()) })
    });
    assert_silent(&typed.await.unwrap_err());
}

/// What serde says of a value of another type.
fn bson_error() -> odm::bson::error::Error {
    odm::bson::deserialize_from_bson::<i64>(SECRET.into()).unwrap_err()
}
