use odm::prelude::*;

#[derive(Model)]
#[model(collection = "shapes", tag = "kind")]
enum Shape {
    Circle(Circle),
}

#[derive(Embedded)]
struct Circle {
    #[model(id)]
    id: i64,
}

fn main() {
    let _ = Shape::update().by_id(1).set(|s| s.as_circle().id(), 2);
}
