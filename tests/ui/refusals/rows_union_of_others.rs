include!("../support/orders.rs");

fn main() {
    let _ = Order::aggregate()
        .select(|o| (o.id(), o.city()))
        .union_with(Customer::aggregate().select(|c| (c.name(), c.id())));
}
