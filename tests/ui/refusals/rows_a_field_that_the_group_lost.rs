include!("../support/orders.rs");

fn main() {
    let _ = Order::aggregate()
        .select(|o| object!(ByCity { city: o.city(), orders: 1 }))
        .match_(|b| b.discount().gt(5.0));
}
