include!("../support/series.rs");

fn main() {
    let _ = Series::expr(|s| s.points().any().x().gt(1));
}
