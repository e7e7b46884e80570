use odm::prelude::*;

#[derive(Model)]
struct Customer {
    #[model(id)]
    id: i64,
    name: String,
}

#[derive(Model)]
struct Product {
    #[model(id)]
    id: Option<odm::Id<Product>>,
}

#[derive(Model)]
struct Order {
    #[model(id)]
    id: i64,
    customer: Ref<Customer>,
    lines: Vec<Line>,
}

#[derive(Embedded)]
struct Line {
    product: Ref<Product>,
}
