include!("../support/series.rs");

fn main() {
    let _ = Series::update().inc(|s| s.count(), 0.5);
}
