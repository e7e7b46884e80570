use odm::prelude::*;

#[derive(Model)]
struct Series {
    name: String,
}

fn main() {
    let _ = Series::fields().name().eq("a");
    let _ = Series::COLLECTION;
}
