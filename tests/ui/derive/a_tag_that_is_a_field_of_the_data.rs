use odm::prelude::*;

#[derive(Embedded)]
struct Circle {
    kind: String,
}

#[derive(Embedded)]
#[model(tag = "kind")]
enum Shape {
    Circle(Circle),
}

fn main() {}
