use odm::prelude::*;

#[derive(Embedded)]
struct Point {
    #[model(version)]
    version: i64,
    #[model(created_at)]
    created_at: odm::bson::DateTime,
}

fn main() {
    let _ = Point::fields().version().eq(1);
}
