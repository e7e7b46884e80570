include!("../support/series.rs");

fn main() {
    let _ = Series::expr(|s| s.name().in_zone("UTC").hour().eq(1));
}
