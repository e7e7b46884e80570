//! References: what is stored, what is compared, and what serde makes of them.

mod expressions;
mod json;
mod stored;

use std::collections::BTreeMap;

use odm::{Id, prelude::*};

#[derive(Model, Clone, Debug, PartialEq)]
pub(crate) struct Customer {
    #[model(id)]
    pub(crate) id: i64,
    pub(crate) favourite: Option<Ref<Order>>,
}

#[derive(Model, Clone, Debug, PartialEq)]
pub(crate) struct Product {
    #[model(id)]
    pub(crate) id: Option<Id<Product>>,
}

#[derive(Model, Clone, Debug, PartialEq)]
pub(crate) struct Order {
    #[model(id)]
    pub(crate) id: ObjectId,
    pub(crate) customer: Ref<Customer>,
    pub(crate) gift_of: Option<Ref<Customer>>,
    pub(crate) lines: Vec<Line>,
    pub(crate) seen_by: Vec<Ref<Customer>>,
    pub(crate) notes: BTreeMap<Ref<Customer>, String>,
    pub(crate) by_role: BTreeMap<String, Ref<Customer>>,
}

#[derive(Embedded, Clone, Debug, PartialEq)]
pub(crate) struct Line {
    pub(crate) product: Ref<Product>,
    pub(crate) quantity: i32,
}

/// Refers to its own kind; has no trait but the derive's.
#[derive(Model)]
pub(crate) struct Employee {
    #[model(id)]
    pub(crate) id: String,
    pub(crate) boss: Option<Ref<Employee>>,
    pub(crate) reports: Vec<Ref<Employee>>,
}

/// Its `_id` is a reference: one profile for each customer.
#[derive(Model, Clone, Debug, PartialEq)]
pub(crate) struct Profile {
    #[model(id)]
    pub(crate) customer: Ref<Customer>,
    pub(crate) text: String,
}
