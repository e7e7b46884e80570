use odm::prelude::*;

#[derive(Embedded)]
#[model(pre_and_post_images)]
struct Point {
    x: i32,
}

fn main() {
    let _ = Point::fields().x();
}
