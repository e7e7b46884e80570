include!("../support/series.rs");

fn main() {
    let _ = Series::update().inc(|s| s.name(), 1);
}
