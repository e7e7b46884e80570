use odm::prelude::*;

#[derive(Model)]
struct Order {
    #[model(id)]
    id: i64,
    #[model(truncate)]
    total: f64,
}

fn main() {}
