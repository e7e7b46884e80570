include!("../support/series.rs");

fn main() {
    let _ = Series::expr(|s| (s.count() + s.name()).gt(1));
}
