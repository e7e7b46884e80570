use odm::prelude::*;

#[derive(Embedded)]
struct Point {
    x: i32,
    y: i32,
}

fn main() {
    let _ = Point::find();
}
