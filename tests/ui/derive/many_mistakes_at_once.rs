use odm::prelude::*;

#[derive(Model)]
#[model(colection = "series")]
struct Series {
    id: i64,
    name: String,
    #[serde(rename = "name")]
    title: String,
}

fn main() {
    let _ = Series::fields().name().eq("a");
    let _ = Series::COLLECTION;
}
