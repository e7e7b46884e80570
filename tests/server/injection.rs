//! A user's value is never read as an operator, whatever is in it.
//!
//! The values are what a program takes from a request and passes on: documents whose keys begin
//! with `$`, and texts that do. What becomes of `{"$gt": ""}` and `{"$each": []}`:
//!
//! | place | what is sent | what the value does |
//! | --- | --- | --- |
//! | `push`, `push_all` | `{$push: {list: {$each: [value]}}}` | it is an element |
//! | `add_to_set`, `add_to_set_all` | `{$addToSet: {list: {$each: [value]}}}` | it is an element |
//! | `set`, `set_on_insert` | `{$set: {field: value}}` | it is stored |
//! | `min`, `max` | `{$max: {field: value}}` | it is compared, and stored |
//! | `pull` with `eq` | `{$pull: {list: {$eq: value}}}` | equal elements are taken out |
//! | `pull_all` | `{$pullAll: {list: [value]}}` | equal elements are taken out |
//! | `eq`, `contains`, `any().eq` | `{field: {$eq: value}}` | equal values are found |
//! | `ne`, `gt`, `gte`, `lt`, `lte` | `{field: {$ne: value}}` | values are compared with it |
//! | `elem_match` with `eq` | `{list: {$elemMatch: {$eq: value}}}` | equal elements are found |
//! | an array filter with `eq` | `{i: {$eq: value}}` | equal elements are written |
//! | `in_`, `nin` | `{field: {$in: [value]}}` | refused: "cannot nest $ under $in" |
//! | `all` | `{list: {$all: [{$elemMatch: {$eq: value}}]}}` | equal elements are found |
//! | a key of a map in a path | | refused before anything is sent |
//! | `insert` | the document | it is stored |
//! | `replace` | the document | it is stored; not among the document's own fields |
//! | the `_id` of a replacement | `{_id: {$eq: value}}` | the document with an equal `_id` is replaced |
//! | the filter of an upsert | `{field: {$eq: value}}` | it is stored in the new document |
//! | a literal of an expression | `{$literal: "$text"}` | it is a value |
//! | `comment` | as it is | it is a comment |
//! | `hint` | as it is | it names no index: refused |
//! | `let_vars` | as it is | it **is** an expression: `{$literal: value}` makes it a value |
//!
//! A regular expression is a value to `eq` and its kin, and an error everywhere else where the
//! server would take it for a pattern.

mod conditions;
mod expressions;
mod updates;
mod whole;

use std::collections::BTreeMap;

use odm::{
    Database, Error,
    bson::{Bson, Document},
    prelude::*,
};
use tests::database;

/// Places for values whose form is not known.
#[derive(Model, Clone, Debug, PartialEq)]
#[model(collection = "inbox")]
struct Inbox {
    #[model(id)]
    id: i64,
    text: String,
    value: Bson,
    document: Document,
    map: BTreeMap<String, Bson>,
    texts: Vec<String>,
    values: Vec<Bson>,
    documents: Vec<Document>,
    maps: Vec<BTreeMap<String, Bson>>,
}

/// Documents that mean something to the server in some place.
fn hostile() -> Vec<Document> {
    vec![
        doc! { "$each": [], "$slice": 0 },
        doc! { "$each": [1, 2], "$position": 0, "$sort": 1 },
        doc! { "$gt": "" },
        doc! { "$ne": null },
        doc! { "$exists": true },
        doc! { "$in": ["a"] },
        doc! { "$elemMatch": { "$exists": true } },
        doc! { "$regex": ".*" },
        doc! { "$type": "string" },
        doc! { "$literal": 1 },
        doc! { "$where": "true" },
        doc! { "$ref": "inbox", "$id": 1 },
    ]
}

/// Texts that mean something to the server in some place.
const TEXTS: [&str; 6] = ["$text", "$$ROOT", "$$NOW", "$", "$gt", "a.$[].b"];

fn map(document: &Document) -> BTreeMap<String, Bson> {
    document.clone().into_iter().collect()
}

/// A document with one element in each array.
fn inbox(id: i64) -> Inbox {
    Inbox {
        id,
        text: "own".into(),
        value: "own".into(),
        document: doc! { "own": 1 },
        map: map(&doc! { "own": 1 }),
        texts: vec!["own".into()],
        values: vec!["own".into()],
        documents: vec![doc! { "own": 1 }],
        maps: vec![map(&doc! { "own": 1 })],
    }
}

/// A database with one document, whose `_id` is 1.
async fn filled(name: &str) -> Database {
    let db = database(name).await;
    Inbox::insert(&inbox(1)).run(&db).await.expect("an insert");
    db
}

async fn first(db: &Database) -> Inbox {
    Inbox::find().filter(|i| i.id().eq(1)).get(db).await.expect("a document")
}

type Ready = odm::update::Update<Inbox, odm::update::Filtered>;

/// Runs the update on a new document, and expects it to be changed as `by_hand` changes it.
async fn changes(
    db: &Database,
    build: impl FnOnce(Ready) -> Ready,
    by_hand: impl FnOnce(&mut Inbox),
) {
    Inbox::replace(&inbox(1)).run(db).await.expect("a replacement");
    let update = build(Inbox::update().filter(|i| i.id().eq(1)));
    let sent = update.as_document().expect("a valid update");
    let updated = update.one(db).await.unwrap_or_else(|error| panic!("{sent}: {error}"));
    assert_eq!(updated.matched, 1, "{sent}");
    let mut expected = inbox(1);
    by_hand(&mut expected);
    assert_eq!(first(db).await, expected, "{sent}");
}

/// The server takes no document that begins with `$` in lists of values, a reference (`$ref`)
/// aside: it says so, where we do not say so before.
fn is_refused_in_lists(error: &Error) -> bool {
    match error.kind() {
        ErrorKind::Server(server) => server.message.contains("cannot nest $ under $in"),
        _ => error.outcome() == Outcome::NotSent,
    }
}
