use odm::prelude::*;

#[derive(Model)]
struct Order {
    #[model(id)]
    id: i64,
}

#[derive(Projection)]
#[projection(of = Order)]
struct Card {
    #[projection(from = id)]
    id: i64,
}

fn main() {}
