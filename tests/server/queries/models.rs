//! A small shop, made by a seed.

use std::collections::BTreeMap;

use odm::prelude::*;
use tests::{Random, database};

pub(crate) type Time = chrono::DateTime<chrono::Utc>;

#[derive(Embedded, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Status {
    Open,
    Paid,
    Sent,
}

#[derive(Model, Clone, Debug, PartialEq)]
#[model(collection = "customers")]
pub(crate) struct Customer {
    #[model(id)]
    pub(crate) id: i64,
    pub(crate) name: String,
    pub(crate) country: String,
}

#[derive(Model, Clone, Debug, PartialEq)]
#[model(collection = "products")]
pub(crate) struct Product {
    #[model(id)]
    pub(crate) id: i64,
    pub(crate) name: String,
    pub(crate) category: String,
}

#[derive(Model, Clone, Debug, PartialEq)]
#[model(collection = "orders")]
pub(crate) struct Order {
    #[model(id)]
    pub(crate) id: i64,
    pub(crate) customer: Ref<Customer>,
    pub(crate) status: Status,
    pub(crate) placed: Time,
    pub(crate) lines: Vec<Line>,
    pub(crate) discount: Option<f64>,
    pub(crate) ship: Option<Address>,
    pub(crate) labels: BTreeMap<String, String>,
}

#[derive(Embedded, Clone, Debug, PartialEq)]
pub(crate) struct Line {
    pub(crate) product: Ref<Product>,
    pub(crate) qty: i32,
    pub(crate) price: f64,
    pub(crate) gift: Option<Gift>,
}

#[derive(Embedded, Clone, Debug, PartialEq)]
pub(crate) struct Gift {
    pub(crate) text: String,
}

#[derive(Embedded, Clone, Debug, PartialEq)]
pub(crate) struct Address {
    pub(crate) city: String,
    pub(crate) zip: Option<String>,
}

#[derive(Model, Clone, Debug, PartialEq)]
#[model(collection = "employees")]
pub(crate) struct Employee {
    #[model(id)]
    pub(crate) id: i64,
    pub(crate) boss: Option<Ref<Employee>>,
}

/// All that there is.
#[derive(Clone, Debug)]
pub(crate) struct Shop {
    pub(crate) customers: Vec<Customer>,
    pub(crate) products: Vec<Product>,
    pub(crate) orders: Vec<Order>,
}

pub(crate) fn time(seconds: i64) -> Time {
    chrono::DateTime::from_timestamp(1_700_000_000 + seconds, 0).expect("a time")
}

impl Shop {
    pub(crate) fn new(seed: u64, orders: i64) -> Self {
        let mut random = Random(seed);
        let mut below = move |n: u64| i64::try_from(random.below(n)).expect("a small number");
        let customers = (0..orders / 5 + 2).map(|id| Customer {
            id,
            name: format!("customer {id}"),
            country: ["CH", "DE", "FR", "IT"][below(4) as usize].to_owned(),
        });
        let customers: Vec<_> = customers.collect();
        let products = (0..20).map(|id| Product {
            id,
            name: format!("product {id}"),
            category: ["books", "music", "tools"][below(3) as usize].to_owned(),
        });
        let products: Vec<_> = products.collect();
        let orders = (0..orders).map(|id| Order {
            id,
            customer: Ref::new(below(customers.len() as u64)),
            status: [Status::Open, Status::Paid, Status::Sent][below(3) as usize],
            placed: time(below(86_400 * 365)),
            lines: (0..below(4)).map(|_| line(&mut below)).collect(),
            discount: (below(2) == 0).then(|| below(40) as f64 / 4.0),
            ship: (below(3) > 0).then(|| Address {
                city: ["Bern", "Genf", "Wil"][below(3) as usize].to_owned(),
                zip: (below(2) == 0).then(|| below(9999).to_string()),
            }),
            labels: BTreeMap::from([(
                "colour".to_owned(),
                ["red", "blue"][below(2) as usize].to_owned(),
            )]),
        });
        let orders = orders.collect();
        Self { customers, products, orders }
    }

    pub(crate) async fn stored(name: &str, seed: u64, orders: i64) -> (Database, Self) {
        let db = database(name).await;
        let shop = Self::new(seed, orders);
        Customer::insert_many(&shop.customers).run(&db).await.expect("an insert");
        Product::insert_many(&shop.products).run(&db).await.expect("an insert");
        Order::insert_many(&shop.orders).run(&db).await.expect("an insert");
        (db, shop)
    }
}

/// Quarters are exact in binary, so that sums do not depend on their order.
fn line(below: &mut impl FnMut(u64) -> i64) -> Line {
    Line {
        product: Ref::new(below(20)),
        qty: below(5) as i32 + 1,
        price: below(400) as f64 / 4.0,
        gift: (below(3) == 0).then(|| Gift { text: format!("text {}", below(5)) }),
    }
}

/// Four levels of bosses, and one who is their own.
pub(crate) async fn employees(db: &Database) -> Vec<Employee> {
    let boss = |id: i64| match id {
        0 => None,
        9 => Some(Ref::new(9)),
        _ => Some(Ref::new((id - 1) / 2)),
    };
    let employees: Vec<_> = (0..10).map(|id| Employee { id, boss: boss(id) }).collect();
    Employee::insert_many(&employees).run(db).await.expect("an insert");
    employees
}
