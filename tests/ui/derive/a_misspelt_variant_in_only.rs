use odm::prelude::*;

#[derive(Model)]
#[model(collection = "shapes", tag = "kind")]
enum Shape {
    Circle {
        #[model(id)]
        id: i64,
    },
}

fn main() {
    let _ = Shape::find().only_circel();
}
