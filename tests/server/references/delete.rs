//! What becomes of documents that refer to one that is deleted.

use odm::{
    Database, ErrorKind, Outcome,
    bson::{Bson, Document},
    operation::DeletedReferenced,
    prelude::*,
};
use tests::{Commands, recorded};

#[derive(Model, Clone, Debug, PartialEq)]
#[model(collection = "authors")]
struct Author {
    #[model(id)]
    id: i64,
    #[model(on_delete = "set_null")]
    teacher: Option<Ref<Author>>,
}

#[derive(Model, Clone, Debug, PartialEq)]
#[model(collection = "books")]
struct Book {
    #[model(id)]
    id: i64,
    #[model(on_delete = "cascade", rename = "by")]
    authors: Vec<Ref<Author>>,
    #[model(on_delete = "set_null", null)]
    editor: Option<Ref<Author>>,
}

/// Its `_id` is the reference.
#[derive(Model, Clone, Debug, PartialEq)]
#[model(collection = "ratings")]
struct Rating {
    #[model(id, on_delete = "cascade")]
    book: Ref<Book>,
    stars: i32,
}

#[derive(Model, Clone, Debug, PartialEq)]
#[model(collection = "loans")]
struct Loan {
    #[model(id)]
    id: i64,
    #[model(on_delete = "restrict")]
    book: Ref<Book>,
}

/// Refers to others of its kind, in a circle too.
#[derive(Model, Clone, Debug, PartialEq)]
#[model(collection = "folders")]
struct Folder {
    #[model(id)]
    id: i32,
    #[model(on_delete = "cascade")]
    parent: Option<Ref<Folder>>,
    #[model(on_delete = "restrict")]
    pinned: Vec<Ref<Folder>>,
}

fn folder(id: i32, parent: i32, pinned: &[i32]) -> Folder {
    let pinned = pinned.iter().map(|id| Ref::new(*id)).collect();
    Folder { id, parent: (parent > 0).then(|| Ref::new(parent)), pinned }
}

/// Author 1 taught 2; book 10 is by 1, book 11 by 1 and 2, book 12 by 2, edited by 1.
async fn library(name: &str) -> (Database, Commands) {
    let (db, commands) = recorded(name).await;
    let authors = [Author { id: 1, teacher: None }, Author { id: 2, teacher: Some(Ref::new(1)) }];
    Author::insert_many(&authors).run(&db).await.unwrap();
    let book = |id, authors: &[i64], editor: Option<i64>| Book {
        id,
        authors: authors.iter().map(|id| Ref::new(*id)).collect(),
        editor: editor.map(Ref::new),
    };
    let books = [book(10, &[1], None), book(11, &[1, 2], None), book(12, &[2], Some(1))];
    Book::insert_many(&books).run(&db).await.unwrap();
    let ratings = [10, 11, 12].map(|book| Rating { book: Ref::new(book), stars: 3 });
    Rating::insert_many(&ratings).run(&db).await.unwrap();
    commands.clear();
    (db, commands)
}

async fn ids<M: Model + 'static>(db: &Database) -> Vec<Bson> {
    let collection = db.as_driver().collection::<Document>(M::COLLECTION);
    let mut ids = collection.distinct("_id", doc! {}).await.unwrap();
    ids.sort_by_key(Bson::to_string);
    ids
}

#[tokio::test]
async fn what_refers_to_the_document_goes_with_it_or_forgets_it() {
    let (db, commands) = library("what_refers_to_the_document_goes").await;
    let delete = Author::delete_referenced(1).referrer::<Book>().referrer::<Rating>();
    let deleted = delete.referrer::<Loan>().run(&db).await.unwrap();
    let deleted = (deleted.deleted, deleted.cascaded, deleted.set_null);
    assert_eq!(deleted, (1, 4, 2), "books 10 and 11 with their ratings; author 2 and book 12");
    assert_eq!(ids::<Author>(&db).await, [Bson::Int64(2)]);
    assert_eq!(ids::<Book>(&db).await, [Bson::Int64(12)]);
    assert_eq!(ids::<Rating>(&db).await, [Bson::Int64(12)]);
    let authors: Vec<Document> = raw(&db, "authors").await;
    assert_eq!(authors, [doc! { "_id": 2_i64 }]);
    let books: Vec<Document> = raw(&db, "books").await;
    assert_eq!(books, [doc! { "_id": 12_i64, "by": [2_i64], "editor": null }]);
    assert_eq!(commands.named("commitTransaction").len(), 1);
}

async fn raw(db: &Database, name: &str) -> Vec<Document> {
    let found = db.as_driver().collection::<Document>(name).find(doc! {}).await.unwrap();
    futures::TryStreamExt::try_collect(found).await.unwrap()
}

