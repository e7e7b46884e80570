include!("../support/series.rs");

fn main() {
    let _ = Series::update().inc(|s| s.id(), 5);
}
