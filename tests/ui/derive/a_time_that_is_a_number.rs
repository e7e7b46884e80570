use odm::prelude::*;

#[derive(Model)]
struct Series {
    #[model(id)]
    id: i64,
    #[model(updated_at)]
    updated_at: i32,
}

fn main() {
    let _ = Series::COLLECTION;
}
