use odm::prelude::*;

#[derive(Model)]
struct Order {
    #[model(id, null)]
    id: Option<ObjectId>,
    #[model(skip_serializing_if = "Option::is_none", null)]
    note: Option<String>,
    #[model(serde, null)]
    paid: Option<bool>,
}

#[derive(Embedded)]
#[model(null)]
struct Pair(Option<i32>, Option<i32>);

fn main() {}
