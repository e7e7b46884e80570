use odm::prelude::*;

struct Point {
    x: i32,
}

#[derive(Embedded)]
enum Shape {
    Points(Vec<Point>),
    Round { size: i32 },
}

fn main() {}
