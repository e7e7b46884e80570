use odm::prelude::*;

#[derive(Model)]
#[model(collection = "logs")]
struct Log<T> {
    #[model(id)]
    id: i64,
    entry: T,
}

struct Plain;

fn main() {
    let _ = Log::<Plain>::find();
}
