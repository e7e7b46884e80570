include!("../support/series.rs");

fn main() {
    let _ = Series::expr(|s| s.nums().set_union(s.points()).is_empty());
}
