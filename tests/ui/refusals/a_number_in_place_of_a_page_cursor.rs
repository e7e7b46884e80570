//! A page begins after a cursor, not at a number.

use odm::prelude::*;

#[derive(Model)]
#[model(collection = "orders")]
struct Order {
    #[model(id)]
    id: i64,
}

fn main() {
    let _ = Order::find().page(20).after(40);
}
