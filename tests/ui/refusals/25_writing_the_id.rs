include!("../support/series.rs");

fn main() {
    let _ = Series::update().set(|s| s.id(), 5);
}
