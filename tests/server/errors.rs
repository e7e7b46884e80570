//! One error type, a kind for each thing that a caller would do differently.

mod secrets;

use odm::{ErrorKind, Outcome, prelude::*};
use tests::database;

#[derive(Model, Clone, Debug, PartialEq)]
#[model(collection = "users")]
struct User {
    #[model(id)]
    id: i64,
    email: String,
}

fn user(id: i64, email: &str) -> User {
    User { id, email: email.into() }
}

async fn with_unique_email(name: &str) -> odm::Database {
    let db = database(name).await;
    let command = doc! {
        "createIndexes": "users",
        "indexes": [{ "key": { "email": 1 }, "name": "email_1", "unique": true }],
    };
    db.as_driver().run_command(command).await.expect("an index");
    User::insert(&user(1, "a@b.c")).run(&db).await.expect("an insert");
    db
}

#[tokio::test]
async fn a_duplicate_key_names_index_and_key() {
    let db = with_unique_email("a_duplicate_key_names_index_and_key").await;
    let error = User::insert(&user(2, "a@b.c")).run(&db).await.unwrap_err();
    let ErrorKind::DuplicateKey(duplicate) = error.kind() else { panic!("{error:?}") };
    assert_eq!(duplicate.index, "email_1");
    assert_eq!(duplicate.key, "{ email: \"a@b.c\" }");
    assert_eq!((error.outcome(), error.code()), (Outcome::NotApplied, Some(11000)));
    assert_eq!(
        error.to_string(),
        "cannot insert into a_duplicate_key_names_index_and_key.users: the unique index email_1 of \
         a_duplicate_key_names_index_and_key.users has the same email already"
    );
}

#[tokio::test]
async fn a_duplicate_key_of_an_update_has_the_key_as_a_document() {
    let db = with_unique_email("a_duplicate_key_of_an_update").await;
    User::insert(&user(2, "d@e.f")).run(&db).await.unwrap();
    let update = User::update().filter(|u| u.id().eq(2)).set(|u| u.email(), "a@b.c");
    for error in [
        update.clone().one(&db).await.unwrap_err(),
        update.clone().fetch_after(&db).await.unwrap_err(),
    ] {
        let ErrorKind::DuplicateKey(duplicate) = error.kind() else { panic!("{error:?}") };
        assert_eq!(duplicate.index, "email_1");
        assert_eq!(duplicate.key_value, Some(doc! { "email": "a@b.c" }));
    }
    let error = update.many(&db).await.unwrap_err();
    assert_eq!(error.outcome(), Outcome::Partial);
}

#[tokio::test]
async fn insert_many_tells_which_documents_were_refused() {
    let db = with_unique_email("insert_many_tells_which").await;
    let users = [user(2, "x"), user(3, "a@b.c"), user(4, "y"), user(1, "z")];
    let error = User::insert_many(&users).ordered(false).run(&db).await.unwrap_err();
    let ErrorKind::InsertMany(failure) = error.kind() else { panic!("{error:?}") };
    let refused: Vec<_> = failure
        .failures
        .iter()
        .map(|one| match &one.kind {
            ErrorKind::DuplicateKey(duplicate) => (one.index, duplicate.index.as_str()),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(refused, [(1, "email_1"), (3, "_id_")]);
    assert_eq!(error.outcome(), Outcome::Partial);
    assert_eq!(User::find().count(&db).await.unwrap(), 3);
}

#[tokio::test]
async fn a_failed_validation_has_the_servers_details() {
    let db = database("a_failed_validation").await;
    let command = doc! {
        "create": "users",
        "validator": { "$jsonSchema": { "properties": { "email": { "minLength": 3 } } } },
    };
    db.as_driver().run_command(command).await.unwrap();
    let insert = || User::insert(&user(1, "a"));
    let error = insert().run(&db).await.unwrap_err();
    let ErrorKind::Validation(failure) = error.kind() else { panic!("{error:?}") };
    let details = failure.details.as_ref().expect("details");
    assert_eq!(details.get_str("operatorName").unwrap(), "$jsonSchema");
    insert().bypass_document_validation().run(&db).await.unwrap();
}

#[tokio::test]
async fn nothing_found_is_an_error_only_for_get() {
    let db = database("nothing_found_is_an_error_only_for_get").await;
    assert_eq!(User::find().first(&db).await.unwrap(), None);
    let error = User::find().get(&db).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::NotFound));
    assert_eq!(
        error.to_string(),
        "cannot find in nothing_found_is_an_error_only_for_get.users: no document matches the filter"
    );
}

