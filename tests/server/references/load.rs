//! Many references at a time.

use odm::{ErrorKind, prelude::*};
use tests::{database, recorded};

use super::{Customer, Order, Product, customer, order, product, product_id, shop};

#[tokio::test]
async fn references_are_loaded_in_one_command_each_once() {
    let (db, commands) = shop("references_are_loaded").await;
    let orders = [order(1), order(2)];
    let customers = odm::load(orders.iter().map(|o| &o.customer), &db).await.unwrap();
    let sent = commands.all();
    assert_eq!(sent.len(), 1, "{sent:?}");
    assert_eq!(sent[0].get_document("filter").unwrap(), &doc! { "_id": { "$in": [1_i64] } });
    assert_eq!(customers[&orders[0].customer], customer(1));
    assert_eq!(customers.len(), 1);
}

#[tokio::test]
async fn what_is_missing_is_none() {
    let (db, commands) = shop("what_is_missing_is_none").await;
    let order = order(1);
    let products = odm::load(order.lines.iter().map(|l| &l.product), &db).await.unwrap();
    assert_eq!(products.get(&order.lines[1].product), Some(&product(2)));
    assert_eq!(products.get(&order.lines[2].product), None);
    assert!(!products.contains(&Ref::new(product_id(9))));
    assert_eq!(commands.names(), ["find"]);
    let mut values: Vec<_> = products.iter().map(|p| p.price).collect();
    values.sort_unstable();
    assert_eq!(values, [1, 2]);
    assert_eq!(products.into_values().count(), 2);
}

#[tokio::test]
async fn no_reference_is_no_command() {
    let (db, commands) = shop("no_reference_is_no_command").await;
    let orders: [Order; 0] = [];
    let none = odm::load(orders.iter().flat_map(|o| &o.gift_of), &db).await.unwrap();
    assert!(none.is_empty());
    assert_eq!(commands.names(), Vec::<String>::new());
}

#[tokio::test]
#[should_panic(expected = "the document of customers that the reference names is not there")]
async fn the_index_of_a_missing_document_panics() {
    let db = database("the_index_of_a_missing_document").await;
    let reference = Ref::<Customer>::new(1);
    let loaded = odm::load([&reference], &db).await.unwrap();
    let _ = &loaded[&reference];
}

#[tokio::test]
async fn many_references_take_a_command_for_each_ten_thousand() {
    let (db, commands) = recorded("many_references_take_a_command").await;
    let all: Vec<_> =
        (0..25_000).map(|id| Customer { id, name: String::new(), referred_by: None }).collect();
    Customer::insert_many(&all).run(&db).await.unwrap();
    commands.clear();
    let references: Vec<Ref<Customer>> = (0..25_000).chain(0..25_000).map(Ref::new).collect();
    let loaded = odm::load(&references, &db).await.unwrap();
    assert_eq!(loaded.len(), 25_000);
    assert!(references.iter().all(|reference| loaded[reference].id == *reference.id()));
    assert_eq!(commands.names(), ["find", "find", "find"]);
}

/// `_id`s of 100 KB: 200 of them are too many for one command.
#[tokio::test]
async fn large_ids_are_sent_in_several_commands() {
    #[derive(Model, Clone)]
    #[model(collection = "pages")]
    struct Page {
        #[model(id)]
        id: String,
    }
    let (db, commands) = recorded("large_ids_are_sent").await;
    let pages: Vec<_> =
        (0..200).map(|at| Page { id: format!("{at}{}", "x".repeat(100_000)) }).collect();
    Page::insert_many(&pages).run(&db).await.unwrap();
    commands.clear();
    let references: Vec<_> = pages.iter().map(Ref::to).collect();
    let loaded = odm::load(&references, &db).await.unwrap();
    assert_eq!(loaded.len(), 200);
    assert_eq!(commands.names(), ["find", "find", "find"]);
}

#[tokio::test]
async fn a_session_reads_what_it_has_written() {
    let (db, commands) = shop("a_session_reads_what_it_has_written").await;
    let session = db.start_session().await.unwrap();
    Customer::insert(&customer(80)).run(&session).await.unwrap();
    commands.clear();
    let reference = Ref::<Customer>::new(80);
    assert_eq!(reference.fetch(&session).await.unwrap(), Some(customer(80)));
    assert_eq!(odm::load([&reference], &session).await.unwrap()[&reference], customer(80));
    let sent = commands.all();
    assert_eq!(sent.len(), 2);
    assert_eq!(sent[0].get_document("lsid").unwrap(), sent[1].get_document("lsid").unwrap());
}

#[tokio::test]
async fn a_transaction_reads_what_it_has_written() {
    let (db, _) = shop("a_transaction_reads_what_it_has_written").await;
    let outside = db.clone();
    db.transaction(move |tx| {
        let outside = outside.clone();
        async move {
            Customer::insert(&customer(90)).run(&tx).await?;
            let reference = Ref::<Customer>::new(90);
            assert_eq!(odm::load([&reference], &tx).await?.get(&reference), Some(&customer(90)));
            assert_eq!(reference.fetch(&tx).await?, Some(customer(90)));
            assert!(odm::load([&reference], &outside).await?.is_empty());
            Ok(())
        }
    })
    .await
    .unwrap();
}

#[tokio::test]
async fn a_collection_of_another_name_is_read() {
    let (db, _) = shop("a_collection_of_another_name_is_read").await;
    let archive: Collection<Product> = db.collection_named("archive");
    Product::insert(&product(7)).run(&archive).await.unwrap();
    let reference = Ref::new(product_id(7));
    assert_eq!(odm::load([&reference], &archive).await.unwrap()[&reference], product(7));
    assert_eq!(reference.fetch(&db).await.unwrap(), None);
    let moment = db.start_session().snapshot().await.unwrap();
    assert!(odm::load([&reference], &moment).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_document_of_another_shape_is_an_error() {
    let (db, _) = shop("a_document_of_another_shape").await;
    let stored: mongodb::Collection<odm::bson::Document> = db.as_driver().collection("customers");
    stored.insert_one(doc! { "_id": 60_i64, "name": 5 }).await.unwrap();
    let error = odm::load([&Ref::<Customer>::new(60)], &db).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Decode(_)), "{error}");
    assert_eq!(
        error.to_string(),
        "cannot decode document 60 of a_document_of_another_shape.customers: name: expected \
         string, found int32"
    );
}

/// The loader does not hold the iterator, so that a closure in it does not make the future a
/// stranger to other threads.
#[tokio::test]
async fn loading_goes_to_another_task() {
    let (db, _) = shop("loading_goes_to_another_task").await;
    let task = tokio::spawn(async move {
        let page = [order(1), order(2)];
        let customers = odm::load(page.iter().map(|o| &o.customer), &db).await.unwrap();
        let (page, given) = Order::find().with(|o| o.gift_of()).all(&db).await.unwrap();
        (page.len(), customers.len(), given.len())
    });
    assert_eq!(task.await.unwrap(), (2, 1, 1));
}
