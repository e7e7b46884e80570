use odm::prelude::*;

#[derive(Embedded)]
struct Point {
    #[model(id)]
    x: i32,
}

fn main() {}
