include!("../support/series.rs");

fn main() {
    let _ = Series::update().pull(|s| s.name(), |n| n.eq("a"));
}
