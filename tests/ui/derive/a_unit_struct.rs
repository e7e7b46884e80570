use odm::prelude::*;

#[derive(Embedded)]
struct Marker;

fn main() {
    let _ = Marker::fields();
}
