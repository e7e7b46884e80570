use odm::prelude::*;

#[derive(Embedded)]
struct Home {
    street: String,
}

#[derive(Embedded)]
struct Work {
    #[model(rename = "street")]
    road: String,
}

#[derive(Embedded)]
struct Person {
    #[model(flatten)]
    home: Home,
    #[model(flatten)]
    work: Option<Work>,
}

fn main() {}
