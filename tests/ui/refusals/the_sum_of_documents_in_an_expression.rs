include!("../support/series.rs");

fn main() {
    let _ = Series::expr(|s| s.points().total().gt(1));
}
