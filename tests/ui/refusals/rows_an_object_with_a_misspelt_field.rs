include!("../support/orders.rs");

fn main() {
    let _ = Order::find().select(|o| object!(ByCity { citi: o.city(), orders: 1 }));
}
