include!("../support/shop.rs");

fn main() {
    let _ = Order::find().with(|o| o.lines().product());
}
