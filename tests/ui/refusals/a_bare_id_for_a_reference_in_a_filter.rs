include!("../support/shop.rs");

fn main() {
    let _ = Order::find().filter(|o| o.customer().eq("ann"));
}