#[tokio::test]
async fn a_restrict_names_the_collection_and_the_number() {
    let (db, commands) = library("a_restrict_names_the_collection").await;
    let loans = [1, 2].map(|id| Loan { id, book: Ref::new(10) });
    Loan::insert_many(&loans).run(&db).await.unwrap();
    commands.clear();
    let delete = || Book::delete_referenced(10).referrer::<Loan>().referrer::<Rating>();
    let error = delete().run(&db).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "cannot delete from a_restrict_names_the_collection.books: 2 documents of \
         a_restrict_names_the_collection.loans refer to it"
    );
    assert_eq!(error.outcome(), Outcome::NotApplied);
    assert!(commands.named("delete").is_empty(), "all reads come before the first write");
    Loan::delete().by_id(1).one(&db).await.unwrap();
    let error = delete().run(&db).await.unwrap_err();
    assert!(
        error
            .to_string()
            .ends_with("1 document of a_restrict_names_the_collection.loans refers to it")
    );
    assert!(matches!(error.kind(), ErrorKind::Referenced { documents: 1, .. }));
    Loan::delete().by_id(2).one(&db).await.unwrap();
    assert_eq!(delete().run(&db).await.unwrap().cascaded, 1);
}

/// The refusal of a document that a cascade would take keeps the first one too.
#[tokio::test]
async fn a_restrict_further_away_keeps_all() {
    let (db, _) = library("a_restrict_further_away").await;
    Loan::insert(&Loan { id: 1, book: Ref::new(11) }).run(&db).await.unwrap();
    let delete = Author::delete_referenced(1).referrer::<Book>().referrer::<Loan>();
    let error = delete.run(&db).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Referenced { documents: 1, .. }), "{error}");
    assert_eq!((ids::<Author>(&db).await.len(), ids::<Book>(&db).await.len()), (2, 3));
}

#[tokio::test]
async fn a_circle_is_removed_once() {
    let (db, _) = recorded("a_circle_is_removed_once").await;
    let folders = [
        folder(1, 3, &[2, 1]),
        folder(2, 1, &[]),
        folder(3, 2, &[]),
        folder(4, 3, &[1]),
        folder(5, 0, &[5]),
    ];
    Folder::insert_many(&folders).run(&db).await.unwrap();
    let deleted = Folder::delete_referenced(1).run(&db).await.unwrap();
    assert_eq!((deleted.deleted, deleted.cascaded, deleted.set_null), (1, 3, 0));
    assert_eq!(ids::<Folder>(&db).await, [Bson::Int32(5)]);
}

#[tokio::test]
async fn a_document_that_stays_keeps_what_it_pins() {
    let (db, _) = recorded("a_document_that_stays_keeps").await;
    let folders = [folder(1, 0, &[]), folder(2, 1, &[1]), folder(3, 0, &[2]), folder(4, 0, &[2])];
    Folder::insert_many(&folders).run(&db).await.unwrap();
    let error = Folder::delete_referenced(1).run(&db).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Referenced { documents: 2, .. }), "{error}");
    assert_eq!(ids::<Folder>(&db).await.len(), 4);
}

#[tokio::test]
async fn a_refusal_leaves_a_given_transaction_as_it_was() {
    let (db, commands) = library("a_refusal_leaves_a_transaction").await;
    Loan::insert(&Loan { id: 1, book: Ref::new(10) }).run(&db).await.unwrap();
    commands.clear();
    let run = db.transaction(|tx| async move {
        let kept = Book::delete_referenced(10).referrer::<Loan>().run(&tx).await;
        assert!(matches!(kept.unwrap_err().kind(), ErrorKind::Referenced { .. }));
        Book::delete_referenced(12).referrer::<Rating>().run(&tx).await
    });
    assert_eq!(run.await.unwrap().cascaded, 1);
    assert_eq!(ids::<Book>(&db).await, [Bson::Int64(10), Bson::Int64(11)]);
    assert_eq!(commands.named("commitTransaction").len(), 1);
    let session = db.start_session().await.unwrap();
    let deleted = Book::delete_referenced(11).referrer::<Rating>().run(&session).await.unwrap();
    assert_eq!((deleted.deleted, deleted.cascaded), (1, 1));
}

#[tokio::test]
async fn nothing_is_removed_twice() {
    let (db, _) = library("nothing_is_removed_twice").await;
    let delete = || Author::delete_referenced(1).referrer::<Book>().run(&db);
    assert_eq!(delete().await.unwrap().deleted, 1);
    assert_eq!(delete().await.unwrap(), DeletedReferenced::default());
}

#[tokio::test]
async fn many_referrers_go_in_several_commands() {
    let (db, commands) = library("many_referrers_go_in_several").await;
    let folders: Vec<_> = (2..12_003).map(|id| folder(id, 1, &[])).collect();
    Folder::insert_many(&folders).run(&db).await.unwrap();
    commands.clear();
    let deleted = Folder::delete_referenced(1).run(&db).await.unwrap();
    assert_eq!((deleted.deleted, deleted.cascaded), (0, 12_001));
    assert_eq!(commands.named("delete").len(), 3);
    assert!(ids::<Folder>(&db).await.is_empty());
}

#[tokio::test]
async fn a_model_that_refers_to_nothing_here_is_refused() {
    let (db, commands) = library("a_model_that_refers_to_nothing").await;
    let error = Author::delete_referenced(1).referrer::<Loan>().run(&db).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "no field of `loans` with `on_delete` refers to `authors` or to another referrer"
    );
    let error = Book::delete_referenced(1).run(&db).await.unwrap_err();
    assert!(error.to_string().starts_with("no field of `books` with `on_delete`"), "{error}");
    assert!(commands.names().is_empty());
}
