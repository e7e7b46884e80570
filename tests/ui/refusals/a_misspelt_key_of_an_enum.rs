use std::collections::BTreeMap;

use odm::prelude::*;

#[derive(Model)]
#[model(collection = "boards")]
struct Board {
    #[model(id)]
    id: i64,
    tasks: BTreeMap<State, i64>,
}

#[derive(Embedded, PartialEq, Eq, PartialOrd, Ord)]
enum State {
    Open,
    Done,
}

fn main() {
    let _ = Board::update().set(|b| b.tasks().key("Opne"), 5);
}
