include!("../support/shop.rs");

fn main() {
    let order = Ref::<Order>::new(1);
    let _ = Order::find().filter(|o| o.customer().eq(&order));
}
