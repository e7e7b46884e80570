use odm::prelude::*;

#[derive(Model)]
struct Customer {
    #[model(id)]
    id: i64,
}

#[derive(Model)]
struct Order {
    #[model(id)]
    id: i64,
    #[model(on_delete = "cascad")]
    customer: Ref<Customer>,
}

fn main() {}
