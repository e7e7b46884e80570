use odm::prelude::*;

#[derive(Embedded)]
struct Point {
    x: i32,
}

#[derive(Model)]
struct Series {
    #[model(id)]
    id: i64,
    #[serde(flatten, rename = "p")]
    point: Point,
}

fn main() {
    let _ = Series::fields().point().x();
}
