use std::collections::BTreeMap;

use odm::prelude::*;

#[derive(Embedded)]
struct Person {
    #[model(flatten)]
    labels: BTreeMap<String, String>,
    #[model(flatten)]
    counts: BTreeMap<String, i32>,
}

fn main() {}
