include!("../support/orders.rs");

fn main() {
    let _ = Order::find().select(|o| object!(ByCity { city: o.city(), orders: o.discount() }));
}
