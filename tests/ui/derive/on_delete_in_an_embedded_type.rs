use odm::prelude::*;

#[derive(Model)]
struct Customer {
    #[model(id)]
    id: i64,
}

#[derive(Embedded)]
struct Line {
    #[model(on_delete = "cascade")]
    customer: Ref<Customer>,
}

fn main() {}
