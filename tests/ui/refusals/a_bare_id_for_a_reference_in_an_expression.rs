include!("../support/shop.rs");

fn main() {
    let _ = Order::expr(|o| o.customer().eq("ann"));
}
