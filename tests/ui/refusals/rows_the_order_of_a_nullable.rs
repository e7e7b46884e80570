include!("../support/orders.rs");

fn main() {
    let _ = Order::aggregate().match_expr(|o| o.discount().lt(5.0));
}
