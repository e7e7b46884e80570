include!("../support/shop.rs");

fn run(orders: Collection<Order>) {
    let _ = Order::find().with(|o| o.customer()).all(&orders);
}

fn main() {}
