include!("../support/series.rs");

fn main() {
    let _ = Series::expr(|s| s.count().matches("^a"));
}
