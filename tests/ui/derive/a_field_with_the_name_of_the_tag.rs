use odm::prelude::*;

#[derive(Embedded)]
#[serde(tag = "type")]
enum Shape {
    Circle { r#type: i32 },
}

fn main() {
    let _ = Shape::fields().is_circle();
}
