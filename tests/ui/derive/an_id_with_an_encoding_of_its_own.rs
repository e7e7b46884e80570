use odm::prelude::*;

mod as_text {}

#[derive(Model)]
struct Series {
    #[model(id, with = "as_text")]
    id: i64,
    name: String,
}

fn main() {
    let _ = Series::fields().name().eq("a");
    let _ = Series::COLLECTION;
}
