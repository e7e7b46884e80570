include!("../support/orders.rs");

fn main() {
    let _ = Order::aggregate().group(|o, g| object!(ByCity { city: o.city(), orders: 5 }));
}
