use odm::prelude::*;

#[derive(Model)]
struct Series {
    #[model(id)]
    id: i64,
    #[model(version)]
    version: i64,
    #[model(version)]
    revision: i64,
}

fn main() {
    let _ = Series::fields().version().eq(1);
    let _ = Series::COLLECTION;
}
