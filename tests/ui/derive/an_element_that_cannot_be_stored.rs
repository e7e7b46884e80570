use odm::prelude::*;

struct Point {
    x: i32,
}

#[derive(Model)]
struct Series {
    #[model(id)]
    id: i64,
    points: Vec<Point>,
}

fn main() {}
