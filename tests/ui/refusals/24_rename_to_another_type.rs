include!("../support/series.rs");

fn main() {
    let _ = Series::update().rename(|s| s.name(), |s| s.count());
}
