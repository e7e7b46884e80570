use odm::prelude::*;

#[derive(Embedded)]
union Bits {
    float: f32,
    integer: u32,
}

fn main() {
    let _ = Bits::fields();
}
