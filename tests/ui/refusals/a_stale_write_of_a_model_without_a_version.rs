use odm::prelude::*;

#[derive(Model)]
struct Series {
    #[model(id)]
    id: i64,
    name: String,
}

fn main() {
    let loaded = Series { id: 1, name: "a".into() };
    let _ = Series::update().by(&loaded).set(|s| s.name(), "b");
}
