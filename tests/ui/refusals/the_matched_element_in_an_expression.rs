include!("../support/series.rs");

fn main() {
    let _ = Series::expr(|s| s.points().matched().x().gt(1));
}
