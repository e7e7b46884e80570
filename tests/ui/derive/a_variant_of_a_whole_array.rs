use odm::prelude::*;

#[derive(Model)]
struct Series {
    #[model(id)]
    id: i64,
    shapes: Vec<Shape>,
}

#[derive(Embedded)]
enum Shape {
    Round { size: i32 },
    Square,
}

fn main() {
    let _ = Series::find().filter(|s| s.shapes().is_square());
}
