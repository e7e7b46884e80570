use odm::prelude::*;

#[derive(Model, Embedded)]
#[model(collection = "points")]
struct Point {
    #[model(id)]
    x: i32,
    y: i32,
}

fn main() {
    let _ = Point::fields().y();
}
