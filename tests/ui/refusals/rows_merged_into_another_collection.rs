include!("../support/orders.rs");

fn main() {
    let _ = Order::aggregate().select(|o| (o.id(), o.city())).merge_into::<Customer>();
}
