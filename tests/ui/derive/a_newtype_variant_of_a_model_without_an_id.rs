use odm::prelude::*;

#[derive(Model)]
#[model(collection = "shapes", tag = "kind")]
enum Shape {
    Circle(Circle),
    Square(Square),
}

#[derive(Embedded)]
struct Circle {
    radius: f64,
}

#[derive(Embedded)]
struct Square {
    #[model(id)]
    id: i64,
}

fn main() {
    let _ = Shape::find();
}
