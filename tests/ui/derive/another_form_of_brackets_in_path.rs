use odm::prelude::*;

#[derive(Model)]
struct Series {
    #[model(id)]
    id: i64,
    points: Vec<i32>,
}

fn main() {
    let _ = Series::update().filter(|s| s.id().eq(1)).set(path!(points[-1]), 5);
}
