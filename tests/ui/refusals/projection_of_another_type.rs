include!("../support/orders.rs");

#[derive(Projection)]
#[projection(of = Order)]
struct Card {
    id: i64,
    discount: f64,
}

fn main() {}
