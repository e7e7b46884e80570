include!("../support/orders.rs");

fn main() {
    let _ = Order::aggregate().lookup_with(
        |o| (o.id(),),
        |_| Customer::aggregate().match_expr(|c| c.id().eq(Order::fields().id())),
    );
}
