include!("../support/shop.rs");

fn main() {
    let _ = Order::update().by_id(1).inc(|o| o.customer(), 1);
}
