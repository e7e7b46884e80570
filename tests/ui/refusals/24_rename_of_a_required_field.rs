include!("../support/series.rs");

fn main() {
    let _ = Other::update().rename(|o| o.name(), |o| o.title());
}
