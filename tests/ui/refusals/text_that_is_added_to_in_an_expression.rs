include!("../support/series.rs");

fn main() {
    let _ = Series::expr(|s| (s.name() + 1).gt(1));
}
