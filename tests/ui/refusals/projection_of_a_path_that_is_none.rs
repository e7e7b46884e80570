include!("../support/orders.rs");

#[derive(Projection)]
#[projection(of = Order)]
struct Card {
    #[projection(path = lines[].price)]
    prices: Vec<f64>,
}

fn main() {}
