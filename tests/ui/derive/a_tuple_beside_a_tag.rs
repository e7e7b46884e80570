use odm::prelude::*;

#[derive(Embedded)]
#[serde(tag = "type")]
enum Shape {
    Rect(f64, f64),
}

fn main() {
    let _ = Shape::fields().is_rect();
}
