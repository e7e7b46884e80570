include!("../support/shop.rs");

fn main() {
    let order = Ref::<Order>::new(1);
    let _ = Order::update().by_id(1).set(|o| o.customer(), order);
}
