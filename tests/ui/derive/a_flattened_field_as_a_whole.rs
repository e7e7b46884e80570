use odm::prelude::*;

#[derive(Embedded)]
struct Point {
    x: i32,
}

#[derive(Model)]
struct Series {
    #[model(id)]
    id: i64,
    #[serde(flatten)]
    point: Point,
}

fn main() {
    let _ = Series::fields().point().eq(Point { x: 1 });
}
