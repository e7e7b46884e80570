use odm::prelude::*;

#[derive(Model)]
struct Series {
    #[model(id)]
    id: i64,
    #[model(created_at, updated_at)]
    at: odm::bson::DateTime,
}

fn main() {
    let _ = Series::COLLECTION;
}
