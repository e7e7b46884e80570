use odm::prelude::*;

#[derive(Model)]
enum Series {
    One(i32),
}

fn main() {
    let _ = Series::COLLECTION;
}
