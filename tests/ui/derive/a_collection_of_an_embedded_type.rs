use odm::prelude::*;

#[derive(Embedded)]
#[model(collection = "points")]
struct Point {
    x: i32,
}

fn main() {
    let _ = Point::fields().x();
}
