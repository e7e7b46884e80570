use odm::prelude::*;

#[derive(Model)]
#[model(collection = "shapes", tag = "kind")]
enum Shape {
    Circle(Circle),
    Square(Square),
}

#[derive(Embedded)]
struct Circle {
    #[model(id)]
    id: i64,
}

#[derive(Embedded)]
struct Square {
    #[model(id)]
    id: String,
}

fn main() {
    let _ = Shape::find();
}
