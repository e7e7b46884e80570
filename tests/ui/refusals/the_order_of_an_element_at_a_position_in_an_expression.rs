include!("../support/series.rs");

fn main() {
    let _ = Series::expr(|s| s.nums().at(0).lt(5));
}
