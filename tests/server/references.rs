//! References: what they name is read in one query for each kind of document.

mod compare;
mod delete;
mod fetch;
mod load;
mod with;

use std::collections::BTreeMap;

use odm::{Database, Id, prelude::*};
use tests::{Commands, recorded};

#[derive(Model, Clone, Debug, PartialEq)]
#[model(collection = "customers")]
struct Customer {
    #[model(id)]
    id: i64,
    name: String,
    referred_by: Option<Ref<Customer>>,
}

#[derive(Model, Clone, Debug, PartialEq)]
#[model(collection = "products")]
struct Product {
    #[model(id)]
    id: Id<Product>,
    price: i32,
}

#[derive(Model, Clone, Debug, PartialEq)]
#[model(collection = "orders")]
struct Order {
    #[model(id)]
    id: i32,
    customer: Ref<Customer>,
    gift_of: Option<Ref<Customer>>,
    lines: Vec<Line>,
    pages: Vec<Vec<Line>>,
    seen_by: Vec<Ref<Customer>>,
    by_role: BTreeMap<String, Ref<Customer>>,
    payer: Payer,
    #[model(flatten)]
    delivery: Delivery,
}

#[derive(Embedded, Clone, Debug, PartialEq)]
struct Line {
    product: Ref<Product>,
    extra: Option<Extra>,
}

#[derive(Embedded, Clone, Debug, PartialEq)]
struct Extra {
    wrapped_by: Option<Ref<Customer>>,
}

#[derive(Embedded, Clone, Debug, PartialEq)]
struct Delivery {
    to: Ref<Customer>,
}

#[derive(Embedded, Clone, Debug, PartialEq)]
#[model(tag = "kind")]
enum Payer {
    Customer { customer: Ref<Customer> },
    Company { number: String },
}

fn customer(id: i64) -> Customer {
    let referred_by = (id > 1).then(|| Ref::new(id - 1));
    Customer { id, name: format!("customer {id}"), referred_by }
}

fn product(id: u8) -> Product {
    Product { id: product_id(id), price: i32::from(id) }
}

fn product_id(id: u8) -> Id<Product> {
    Id::from(ObjectId::from_bytes([id; 12]))
}

fn line(product: u8, wrapped_by: Option<i64>) -> Line {
    let extra = wrapped_by.map(|id| Extra { wrapped_by: (id > 0).then(|| Ref::new(id)) });
    Line { product: Ref::new(product_id(product)), extra }
}

fn order(id: i32) -> Order {
    let even = id % 2 == 0;
    Order {
        id,
        customer: Ref::new(1),
        gift_of: even.then(|| Ref::new(2)),
        lines: vec![line(1, None), line(2, Some(3)), line(9, Some(0))],
        pages: vec![vec![line(3, None)], vec![], vec![line(1, Some(4))]],
        seen_by: vec![Ref::new(4), Ref::new(5)],
        by_role: BTreeMap::from([("buyer".to_owned(), Ref::new(5))]),
        payer: match even {
            true => Payer::Customer { customer: Ref::new(6) },
            false => Payer::Company { number: "7".to_owned() },
        },
        delivery: Delivery { to: Ref::new(7) },
    }
}

/// Customers 1 to 7, products 1 to 3 (no 9), orders 1 and 2.
async fn shop(name: &str) -> (Database, Commands) {
    let (db, commands) = recorded(name).await;
    Customer::insert_many(&(1..=7).map(customer).collect::<Vec<_>>()).run(&db).await.unwrap();
    Product::insert_many(&(1..=3).map(product).collect::<Vec<_>>()).run(&db).await.unwrap();
    Order::insert_many(&[order(1), order(2)]).run(&db).await.unwrap();
    commands.clear();
    (db, commands)
}
