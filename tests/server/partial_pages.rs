//! A page and the number of all that match, by one command.

use odm::{bson::Document, operation::Find, prelude::*};
use tests::{database, recorded};

#[derive(Model, Clone, Debug, PartialEq)]
#[model(collection = "users")]
struct User {
    #[model(id)]
    id: i64,
    name: String,
    age: i32,
}

fn user(id: i64) -> User {
    User { id, name: format!("user {id}"), age: (id % 10) as i32 }
}

async fn fill(db: &Database, count: i64) {
    let users: Vec<_> = (0..count).map(user).collect();
    User::insert_many(&users).run(db).await.expect("users");
}

fn ids(users: &[User]) -> Vec<i64> {
    users.iter().map(|user| user.id).collect()
}

#[tokio::test]
async fn the_page_is_that_of_a_find_and_the_total_that_of_the_filter() {
    let (db, commands) = recorded("partial_pages").await;
    fill(&db, 1000).await;
    let find =
        || User::find().filter(|u| u.age().gte(3)).sort(|u| u.age().desc().then(u.id().asc()));
    let pages: [fn(Find<User>) -> Find<User>; 6] = [
        |find| find.limit(20),
        |find| find.skip(40).limit(20),
        |find| find.skip(690).limit(20),
        |find| find.skip(5000).limit(20),
        |find| find.skip(3),
        |find| find.limit(0),
    ];
    for page in pages {
        let expected = page(find()).all(&db).await.unwrap();
        commands.clear();
        let counted = page(find()).page_and_total(&db).await.unwrap();
        assert_eq!((counted.items, counted.total), (expected, 700));
        assert_eq!(commands.names(), ["aggregate"]);
    }
}

#[tokio::test]
async fn nothing_that_matches_is_an_empty_page() {
    let db = database("partial_pages_empty").await;
    let counted = User::find().limit(5).page_and_total(&db).await.unwrap();
    assert_eq!((counted.items, counted.total), (vec![], 0));
    fill(&db, 3).await;
    let counted = User::find().filter(|u| u.age().gt(50)).page_and_total(&db).await.unwrap();
    assert_eq!((counted.items, counted.total), (vec![], 0));
}

#[tokio::test]
async fn a_page_of_more_than_16_megabytes_is_read_in_batches() {
    let (db, commands) = recorded("partial_pages_large").await;
    let large = |id| User { name: "x".repeat(4_000_000), ..user(id) };
    for id in 0..9 {
        User::insert(&large(id)).run(&db).await.unwrap();
    }
    commands.clear();
    let counted = User::find().sort(|u| u.id().asc()).limit(8).page_and_total(&db).await.unwrap();
    assert_eq!((ids(&counted.items), counted.total), ((0..8).collect(), 9));
    assert_eq!(commands.names()[0], "aggregate");
    assert!(commands.names()[1..].iter().all(|name| name == "getMore"), "{:?}", commands.names());
    let counted = db
        .transaction(|transaction| async move {
            User::find().sort(|u| u.id().asc()).limit(8).page_and_total(&transaction).await
        })
        .await
        .unwrap();
    assert_eq!((ids(&counted.items), counted.total), ((0..8).collect(), 9));
}

#[tokio::test]
async fn options_hold_for_the_page_and_for_the_count() {
    let db = database("partial_pages_options").await;
    fill(&db, 30).await;
    let least = User::find()
        .raw(doc! { "$expr": { "$gte": ["$age", "$$least"] } })
        .let_vars(doc! { "least": 8 })
        .comment("pages")
        .hint(doc! { "_id": 1 })
        .sort(|u| u.id().asc())
        .limit(2);
    let counted = least.page_and_total(&db).await.unwrap();
    assert_eq!((ids(&counted.items), counted.total), (vec![8, 9], 6));
    let mut collation = odm::options::Collation::default();
    collation.locale = "en".into();
    collation.strength = Some(odm::mongodb::options::CollationStrength::Primary);
    let loud = User::find().filter(|u| u.name().eq("USER 7")).collation(collation);
    let counted = loud.page_and_total(&db).await.unwrap();
    assert_eq!((ids(&counted.items), counted.total), (vec![7], 1));
}

#[tokio::test]
async fn text_is_searched_for_both_and_near_is_refused() {
    let db = database("partial_pages_text").await;
    fill(&db, 30).await;
    let index = doc! {
        "createIndexes": "users", "indexes": [{ "key": { "name": "text" }, "name": "text" }],
    };
    db.as_driver().run_command(index).await.unwrap();
    let found = User::find().raw(doc! { "$text": { "$search": "user" } }).limit(4);
    let counted = found.page_and_total(&db).await.unwrap();
    assert_eq!((counted.items.len(), counted.total), (4, 30));
}

#[tokio::test]
async fn sessions_and_transactions_take_it() {
    let db = database("partial_pages_sessions").await;
    fill(&db, 3).await;
    let totals = db
        .transaction(|transaction| async move {
            User::insert(&user(3)).run(&transaction).await?;
            let counted = User::find().limit(2).page_and_total(&transaction).await?;
            Ok((counted.items.len(), counted.total))
        })
        .await;
    assert_eq!(totals.unwrap(), (2, 4));
    let empty = db
        .transaction(|transaction| async move {
            User::find().filter(|u| u.age().gt(50)).page_and_total(&transaction).await
        })
        .await;
    assert_eq!(empty.unwrap().total, 0);
    let durable = db.with_write_concern(odm::options::WriteConcern::majority());
    User::insert(&user(4)).run(&durable).await.unwrap();
    let snapshot = db.start_session().snapshot().await.unwrap();
    for total in [5, 5] {
        let counted = User::find().limit(2).page_and_total(&snapshot).await.unwrap();
        assert_eq!((counted.items.len(), counted.total), (2, total));
        User::insert(&user(100 + User::find().count(&db).await.unwrap() as i64))
            .run(&durable)
            .await
            .unwrap();
    }
    let other = db.collection_named::<User>("others");
    User::insert(&user(1)).run(&other).await.unwrap();
    assert_eq!(User::find().page_and_total(&other).await.unwrap().total, 1);
}

#[tokio::test]
async fn a_document_that_cannot_be_read_is_named() {
    let db = database("partial_pages_decode").await;
    let raw = db.as_driver().collection::<Document>("users");
    raw.insert_one(doc! { "_id": 7_i64, "name": 5, "age": 1 }).await.unwrap();
    let error = User::find().page_and_total(&db).await.unwrap_err();
    let ErrorKind::Decode(failure) = error.kind() else { panic!("{error:?}") };
    assert_eq!((failure.path.as_str(), failure.id.clone()), ("name", Some(7_i64.into())));
}
