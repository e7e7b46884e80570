use odm::prelude::*;

#[derive(Model)]
#[model(collection = "shapes", tag = "kind")]
enum Shape {
    Circle {
        #[model(id)]
        id: i64,
    },
    Square {
        #[model(id)]
        id: String,
    },
}

fn main() {
    let _ = Shape::find();
}
