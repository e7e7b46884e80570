use odm::prelude::*;

#[derive(Model)]
#[model(collection = "shapes", tag = "kind")]
enum Shape {
    Named {
        #[model(id)]
        id: i64,
    },
    #[model(other)]
    Other {
        #[model(id)]
        id: i64,
        more: i32,
    },
    Renamed {
        #[model(id)]
        key: i64,
    },
}

fn main() {
    let _ = Shape::find();
}
