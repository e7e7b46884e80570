include!("../support/orders.rs");

fn main() {
    let _ = Order::aggregate().group(|o, g| (o.city(), o.id()));
}
