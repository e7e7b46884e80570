include!("../support/shop.rs");

fn main() {
    let _: Option<Ref<Line>> = None;
}
