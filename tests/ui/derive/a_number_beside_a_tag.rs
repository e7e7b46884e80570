use odm::prelude::*;

#[derive(Embedded)]
#[serde(tag = "type")]
enum Shape {
    Side(f64),
}

fn main() {
    let _ = Shape::fields().is_side();
}
