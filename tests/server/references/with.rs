//! A find that reads what its documents refer to.

use std::time::Duration;

use odm::{ErrorKind, Loaded, prelude::*};

use super::{Customer, Order, Payer, Product, customer, order, product, product_id, shop};

fn names(loaded: &Loaded<Customer>) -> Vec<i64> {
    let mut ids: Vec<_> = loaded.iter().map(|customer| customer.id).collect();
    ids.sort_unstable();
    ids
}

#[tokio::test]
async fn a_page_takes_one_find_and_one_query_for_each_path() {
    let (db, commands) = shop("a_page_takes_one_find").await;
    let (orders, customers, products) = Order::find()
        .sort(|o| o.id().asc())
        .limit(50)
        .with(|o| o.customer())
        .with(|o| o.lines().each().product())
        .all(&db)
        .await
        .unwrap();
    assert_eq!(orders, [order(1), order(2)]);
    assert_eq!(customers[&orders[0].customer], customer(1));
    assert_eq!(products.get(&orders[0].lines[1].product), Some(&product(2)));
    assert_eq!(products.get(&orders[0].lines[2].product), None);
    let sent = commands.all();
    let collections: Vec<_> = sent.iter().map(|command| command.get_str("find").unwrap()).collect();
    assert_eq!(collections, ["orders", "customers", "products"]);
    let wanted = [1, 2, 9].map(|id| product_id(id).object_id()).to_vec();
    let expected = doc! { "_id": { "$in": wanted } };
    assert_eq!(sent[2].get_document("filter").unwrap(), &expected);
}

#[tokio::test]
async fn paths_go_through_options_arrays_maps_variants_and_flattened_fields() {
    let (db, _) = shop("paths_go_through").await;
    let found = Order::find()
        .with(|o| o.gift_of())
        .with(|o| o.lines().each().extra().wrapped_by())
        .with(|o| o.pages().each().each().extra().wrapped_by())
        .with(|o| o.by_role().key("buyer"))
        .with(|o| o.payer().as_customer().customer())
        .with(|o| o.delivery().to())
        .all(&db)
        .await
        .unwrap();
    let (orders, given, wrapped, inner, buyers, payers, delivered) = found;
    assert_eq!(orders.len(), 2);
    assert!(matches!(orders[0].payer, Payer::Company { .. }));
    let all = [given, wrapped, inner, buyers, payers, delivered].map(|loaded| names(&loaded));
    assert_eq!(all, [[2], [3], [4], [5], [6], [7]]);
}

#[tokio::test]
async fn an_array_of_references_is_loaded_whole_by_element_and_by_position() {
    let (db, _) = shop("an_array_of_references_is_loaded").await;
    let (_, whole, each, second) = Order::find()
        .with(|o| o.seen_by())
        .with(|o| o.seen_by().each())
        .with(|o| o.seen_by().at(1))
        .all(&db)
        .await
        .unwrap();
    assert_eq!(
        [whole, each, second].map(|loaded| names(&loaded)),
        [vec![4, 5], vec![4, 5], vec![5]]
    );
}

#[tokio::test]
async fn a_model_that_refers_to_itself_is_loaded() {
    let (db, commands) = shop("a_model_that_refers_to_itself").await;
    let (customers, before) = Customer::find()
        .filter(|c| c.id().lte(2))
        .with(|c| c.referred_by())
        .all(&db)
        .await
        .unwrap();
    assert_eq!((customers.len(), names(&before)), (2, vec![1]));
    assert_eq!(commands.names(), ["find", "find"]);
}

#[tokio::test]
async fn the_first_document_is_read_with_what_it_refers_to() {
    let (db, commands) = shop("the_first_document_is_read_with").await;
    let found = Order::find()
        .sort(|o| o.id().desc())
        .with(|o| o.gift_of())
        .with(|o| o.lines().each().product())
        .first(&db)
        .await
        .unwrap();
    let (first, given, products) = found.expect("an order");
    assert_eq!((first.id, names(&given), products.len()), (2, vec![2], 2));
    assert_eq!(commands.names(), ["find", "find", "find"]);
    let (order, customers) = Order::find_by_id(1).with(|o| o.customer()).get(&db).await.unwrap();
    assert_eq!(customers[&order.customer].name, "customer 1");
}

