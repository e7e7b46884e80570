include!("../support/series.rs");

fn main() {
    let _ = Series::stages().compute(|s| s.points().each().x(), |_| 1);
}
