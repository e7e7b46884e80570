use odm::prelude::*;

#[derive(Model)]
#[model(collection = "shapes", tag = "kind")]
enum Shape {
    Circle {
        id: i64,
    },
    Square {
        side: f64,
    },
    Empty,
    Named {
        #[model(id)]
        id: i64,
    },
}

fn main() {
    let _ = Shape::find();
}
