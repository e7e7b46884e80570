#[allow(unused_imports)]
use odm::{object, prelude::*};

#[derive(Model)]
#[model(collection = "customers")]
struct Customer {
    #[model(id)]
    id: i64,
    name: String,
}

#[derive(Model)]
#[model(collection = "orders")]
struct Order {
    #[model(id)]
    id: i64,
    customer: Ref<Customer>,
    city: String,
    discount: Option<f64>,
    lines: Vec<Line>,
}

#[derive(Embedded)]
struct Line {
    qty: i32,
}

#[derive(Embedded)]
struct ByCity {
    city: String,
    orders: i32,
}