#[tokio::test]
async fn nothing_found_and_nothing_named_are_no_queries() {
    let (db, commands) = shop("nothing_found_and_nothing_named").await;
    let none = Order::find_by_id(5).with(|o| o.customer()).first(&db).await.unwrap();
    assert!(none.is_none());
    let (page, customers) = Order::find_by_id(5).with(|o| o.customer()).all(&db).await.unwrap();
    assert!(page.is_empty() && customers.is_empty());
    let (page, given) = Order::find_by_id(1).with(|o| o.gift_of()).all(&db).await.unwrap();
    assert!(page.len() == 1 && given.is_empty());
    assert_eq!(commands.names(), ["find", "find", "find"]);
    let missing = Order::find_by_id(5).with(|o| o.customer()).get(&db).await.unwrap_err();
    assert!(matches!(missing.kind(), ErrorKind::NotFound), "{missing}");
}

#[tokio::test]
async fn references_of_all_batches_are_loaded() {
    let (db, commands) = shop("references_of_all_batches").await;
    let more: Vec<_> = (3..=30)
        .map(|id| Customer {
            referred_by: Some(Ref::new(i64::from(id) % 7 + 1)),
            ..customer(id.into())
        })
        .collect();
    Customer::insert_many(&more[5..]).run(&db).await.unwrap();
    commands.clear();
    let (all, before) =
        Customer::find().batch_size(10).with(|c| c.referred_by()).all(&db).await.unwrap();
    assert_eq!((all.len(), names(&before)), (30, (1..=7).collect()));
    assert_eq!(commands.names(), ["find", "getMore", "getMore", "getMore", "find"]);
}

#[tokio::test]
async fn options_hold_whether_they_are_set_before_or_after() {
    let (db, commands) = shop("options_hold_before_or_after").await;
    let limit = Duration::from_secs(20);
    let before = Order::find().sort(|o| o.id().desc()).limit(1).comment("page").max_time(limit);
    let before = before.with(|o| o.customer()).all(&db).await.unwrap();
    let after = Order::find().with(|o| o.customer()).sort(|o| o.id().desc()).limit(1);
    let after = after.comment("page").max_time(limit).all(&db).await.unwrap();
    assert_eq!(before.0, after.0);
    let sent = commands.all();
    assert_eq!(sent.len(), 4);
    for command in sent {
        assert_eq!(command.get_str("comment").unwrap(), "page");
        assert_eq!(tests::number(&command, "maxTimeMS"), Some(20_000));
    }
}

#[tokio::test]
async fn a_transaction_sees_its_own_documents() {
    let (db, _) = shop("a_transaction_sees_its_own_documents").await;
    let found = db.transaction(|tx| async move {
        Product::insert(&product(9)).run(&tx).await?;
        Order::find_by_id(1).with(|o| o.lines().each().product()).get(&tx).await
    });
    let (order, products) = found.await.unwrap();
    assert_eq!(products[&order.lines[2].product], product(9));
    let session = db.start_session().await.unwrap();
    let (_, products) =
        Order::find_by_id(1).with(|o| o.lines().each().product()).get(&session).await.unwrap();
    assert_eq!(products.len(), 3);
}

#[tokio::test]
async fn a_key_that_no_path_can_name_is_refused_before_anything_is_sent() {
    let (db, commands) = shop("a_key_that_no_path_can_name").await;
    let error = Order::find().with(|o| o.by_role().key("a.b")).all(&db).await.unwrap_err();
    let text = "key \"a.b\" of `by_role` contains a dot: no path can name it";
    assert!(error.to_string().ends_with(text), "{error}");
    assert_eq!(commands.names(), Vec::<String>::new());
}

#[tokio::test]
async fn a_document_of_another_shape_is_named() {
    let (db, _) = shop("a_document_of_another_shape_is_named").await;
    let stored: mongodb::Collection<odm::bson::Document> = db.as_driver().collection("customers");
    stored.update_one(doc! { "_id": 1 }, doc! { "$set": { "name": 5 } }).await.unwrap();
    let error = Order::find().with(|o| o.customer()).all(&db).await.unwrap_err();
    let place =
        "cannot decode document 1 of a_document_of_another_shape_is_named.customers: name: ";
    assert!(error.to_string().starts_with(place), "{error}");
}
