//! What would leave a document that cannot be read is refused, and nothing is written.

use odm::prelude::*;
use tests::database;

#[derive(Model, Clone, Debug, PartialEq)]
#[model(collection = "carts")]
struct Cart {
    #[model(id)]
    id: i64,
    net: i64,
    tax: i64,
    total: i64,
    parts: Vec<i64>,
    note: Option<String>,
    ship: Option<Address>,
}

#[derive(Embedded, Clone, Debug, PartialEq)]
struct Address {
    city: String,
    zip: Option<String>,
}

fn cart() -> Cart {
    Cart {
        id: 1,
        net: i64::MAX,
        tax: 1,
        total: 7,
        parts: vec![i64::MAX, 1],
        note: Some("n".into()),
        ship: None,
    }
}

#[tokio::test]
async fn a_sum_beyond_i64_is_refused_and_nothing_is_written() {
    let db = &database("expression_beyond").await;
    Cart::insert(&cart()).run(db).await.unwrap();
    for stages in [
        Cart::stages().compute(|c| c.total(), |c| c.net() + c.tax()),
        Cart::stages().compute(|c| c.total(), |c| c.net() * 2),
        Cart::stages().compute(|c| c.total(), |c| c.parts().total()),
        Cart::stages().compute(|c| c.total(), |c| cond(c.tax().gt(0), c.net() + 1, 0_i64)),
        Cart::stages().compute(|c| c.parts(), |c| c.parts().map(|p| p * 2)),
        Cart::stages().compute(|c| c.total(), |c| (c.net() + 1).let_in(|sum| sum)),
    ] {
        let error = Cart::update_pipeline(stages).all_documents().one(db).await.unwrap_err();
        assert!(error.server_message().is_some_and(|text| text.contains("overflow")), "{error}");
        assert_eq!(Cart::find().all(db).await.unwrap(), [cart()]);
    }
}

#[tokio::test]
async fn literals_are_written_as_the_field_stores_them() {
    let db = &database("expression_literals").await;
    Cart::insert(&cart()).run(db).await.unwrap();
    let address = Address { city: "$net".into(), zip: None };
    let stages = Cart::stages()
        .set(|c| c.total(), 5)
        .set(|c| c.note(), "$net")
        .set(|c| c.parts(), vec![1, 2])
        .set(|c| c.ship(), address.clone());
    let update = Cart::update_pipeline(stages).filter(|c| c.id().eq(1));
    let after = update.fetch_after(db).await.unwrap().unwrap();
    assert_eq!((after.total, after.note.as_deref()), (5, Some("$net")));
    assert_eq!((after.parts, after.ship), (vec![1, 2], Some(address)));

    let stages = Cart::stages().set(|c| c.note(), None).unset(|c| c.ship().zip());
    let update = Cart::update_pipeline(stages).filter(|c| c.id().eq(1));
    assert_eq!(update.fetch_after(db).await.unwrap().unwrap().note, None);
    assert_eq!(Cart::find().filter(|c| c.note().exists()).count(db).await.unwrap(), 0);
}

#[tokio::test]
async fn unset_below_an_absent_document_makes_none() {
    let db = &database("expression_unset").await;
    Cart::insert(&cart()).run(db).await.unwrap();
    let update = Cart::update_pipeline(Cart::stages().unset(|c| c.ship().zip())).all_documents();
    assert_eq!(update.fetch_after(db).await.unwrap().unwrap().ship, None);
}
