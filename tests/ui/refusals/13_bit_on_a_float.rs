include!("../support/series.rs");

fn main() {
    let _ = Series::update().bit(|s| s.ratio(), Bit::Or(1));
}
