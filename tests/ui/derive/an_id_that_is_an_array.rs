use odm::prelude::*;

#[derive(Embedded)]
struct Pair(i32, i32);

#[derive(Embedded)]
struct Key(Pair);

#[derive(Model)]
struct Order {
    #[model(id)]
    id: Key,
}

fn main() {}
