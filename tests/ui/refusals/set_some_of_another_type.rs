use odm::prelude::*;

#[derive(Model)]
struct Series {
    #[model(id)]
    id: i64,
    name: String,
}

fn main() {
    let _ = Series::update().by_id(1).set_some(|s| s.name(), Some(7));
}
