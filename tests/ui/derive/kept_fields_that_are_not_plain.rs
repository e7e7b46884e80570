use odm::prelude::*;

#[derive(Model)]
struct Series {
    #[model(id)]
    id: i64,
    #[model(version, default = "one")]
    version: i64,
    #[model(created_at, skip)]
    created_at: Option<odm::bson::DateTime>,
    #[model(updated_at, with = "times")]
    updated_at: odm::bson::DateTime,
}

fn main() {
    let _ = Series::fields().version().eq(1);
}
