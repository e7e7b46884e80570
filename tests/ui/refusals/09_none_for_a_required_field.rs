include!("../support/series.rs");

fn main() {
    let _ = Series::update().set(|s| s.name(), None);
}
