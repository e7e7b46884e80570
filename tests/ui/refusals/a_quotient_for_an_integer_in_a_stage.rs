include!("../support/series.rs");

fn main() {
    let _ = Series::stages().compute(|s| s.count(), |s| s.count().div(2));
}
