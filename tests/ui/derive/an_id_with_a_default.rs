use odm::prelude::*;

#[derive(Model)]
struct Series {
    #[model(id, default)]
    id: i64,
    name: String,
}

fn main() {
    let _ = Series::fields().name().eq("a");
    let _ = Series::COLLECTION;
}
