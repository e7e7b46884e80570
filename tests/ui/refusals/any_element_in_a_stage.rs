include!("../support/series.rs");

fn main() {
    let _ = Series::stages().compute(|s| s.nums().any(), |_| 1);
}
