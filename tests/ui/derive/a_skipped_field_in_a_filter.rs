use odm::prelude::*;

#[derive(Model)]
struct Series {
    #[model(id)]
    id: i64,
    #[serde(skip)]
    cache: i32,
}

fn main() {
    let _ = Series::fields().cache();
}
