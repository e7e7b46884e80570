use odm::prelude::*;

#[derive(Embedded)]
enum Shape {
    Circle { r: f64 },
}

#[derive(Model)]
struct Series {
    #[model(id)]
    id: i64,
    shape: Shape,
}

fn main() {
    let _ = Series::update_fields().shape().is_circle();
}
