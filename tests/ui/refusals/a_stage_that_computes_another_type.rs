include!("../support/series.rs");

fn main() {
    let _ = Series::stages().compute(|s| s.count(), |s| s.name());
}
