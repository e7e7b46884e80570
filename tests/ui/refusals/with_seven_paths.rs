include!("../support/shop.rs");

fn main() {
    let find = Order::find().with(|o| o.customer()).with(|o| o.customer()).with(|o| o.customer());
    let find = find.with(|o| o.customer()).with(|o| o.customer()).with(|o| o.customer());
    let _ = find.with(|o| o.customer());
}
