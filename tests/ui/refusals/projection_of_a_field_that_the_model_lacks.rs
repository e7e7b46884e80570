include!("../support/orders.rs");

#[derive(Projection)]
#[projection(of = Order)]
struct Card {
    id: i64,
    colour: String,
}

fn main() {}
