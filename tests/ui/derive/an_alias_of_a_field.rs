use odm::prelude::*;

#[derive(Model)]
struct Person {
    #[model(id)]
    id: i64,
    #[serde(alias = "surname")]
    name: String,
}

fn main() {}
