include!("../support/series.rs");

fn main() {
    let _ = Series::expr(|s| s.nums().reduce(0, |sum, n| sum + n).eq(1));
}
