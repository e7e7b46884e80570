//! One reference at a time.

use odm::prelude::*;

use super::{Customer, customer, shop};

#[tokio::test]
async fn a_reference_is_fetched_in_one_command() {
    let (db, commands) = shop("a_reference_is_fetched").await;
    let found = Ref::<Customer>::new(3).fetch(&db).await.unwrap();
    assert_eq!(found, Some(customer(3)));
    assert_eq!(commands.names(), ["find"]);
}

#[tokio::test]
async fn a_reference_to_nothing_is_fetched_as_none() {
    let (db, _) = shop("a_reference_to_nothing").await;
    assert_eq!(Ref::<Customer>::new(99).fetch(&db).await.unwrap(), None);
}

#[tokio::test]
async fn a_chain_of_references_is_followed() {
    let (db, _) = shop("a_chain_of_references").await;
    let (mut at, mut seen) = (Some(Ref::to(&customer(4))), vec![]);
    while let Some(next) = at {
        let customer = next.fetch(&db).await.unwrap().expect("a customer");
        seen.push(customer.id);
        at = customer.referred_by;
    }
    assert_eq!(seen, [4, 3, 2, 1]);
}

/// What is stored by hand with another width of number is the same `_id` to the server.
#[tokio::test]
async fn a_reference_names_an_id_of_another_width() {
    let (db, _) = shop("a_reference_names_another_width").await;
    let stored: mongodb::Collection<odm::bson::Document> = db.as_driver().collection("customers");
    stored.insert_one(doc! { "_id": 50_i32, "name": "by hand" }).await.unwrap();
    let reference = Ref::<Customer>::new(50);
    assert_eq!(reference.fetch(&db).await.unwrap().expect("a customer").name, "by hand");
    let loaded = odm::load([&reference], &db).await.unwrap();
    assert_eq!(loaded[&reference].name, "by hand");
}
