use odm::prelude::*;

#[derive(Projection)]
struct Card {
    id: i64,
}

fn main() {}
