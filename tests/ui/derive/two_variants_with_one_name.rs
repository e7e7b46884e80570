use odm::prelude::*;

#[derive(Embedded)]
enum Colour {
    Red,
    #[serde(rename = "Red")]
    Crimson,
}

fn main() {
    let _ = Colour::fields().eq(Colour::Red);
}
