use odm::prelude::*;

#[derive(Embedded)]
struct Address {
    name: String,
    street: String,
}

#[derive(Embedded)]
struct Person {
    name: String,
    #[model(flatten)]
    address: Address,
}

fn main() {}
