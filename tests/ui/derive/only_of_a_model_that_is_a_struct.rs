use odm::prelude::*;

#[derive(Model)]
struct Circle {
    #[model(id)]
    id: i64,
}

fn main() {
    let _ = Circle::find().only_circle();
}
