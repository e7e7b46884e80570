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
    let _ = Series::stages().compute(|s| s.version(), |s| s.version() + 1);
}
