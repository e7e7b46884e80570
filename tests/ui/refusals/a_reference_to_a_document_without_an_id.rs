include!("../support/shop.rs");

fn main() {
    let _ = Ref::to(&Product { id: None });
}
