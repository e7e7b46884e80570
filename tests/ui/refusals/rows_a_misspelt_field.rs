include!("../support/orders.rs");

fn main() {
    let _ = Order::aggregate().unwind(|o| o.lnes());
}
