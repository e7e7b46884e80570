use odm::prelude::*;

#[derive(Model)]
struct Series {
    #[model(id)]
    id: i64,
    #[model(created_at)]
    created_at: chrono::NaiveDate,
}

fn main() {
    let _ = Series::COLLECTION;
}
