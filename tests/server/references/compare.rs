//! Conditions and expressions with references find what the same query finds that is written by
//! hand.

use odm::{
    Database,
    bson::{Bson, Document},
    filter::Filter,
    prelude::*,
};
use tests::database;

#[derive(Model, Clone, Debug, PartialEq)]
#[model(collection = "people")]
struct Person {
    #[model(id)]
    id: String,
    boss: Option<Ref<Person>>,
    friends: Vec<Ref<Person>>,
}

/// Names that would be paths and variables, if they were not taken for text.
async fn people(name: &str) -> Database {
    let db = database(name).await;
    let person = |id: &str, boss: Option<&str>, friends: &[&str]| Person {
        id: id.to_owned(),
        boss: boss.map(Ref::new),
        friends: friends.iter().map(|id| Ref::new(*id)).collect(),
    };
    let all = [
        person("$boss", None, &[]),
        person("ann", Some("$boss"), &["$$ROOT", "ben"]),
        person("ben", Some("ben"), &["ann"]),
        person("cleo", Some("nobody"), &["cleo"]),
    ];
    Person::insert_many(&all).run(&db).await.unwrap();
    let stored = db.as_driver().collection::<Document>("people");
    let null = doc! { "_id": "null", "boss": null, "friends": [] };
    stored.insert_one(null).await.unwrap();
    db
}

async fn found(db: &Database, filter: Filter<Person>, by_hand: Document) -> Vec<String> {
    let found = Person::find().filter(|_| filter).sort(|p| p.id().asc()).all(db).await.unwrap();
    let found: Vec<_> = found.into_iter().map(|person| person.id).collect();
    let stored = db.as_driver().collection::<Document>("people");
    let mut expected = stored.distinct("_id", by_hand).await.unwrap();
    expected.sort_by_key(Bson::to_string);
    let expected: Vec<_> = expected.iter().filter_map(Bson::as_str).collect();
    assert_eq!(found, expected);
    found
}

#[tokio::test]
async fn references_are_text_where_their_ids_are() {
    let db = people("references_are_text_where_their_ids_are").await;
    let boss = Ref::<Person>::new("$boss");
    let literal = doc! { "$literal": "$boss" };
    let people = Person::fields();
    let cases = [
        (people.boss().eq(&boss), doc! { "boss": "$boss" }),
        (Person::expr(|p| p.boss().eq(&boss)), doc! { "$expr": { "$eq": ["$boss", literal] } }),
    ];
    for (filter, by_hand) in cases {
        assert_eq!(found(&db, filter, by_hand).await, ["ann"]);
    }
    let filter = Person::expr(|p| p.friends().contains(Ref::new("$$ROOT")));
    let by_hand = doc! { "$expr": { "$in": [{ "$literal": "$$ROOT" }, "$friends"] } };
    assert_eq!(found(&db, filter, by_hand).await, ["ann"]);
}

#[tokio::test]
async fn a_reference_is_compared_with_the_id_in_the_same_document() {
    let db = people("a_reference_is_compared_with_the_id").await;
    let own = Person::expr(|p| p.boss().eq(p.id()));
    let by_hand = doc! { "$expr": { "$eq": ["$boss", "$_id"] } };
    assert_eq!(found(&db, own, by_hand).await, ["ben"]);
    let first = Person::expr(|p| p.friends().at(0).eq(p.id()));
    let by_hand = doc! { "$expr": { "$eq": [{ "$arrayElemAt": ["$friends", 0] }, "$_id"] } };
    assert_eq!(found(&db, first, by_hand).await, ["cleo"]);
}

#[tokio::test]
async fn absent_and_null_references_are_none() {
    let db = people("absent_and_null_references_are_none").await;
    let expected = ["$boss", "null"];
    let none = Person::fields().boss().eq(None);
    assert_eq!(found(&db, none, doc! { "boss": null }).await, expected);
    let none = Person::expr(|p| p.boss().eq(None::<Ref<Person>>));
    assert_eq!(found(&db, none, doc! { "boss": null }).await, expected);
    let (_, bosses) = Person::find().with(|p| p.boss()).all(&db).await.unwrap();
    assert_eq!(bosses.len(), 2, "`nobody` is not there");
}
