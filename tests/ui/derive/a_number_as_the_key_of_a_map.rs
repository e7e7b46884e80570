use odm::prelude::*;

#[derive(Model)]
struct Series {
    #[model(id)]
    id: i64,
    by_number: std::collections::BTreeMap<i32, String>,
}

fn main() {
    let _ = Series::fields();
}
