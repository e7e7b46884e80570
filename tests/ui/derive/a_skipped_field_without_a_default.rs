use odm::prelude::*;

struct Handle;

#[derive(Model)]
struct Series {
    #[model(id)]
    id: i64,
    #[serde(skip)]
    handle: Handle,
}

fn main() {
    let _ = Series::fields();
}
