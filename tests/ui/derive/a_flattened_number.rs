use odm::prelude::*;

#[derive(Model)]
struct Series {
    #[model(id)]
    id: i64,
    #[serde(flatten)]
    count: i32,
}

fn main() {
    let _ = Series::fields();
}
