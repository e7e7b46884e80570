include!("../support/shop.rs");

fn run(customers: odm::Loaded<Customer>, order: Ref<Order>) {
    let _ = customers.get(&order);
}

fn main() {}
