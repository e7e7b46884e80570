include!("../support/orders.rs");

fn main() {
    let _ = Order::aggregate().join(|o| o.id());
}
