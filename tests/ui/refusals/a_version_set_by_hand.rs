use odm::prelude::*;

#[derive(Model)]
struct Series {
    #[model(id)]
    id: i64,
    name: String,
    #[model(version)]
    version: i64,
    #[model(updated_at)]
    updated_at: odm::bson::DateTime,
}

fn main() {
    let _ = Series::update().by_id(1).set(|s| s.version(), 7);
}
