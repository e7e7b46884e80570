use std::collections::BTreeMap;

use odm::prelude::*;

#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Sku(String);

#[derive(Model)]
struct Stock {
    #[model(id)]
    id: i64,
    prices: BTreeMap<Sku, i64>,
}

fn main() {}