#[tokio::test]
async fn a_server_error_has_code_and_name() {
    let db = database("a_server_error_has_code_and_name").await;
    let query = User::find().filter(|_| odm::filter::Filter::raw(doc! { "$nonsense": 1 }));
    let error = query.all(&db).await.unwrap_err();
    let ErrorKind::Server(server) = error.kind() else { panic!("{error:?}") };
    assert_eq!((server.code, server.name.as_str()), (2, "BadValue"));
    assert!(error.as_driver().is_some());
}

#[tokio::test]
async fn a_passed_time_limit_is_a_timeout() {
    let db = with_unique_email("a_passed_time_limit_is_a_timeout").await;
    let slow = odm::filter::Filter::raw(doc! { "$where": "sleep(500) || true" });
    let query = User::find().filter(|_| slow).max_time(std::time::Duration::from_millis(20));
    let error = query.all(&db).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Timeout), "{error:?}");
}

#[tokio::test]
async fn an_unmet_write_concern_says_that_the_write_was_applied() {
    let db = database("an_unmet_write_concern").await;
    let concern = odm::options::WriteConcern::builder()
        .w(odm::options::Acknowledgment::Nodes(7))
        .w_timeout(std::time::Duration::from_millis(50))
        .build();
    User::insert(&user(1, "a")).run(&db).await.unwrap();
    let update = User::update().filter(|u| u.id().eq(1)).set(|u| u.email(), "b");
    let error = update.write_concern(concern).one(&db).await.unwrap_err();
    assert_eq!(error.outcome(), Outcome::Applied, "{error:?}");
    assert!(
        error.to_string().ends_with("; the write was applied, but not acknowledged"),
        "{error}"
    );
    assert_eq!(User::find().get(&db).await.unwrap().email, "b");
}

#[tokio::test]
async fn an_unreachable_server_is_unavailable_and_nothing_was_sent() {
    let uri = "mongodb://127.0.0.1:1/shop?serverSelectionTimeoutMS=50";
    let db = odm::connect(uri).await.unwrap();
    let error = User::insert(&user(1, "a")).run(&db).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Unavailable(_)), "{error:?}");
    assert_eq!(error.outcome(), Outcome::NotSent);
    assert!(!error.to_string().contains('\n'));
}

#[tokio::test]
async fn a_uri_is_checked_before_it_is_used() {
    for (uri, named) in [
        ("mongodb://localhost", "names no database"),
        ("mongodb://localhost/shop?timeoutMS=5", "timeoutms is an invalid option"),
        ("mongodb+srv://a.b.c:27017/shop", "port"),
        ("mongodb+srv://a.b.c,d.e.f/shop", "exactly one host"),
        ("postgres://localhost/shop", "scheme"),
    ] {
        let error = odm::connect(uri).await.unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Invalid(_)), "{uri}: {error:?}");
        assert!(error.to_string().contains(named), "{uri}: {error}");
    }
}

#[tokio::test]
async fn a_document_that_was_changed_and_does_not_decode_says_so() {
    let db = database("a_document_that_was_changed").await;
    let raw = db.as_driver().collection("users");
    raw.insert_one(doc! { "_id": 1_i64, "email": 7 }).await.unwrap();
    let error = User::update().all_documents().raw(doc! { "$inc": { "n": 1 } });
    let error = error.fetch_after(&db).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Decode(_)), "{error:?}");
    assert_eq!(error.outcome(), Outcome::Applied);
    let error = User::delete().all_documents().fetch(&db).await.unwrap_err();
    assert_eq!(error.outcome(), Outcome::Applied);
    assert!(
        error.to_string().ends_with("expected string, found int32; the write was applied"),
        "{error}"
    );
    assert_eq!(User::find().count(&db).await.unwrap(), 0);
}
