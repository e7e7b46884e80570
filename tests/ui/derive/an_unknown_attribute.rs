use odm::prelude::*;

#[derive(Model)]
#[model(colection = "series")]
struct Series {
    #[model(id)]
    id: i64,
    name: String,
}

fn main() {
    let _ = Series::fields().name().eq("a");
    let _ = Series::COLLECTION;
}
