use odm::prelude::*;

#[derive(Model)]
struct Series {
    #[model(id)]
    id: i64,
    shapes: Vec<Shape>,
}

#[derive(Embedded)]
enum Shape {
    Points(Vec<i32>),
    Square,
}

fn main() {
    let _ = Series::update().set(|s| s.shapes().as_points(), vec![1]);
}
