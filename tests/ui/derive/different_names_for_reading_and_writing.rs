use odm::prelude::*;

#[derive(Model)]
struct Series {
    #[model(id)]
    id: i64,
    #[serde(rename(serialize = "n", deserialize = "m"))]
    name: String,
}

fn main() {
    let _ = Series::fields().name().eq("a");
    let _ = Series::COLLECTION;
}
