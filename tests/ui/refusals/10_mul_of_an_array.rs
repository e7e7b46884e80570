include!("../support/series.rs");

fn main() {
    let _ = Series::update().mul(|s| s.nums(), 2);
}
