use odm::prelude::*;

#[derive(Model)]
#[model(collection = "orders")]
struct Order {
    #[model(id)]
    id: i64,
    #[model(flatten)]
    address: Address,
}

#[derive(Embedded)]
struct Address {
    city: String,
}

fn main() {
    let address = Address { city: "Paris".into() };
    let _ = Order::find().filter(|o| o.address().eq(address));
}
