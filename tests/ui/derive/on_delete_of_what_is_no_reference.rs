use odm::prelude::*;

#[derive(Model)]
struct Order {
    #[model(id)]
    id: i64,
    #[model(on_delete = "cascade")]
    customer: i64,
}

fn main() {}
