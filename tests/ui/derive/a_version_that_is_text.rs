use odm::prelude::*;

#[derive(Model)]
struct Series {
    #[model(id)]
    id: i64,
    #[model(version)]
    version: String,
}

fn main() {
    let _ = Series::fields().version().eq("a");
    let _ = Series::COLLECTION;
}
